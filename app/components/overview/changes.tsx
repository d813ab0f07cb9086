import { Await } from "@remix-run/react";
import { Suspense } from "react";
import { formatCount, formatMs, formatTime, formatTps } from "../../lib/format.ts";
import { endpointPath } from "../../lib/models-path.ts";
import type { Happening, Move, Moves, News, Unread } from "../../lib/news.ts";
import type { WindowName } from "../../lib/queries.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Tag } from "../ui/endpoint-name.tsx";
import { Link } from "../ui/link.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";

export interface ChangesProps {
  /** A promise where they come after the page. */
  readonly news: News | Promise<News>;
  readonly window: WindowName;
}

const KIND_TEXTS: Readonly<Record<Happening["kind"], string>> = {
  price: "price",
  retirement: "model",
  incident: "incident",
};

/** One dated list of what changed in the window. It is the last part of the page: one that comes late moves nothing. */
export function Changes({ news, window }: ChangesProps) {
  return (
    <Panel title={`What changed in the last ${WINDOW_NAMES[window]}`}>
      {news instanceof Promise ? (
        <Suspense fallback={<p className="text-acid-muted text-xs">Still loading.</p>}>
          <Await resolve={news} errorElement={<Unreadable what="changes" />}>
            {(read) => <List news={read} window={window} />}
          </Await>
        </Suspense>
      ) : (
        <List news={news} window={window} />
      )}
      <p className="mt-3 flex flex-wrap gap-x-5 text-xs">
        <TextLink to="/status">View status page</TextLink>
        <TextLink to="/prices">View all prices</TextLink>
        <TextLink to="/models">View all models</TextLink>
      </p>
    </Panel>
  );
}

function List({ news: { moves, happened, of, unread }, window }: ChangesProps & { news: News }) {
  const moved = moves === null || moves === "unread" ? [] : moves.moved;
  return (
    <>
      {(moved.length > 0 || happened.length > 0) && (
        <ul className="changes">
          {moved.map((move) => (
            <Moved
              key={`${move.endpoint.provider}/${move.endpoint.model} ${move.metric}`}
              move={move}
              window={window}
            />
          ))}
          {happened.map((happening) => (
            <li key={`${happening.at} ${happening.href} ${happening.text}`}>
              <time dateTime={happening.at}>{formatTime(happening.at)}</time>
              <span className={happening.isOpen ? "text-acid-danger" : "text-acid-muted"}>
                {happening.isOpen ? "ongoing" : KIND_TEXTS[happening.kind]}
              </span>
              <Link to={happening.href}>
                <bdi>{happening.provider_name}</bdi> <bdi className="figure-text">{happening.model}</bdi>
              </Link>
              <span>{happening.text}</span>
            </li>
          ))}
        </ul>
      )}
      {of > happened.length && (
        <p className="mt-2 text-acid-muted text-xs">{`and ${of - happened.length} more`}</p>
      )}
      <p className="mt-2 text-acid-muted text-xs leading-relaxed">
        {[
          ...quietWords(moves, window),
          happened.length === 0 && unread.length === 0 ? "No incidents, price changes or retirements." : "",
        ].join(" ")}
      </p>
      {unread.map((what) => (
        <Unreadable key={what} what={what} />
      ))}
    </>
  );
}

/** What did not move, and what could not be compared. */
function quietWords(moves: Moves | null | Unread, window: WindowName): string[] {
  if (moves === "unread") return ["Speed changes: not available right now."];
  if (moves === null) {
    return [
      window === "1h"
        ? "Too few samples in 1 h to compare speeds; try 24 h."
        : "No comparable data for the previous period.",
    ];
  }
  if (moves.judged === 0) return ["Too few samples in the previous period to compare speeds."];
  const more = moves.movedOf - moves.moved.length;
  return [
    more > 0 ? `${more} more medians changed.` : "",
    moves.movedOf === 0
      ? `No significant change in ${formatCount(moves.judged, "median", "medians")}.`
      : `No significant change in ${formatCount(moves.judged - moves.movedOf, "other median", "other medians")} of TTFT and TPS: at least 5%, and more than noise.`,
    moves.tooFew > 0
      ? `${formatCount(moves.tooFew, "endpoint has", "endpoints have")} too few samples to compare.`
      : "",
  ].filter(Boolean);
}

function Moved({ move, window }: { move: Move; window: WindowName }) {
  const { endpoint, metric, before, now, ratio, low, high } = move;
  const better = metric === "ttft" ? ratio < 1 : ratio > 1;
  const format = metric === "ttft" ? formatMs : formatTps;
  const percent = (value: number) =>
    `${value >= 1 ? "+" : "\u2212"}${Math.round(Math.abs(value - 1) * 100)}%`;
  return (
    <li>
      <span className="text-acid-muted">{`vs previous ${window}`}</span>
      <span className={better ? "text-acid-success" : "text-acid-danger"}>
        {`${ratio > 1 ? "▲" : "▼"} ${percent(ratio)} ${metric === "ttft" ? "TTFT" : "TPS"}`}
        <span className="sr-only">{better ? ", better" : ", worse"}</span>
      </span>
      <Link to={endpointPath(endpoint)}>
        <bdi>{endpoint.provider_name}</bdi> <bdi className="figure-text">{endpoint.model}</bdi>
      </Link>
      <span className="figure-text">
        {`${format(before)} \u2192 ${format(now)} (95% CI ${percent(low)} to ${percent(high)}) `}
        {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
      </span>
    </li>
  );
}

function Unreadable({ what }: { what: string }) {
  return (
    <p className="text-acid-muted text-xs leading-relaxed">{`${what[0]?.toUpperCase()}${what.slice(1)}: not available right now.`}</p>
  );
}
