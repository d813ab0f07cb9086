import { endedByItself } from "../stream/finish-reasons.ts";
import { withoutThoughts } from "../stream/think-splitter.ts";

const BULLETS = 3;
/** Half of the fewest words asked for: below it a bullet is a heading, not the work that others did. */
const FEWEST_WORDS = 20;
const BULLET = /^[ \t]*(?:[-*•‣◦–—+]|\d{1,2}[.)])[ \t]+(\S.*)$/;

/**
 * Whether an answer is the one that the standard prompt asks for: exactly three bullets, each of them written
 * out, and the model came to its own end. A fast answer that did not do the work should be seen as such.
 */
export function isFullAnswer(text: string, finishReason: string | null): boolean {
  if (finishReason !== null && !endedByItself(finishReason)) return false;
  const bullets = splitBullets(withoutThoughts(text));
  return bullets.length === BULLETS && bullets.every((words) => words >= FEWEST_WORDS);
}

/** Words of each bullet; a line that starts no bullet goes on with the one before it. */
function splitBullets(text: string): number[] {
  const bullets: number[] = [];
  for (const line of text.split(/\r\n|[\r\n]/)) {
    const start = BULLET.exec(line)?.[1];
    if (start !== undefined) bullets.push(countWords(start));
    else if (bullets.length > 0) bullets.push((bullets.pop() ?? 0) + countWords(line));
  }
  return bullets;
}

function countWords(text: string): number {
  return text.match(/[\p{L}\p{N}]+(?:['’.,-][\p{L}\p{N}]+)*/gu)?.length ?? 0;
}
