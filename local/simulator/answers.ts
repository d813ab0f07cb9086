import { pick, type Random } from "./random.ts";

/** One generated piece as a provider would send it: about one token. */
export interface Piece {
  readonly kind: "reasoning" | "answer";
  readonly text: string;
}

/** Each line has 40 to 60 words; which one of a row is taken is drawn. All of it is our own text. */
const bullets: readonly (readonly string[])[] = [
  [
    "This answer was made by the built-in simulator and not by a language model, so its words carry no meaning beyond their length; what matters is the rhythm in which they arrive, because the benchmark measures the wait before the first piece and the pace of all the pieces after it.",
    "No model has written this text: the simulator that ships with the project plays the provider, keeps to a plausible delay before it begins, and then hands out one small piece after another, so that every part of the measuring chain can be tried without an account or a key.",
    "What you read here is a stand-in, streamed by a local program that imitates how a provider sends its answer; the delay before the opening word and the speed of the rest are drawn from a profile that was set by hand and says nothing about any real service anywhere.",
  ],
  [
    "A measurement begins just before the request leaves and ends when the stream says that it is complete; in between, the probe notes when each piece came in, counts what the provider reports as tokens, and leaves out the very first arrival when it works out how fast the others followed it.",
    "Two figures tell most of the story: the time until something readable appears, which decides whether a person feels that they are waiting, and the rate at which the remaining text follows, which decides how long a full answer takes once the model has started to speak at all.",
    "Every request is asked with the same words and a fresh identifier in front of them, so that no cache can reply in place of the model; answers are therefore comparable between services, between hours of a day, and between the direct way and the way through a reseller's own servers.",
  ],
  [
    "Failures are kept like any other result, together with their reason, and never mixed into averages of speed; a service that is quick on most days but refuses one request in ten should look different from one that is a little slower and simply answers whenever it is asked to do so.",
    "When real keys are put into the settings, the same code asks the real services and the simulated rows step aside, since figures of the two kinds are never shown as one; until then the pages say plainly that everything on them was played by a program on this very machine.",
    "Because single requests scatter widely, one number alone proves little; the dashboard therefore shows how many samples stand behind each figure, marks those with too few of them, and places the spread beside the middle value so that steady services can be told from lucky ones at a glance.",
  ],
];

const thoughts: readonly string[] = [
  "The request asks for three bullet points of a fixed length. I should keep each within the limit, stay with the text, and avoid any heading. Let me draft them one after the other and count the words.",
  "We need exactly three bullets, each between forty and sixty words. First the main claim, then how it is measured, then what follows from it. Keep the wording plain and check the length before answering.",
];

const shortAnswers: readonly string[] = [
  "This reply was played by the local simulator and no model was asked. It is long enough for a quick test to see a first piece arrive, to count the pieces that follow it, and to say how many of them came in a second.",
  "No model was asked for this line: the simulator on this machine hands it out piece by piece, at a pace that is drawn anew for every request, so that a quick test has a first arrival, a steady stream and a proper end to look at.",
];

/** Three bullets of 40 to 60 words each, or a sentence or two for a prompt that asks for no bullets. */
export function answerText(random: Random, prompt: string): string {
  if (!/bullet/i.test(prompt)) return pick(random, shortAnswers);
  return bullets.map((choices) => `- ${pick(random, choices)}`).join("\n");
}

export function thoughtText(random: Random): string {
  return pick(random, thoughts);
}

/** Cuts a text into pieces of about a token: short words whole, long ones in parts, spaces in front. */
export function toPieces(text: string, kind: Piece["kind"]): Piece[] {
  const parts = text.match(/\s?(?:[\p{L}\p{N}]{1,7}|[^\p{L}\p{N}\s])|\s/gu) ?? [];
  return parts.map((part) => ({ kind, text: part }));
}
