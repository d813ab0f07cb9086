import type { ReactNode } from "react";
import type { RunResult } from "../../data/runs.server.ts";
import {
  formatCount,
  formatInteger,
  formatMs,
  formatSeconds,
  formatTime,
  formatTps,
  formatUsd,
  NOT_AVAILABLE,
} from "../../lib/format.ts";
import type { LockableMetric } from "../../lib/locks.ts";
import { runHref } from "../../lib/queries.ts";
import { ModelName, ProviderModel } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { LockedState } from "../ui/locked-state.tsx";
import { TextLink } from "../ui/text-link.tsx";
import { StreamReplay } from "./stream-replay.tsx";

export interface RequestCardProps {
  readonly result: RunResult;
  readonly runId: string;
  /** The page shows this request only: its text is whole and open. */
  readonly alone: boolean;
  readonly locked: readonly LockableMetric[];
}

/** One request and what came back. */
export function RequestCard({ result, runId, alone, locked }: RequestCardProps) {
  const timed = !locked.includes("ttft") && !locked.includes("latency") && !locked.includes("tps");
  return (
    <article
      aria-label={`Request to ${result.provider_name} ${result.model}`}
      data-request={result.id}
      className="min-w-0"
    >
      {alone && (
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
          <h3 className="min-w-0">
            <ProviderModel endpoint={result} model={<ModelName>{result.model}</ModelName>} />
          </h3>
          <Outcome result={result} />
        </div>
      )}
      {result.failure !== null && (
        <p className="mt-3 rounded-lg border border-acid-border bg-acid-bg/40 p-3 text-sm leading-relaxed [overflow-wrap:anywhere]">
          <bdi>{result.error_message ?? "No error message."}</bdi>{" "}
          <span className="text-acid-muted text-xs">{result.failure.whose}</span>
        </p>
      )}
      <Figures result={result} locked={locked} />
      {timed && result.stream !== null && <StreamReplay replay={result.stream} text={result.text ?? ""} />}
      {timed && result.stream === null && result.success && (
        <p className="mt-4 text-acid-muted text-xs">Chunk arrival times are not kept for this request.</p>
      )}
      <Answer result={result} runId={runId} alone={alone} />
      <p className="figure-text mt-3 text-2xs text-acid-muted [overflow-wrap:anywhere]">
        {"Request "}
        <Link to={runHref(runId, { result: result.id })} className="text-acid-link hover:underline">
          {result.id}
        </Link>
      </p>
    </article>
  );
}

/** How a request ended. */
export function Outcome({ result }: { result: RunResult }) {
  return (
    <span
      className={`flex flex-wrap items-center gap-x-1.5 text-sm ${result.success ? "text-acid-success" : "text-acid-warning"}`}
    >
      <span aria-hidden="true">{result.success ? "✓" : "▲"}</span>
      {result.failure?.title ?? "success"}
      <span className="figure-text text-acid-muted text-xs">
        {result.status_code === null ? "no HTTP status" : `HTTP ${result.status_code}`}
      </span>
    </span>
  );
}

function Figures({ result, locked }: { result: RunResult; locked: readonly LockableMetric[] }) {
  const { ttft, tps, latency, cost } = result;
  const guard = (metric: LockableMetric, label: string, figure: string): ReactNode =>
    locked.includes(metric) ? <LockedState metric={label} /> : figure;
  const thinks = ttft !== null && ttft.answer_ms !== null && ttft.answer_ms !== ttft.first_ms;
  const main: readonly (readonly [string, ReactNode])[] = [
    ["TTFT", guard("ttft", "TTFT", formatMs(ttft?.first_ms))],
    ...(thinks ? [["First answer token", formatMs(ttft.answer_ms)] as const] : []),
    ["Output speed (TPS)", guard("tps", "Output speed", formatTps(tps?.value))],
    ["Total latency", guard("latency", "Total latency", formatSeconds(latency?.total_ms))],
    [
      "Tokens in / out",
      `${result.tokens_estimated ? "about " : ""}${formatInteger(result.input_tokens)} / ${formatInteger(result.output_tokens)}`,
    ],
    ["Cost", guard("cost", "Cost", cost?.usd === null ? "unknown" : formatUsd(cost?.usd))],
  ];
  return (
    <>
      <dl className="mt-4 grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 lg:grid-cols-6">
        {main.map(([label, value]) => (
          <div key={label}>
            <dt className="text-2xs text-acid-muted">{label}</dt>
            <dd className="figure-text text-sm">{value}</dd>
          </div>
        ))}
      </dl>
      <p className="mt-3 text-acid-muted text-xs leading-relaxed [overflow-wrap:anywhere]">
        {details(result).join(" · ")}
      </p>
    </>
  );
}

/** The smaller facts, in words; what is not known is left out. */
function details(result: RunResult): string[] {
  const { ttft, cost } = result;
  return [
    `sent ${formatTime(result.created_at)}`,
    ...(ttft?.headers_ms == null ? [] : [`headers after ${formatMs(ttft.headers_ms)}`]),
    ...(result.warmup_ms === null ? [] : [`connection set-up ${formatMs(result.warmup_ms)} (excluded)`]),
    ...(result.reasoning_tokens ? [`${formatInteger(result.reasoning_tokens)} reasoning tokens`] : []),
    ...(result.cached_tokens ? [`${formatInteger(result.cached_tokens)} input tokens cached`] : []),
    ...(result.finish_reason === null ? [] : [`finish reason: ${result.finish_reason}`]),
    ...(result.answer_ok === null
      ? []
      : [
          result.answer_ok
            ? "answer complete (three bullets)"
            : "answer incomplete (not the three bullets asked for)",
        ]),
    ...(result.skipped_events > 0
      ? [`${formatCount(result.skipped_events, "event", "events")} skipped as unreadable`]
      : []),
    ...(result.upstream === null ? [] : [`served by ${result.upstream}`]),
    ...(cost?.source === "provider" && cost.usd !== null ? ["cost as charged by the provider"] : []),
    ...(cost?.source === "price" ? ["cost from the list price"] : []),
    `measured from ${result.location}${result.colo === null ? "" : ` (${result.colo})`}`,
    ...(result.prompt_version?.startsWith("short") ? ["short prompt: excluded from averages"] : []),
  ];
}

function Answer({ result, runId, alone }: { result: RunResult; runId: string; alone: boolean }) {
  const { text, text_chars: chars } = result;
  if (text === null || text === "") {
    return <p className="mt-3 text-acid-muted text-xs">{NO_TEXT[result.success ? "success" : "failure"]}</p>;
  }
  const shown = [...text].length;
  return (
    <details open={alone} className="mt-3">
      <summary className="w-fit cursor-pointer rounded text-acid-link text-sm">
        {`Answer as sent (${formatCount(chars, "character", "characters")})`}
      </summary>
      <section
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        aria-label={`Answer of ${result.provider_name} ${result.model}`}
        className="mt-2 max-h-[32rem] overflow-y-auto rounded-lg border border-acid-border bg-acid-bg/60 p-3"
      >
        <pre
          dir="auto"
          className="whitespace-pre-wrap font-mono text-xs leading-relaxed [overflow-wrap:anywhere]"
        >
          {text}
        </pre>
      </section>
      {shown < chars && (
        <p className="mt-1 text-acid-muted text-xs">
          {`The first ${formatInteger(shown)} of ${formatInteger(chars)} characters. `}
          {!alone && <TextLink to={runHref(runId, { result: result.id })}>Show more</TextLink>}
        </p>
      )}
      {result.truncated && (
        <p className="mt-1 text-acid-muted text-xs">The stream was longer than what is kept.</p>
      )}
    </details>
  );
}

const NO_TEXT = {
  success: `Answer: ${NOT_AVAILABLE}. No text is kept for this request.`,
  failure: "No text was received.",
} as const;
