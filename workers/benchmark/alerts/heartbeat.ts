import { answerOf, type ChannelContext, type Telling } from "./channel.ts";

/**
 * Calls a dead man's switch, as healthchecks.io and its like expect: the address after a finished run, and its `/fail`
 * after one that could not run, so that somebody else notices when this engine falls silent.
 */
export async function beat(
  url: string,
  state: "ok" | "fail",
  context: Pick<ChannelContext, "fetch" | "timeoutMs">,
): Promise<Telling> {
  const target = new URL(url);
  if (state === "fail") target.pathname = `${target.pathname.replace(/\/+$/, "")}/fail`;
  return answerOf(
    context,
    context.fetch(target.href, {
      method: "GET",
      redirect: "manual",
      signal: AbortSignal.timeout(context.timeoutMs),
    }),
  );
}
