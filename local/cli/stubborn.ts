import { setTimeout as sleep } from "node:timers/promises";
import { type Config, ConfigError } from "../../workers/benchmark/config.ts";

/** Times the shortest wait between attempts: 20 s in all. Most of Supabase's hiccups are over by then. */
const WAITS = [2, 6, 12];

/** Why the database did not answer, and whether the same question may well be answered in a moment. */
export interface Hiccup {
  readonly reason: string;
  readonly passes: boolean;
}

/** Asks the database again for as long as its trouble may pass. @returns what it answered, or the last trouble. */
export async function askStubbornly<T>(
  ask: () => Promise<T | Hiccup>,
  isHiccup: (answer: T | Hiccup) => answer is Hiccup,
  config: Config,
  say: (line: string) => void,
): Promise<T | Hiccup> {
  for (let attempt = 0; ; attempt++) {
    const answer = await ask();
    const wait = WAITS[attempt];
    if (!isHiccup(answer) || !answer.passes || wait === undefined) return answer;
    const waitMs = wait * config.run.backoffMinMs;
    say(`${answer.reason}; trying again in ${waitMs / 1000} s ...`);
    await sleep(waitMs);
  }
}

export function unusable({ reason }: Hiccup, config: Config): ConfigError {
  return new ConfigError(
    `The database at ${config.supabase?.url} cannot be used. ${reason}. Check SUPABASE_URL and SUPABASE_SERVICE_ROLE, or unset both to use the embedded Supabase.`,
  );
}
