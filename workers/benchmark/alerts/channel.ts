import type { Alert } from "./event.ts";

/** What a channel needs of the world. */
export interface ChannelContext {
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** A receiver that takes longer counts as away. */
  readonly timeoutMs: number;
  /** Cloudflare's e-mail sending, where the account has it. */
  readonly email: EmailBinding | null;
  /** Where the terminal's lines go. */
  readonly print: (alert: Alert) => void;
}

/** The part of Cloudflare's `send_email` binding that is used. */
export interface EmailBinding {
  send(message: { from: string; to: string; subject: string; text: string }): Promise<unknown>;
}

/** What came of one try. `reason` names no address and no secret. */
export type Telling =
  | { readonly ok: true; readonly reason: string }
  | { readonly ok: false; readonly reason: string };

/** One configured way to tell somebody. */
export interface Channel {
  readonly name: ChannelName;
  /** Never throws. */
  tell(alert: Alert, context: ChannelContext): Promise<Telling>;
}

export const CHANNEL_NAMES = ["webhook", "slack", "discord", "pagerduty", "email", "terminal"] as const;
export type ChannelName = (typeof CHANNEL_NAMES)[number];

/**
 * Posts JSON to a receiver. Only a 2xx is taken for an answer: redirects are not followed, since what is sent would
 * go where it was not meant to; the body is not read.
 */
export async function postJson(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  context: ChannelContext,
): Promise<Telling> {
  return answerOf(
    context,
    context.fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", "user-agent": "benchmark-engine-alerts", ...headers },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(context.timeoutMs),
    }),
  );
}

/** What a receiver's response, or its silence, comes to. */
export async function answerOf(
  { timeoutMs }: Pick<ChannelContext, "timeoutMs">,
  request: Promise<Response>,
): Promise<Telling> {
  try {
    const response = await request;
    await response.body?.cancel();
    if (response.ok) return { ok: true, reason: `HTTP ${response.status}` };
    const redirected = response.status >= 300 && response.status < 400;
    return {
      ok: false,
      reason: redirected ? `redirected (HTTP ${response.status})` : `HTTP ${response.status}`,
    };
  } catch (error) {
    // An error's own words may hold the address.
    const timedOut = error instanceof Error && error.name === "TimeoutError";
    return { ok: false, reason: timedOut ? `no response in ${timeoutMs} ms` : "no connection" };
  }
}
