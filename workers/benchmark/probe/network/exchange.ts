import { createObserver, type Observation } from "../stream/observation.ts";
import type { ProbeEnvironment, ProbeRequest } from "../types.ts";
import { watchDeadlines } from "./deadlines.ts";
import { failureText } from "./failure-text.ts";
import { type Ending, readAnswer } from "./read-answer.ts";

/** One request and its answer: what happened, with clock readings in ms. Judged and worded elsewhere. */
export interface Exchange {
  readonly ending: Ending;
  readonly response: Response | null;
  readonly bodyBytes: number;
  readonly startedAt: number;
  readonly headersAt: number | null;
  readonly endedAt: number;
  readonly observation: Observation;
}

export interface MeasuredRequest {
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/**
 * Sends the measured request and reads its answer to the end under every deadline: one request, no redirect,
 * no retry. Whatever ends it early frees its connection. Rejects only for mistakes of the probe itself.
 */
export async function exchange(
  { url, headers, body }: MeasuredRequest,
  { deadlines, reasoning }: Pick<ProbeRequest, "deadlines" | "reasoning">,
  environment: ProbeEnvironment,
): Promise<Exchange> {
  // Called as plain functions: as a method of another object workerd refuses fetch ("Illegal invocation").
  const { fetch, now } = environment;
  const observation = createObserver(environment.onPiece);
  const controller = new AbortController();
  const init = { method: "POST", headers, body, redirect: "manual", signal: controller.signal } as const;
  let release = (): void => {};
  let giveUp = (): void => {};
  const givenUp = new Promise<null>((resolve) => {
    giveUp = () => resolve(null);
  });

  const startedAt = now();
  const watch = watchDeadlines(deadlines, reasoning, startedAt, () => {
    controller.abort();
    release();
    giveUp();
  });
  const done = (ending: Ending, endedAt: number): Exchange => {
    return { ending, response: null, bodyBytes: 0, startedAt, headersAt: null, endedAt, observation };
  };
  try {
    const asked = fetch(url, init);
    const answered = await Promise.race([asked.then(response, failure), givenUp]);
    const headersAt = now();
    watch.check(headersAt);
    if (watch.passed !== null) {
      // A fetch that ignores its signal may answer later: nobody reads that.
      asked.then((late) => late.body?.cancel()).catch(ignored);
      return done({ how: "deadline", passed: watch.passed }, headersAt);
    }
    if (answered === null) throw new Error("a request was given up without a deadline");
    if ("cause" in answered) return done({ how: "no response", cause: answered.cause }, headersAt);
    watch.headersArrived(headersAt);
    const reading = {
      watch,
      now,
      maxBytes: deadlines.maxBodyBytes,
      onReader: (cancel: () => void) => {
        release = cancel;
      },
    };
    const answer = await readAnswer(answered.response, headersAt, observation, reading);
    return { ...answer, response: answered.response, startedAt, headersAt, observation };
  } finally {
    watch.stop();
    controller.abort();
  }
}

function response(value: Response): { readonly response: Response } {
  return { response: value };
}

function failure(error: unknown): { readonly cause: string } {
  return { cause: failureText(error) };
}

/** An answer that nobody waits for may fail as it likes. */
function ignored(): void {}
