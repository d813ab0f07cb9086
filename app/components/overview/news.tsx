import { Await, Link } from "@remix-run/react";
import { type ReactNode, Suspense, useState } from "react";
import { formatAgo, formatCount, formatMs, formatTime, formatTps } from "../../lib/format.ts";
import { endpointPath } from "../../lib/models-path.ts";
import type { Happening, HappeningList, Move, Moves, News, Unread } from "../../lib/news.ts";
import type { WindowName } from "../../lib/queries.ts";
import { WINDOW_NAMES } from "../../lib/words.ts";
import { Tag } from "../ui/endpoint-name.tsx";
import { Hint } from "../ui/hint.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";

export interface NewsPanelProps {
  /** A promise where they come after the page. */
  readonly news: News | Promise<News>;
  readonly window: WindowName;
  /** When the page was read, ISO. */
  readonly readAt: string;
}

/**
 * What is different from the window before. News that come late get a box of a fixed height, to be scrolled, so that
 * nothing below moves when they are there.
 */
export function NewsPanel({ news, window, readAt }: NewsPanelProps) {
  const [late] = useState(news instanceof Promise);
  const title = `What changed in the last ${WINDOW_NAMES[window]}`;
  const show = (read: News) => <Parts news={read} window={window} readAt={readAt} />;
  return (
    <Panel title={title}>
      {late || news instanceof Promise ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        <section tabIndex={0} aria-label={`${title}: scroll for all`} className="h-72 overflow-y-auto">
          <Suspense fallback={<Pending />}>
            <Await resolve={news} errorElement={<Unreadable />}>
              {show}
            </Await>
          </Suspense>
        </section>
      ) : (
        show(news)
      )}
    </Panel>
  );
}

const PRICES = { to: "/prices", text: "View all prices" };
const MODELS = { to: "/models", text: "View all models" };
const STATUS = { to: "/status", text: "View status page" };

/** What a reader without scripts keeps, whose page cannot be filled in: the ways to where it all stands. */
function Pending() {
  return (
    <div className="grid justify-items-start gap-2 text-xs">
      <Nothing>Loading takes longer than usual. Meanwhile, or without JavaScript:</Nothing>
      {[PRICES, MODELS, STATUS].map((page) => (
        <More key={page.to} {...page} />
      ))}
    </div>
  );
}

function Parts({ news, window, readAt }: NewsPanelProps & { news: News }) {
  const { incidents } = news;
  return (
    <div className="grid gap-x-8 gap-y-6 md:grid-cols-2 xl:grid-cols-4">
      <Speeds moves={news.moves} window={window} />
      <List title="Prices" list={news.prices} none="No price changes" more={PRICES} readAt={readAt} />
      <List
        title="Retirements"
        list={news.retirements}
        none="No retirements or deprecations"
        more={MODELS}
        readAt={readAt}
      />
      {incidents !== null && (
        <List
          title={
            incidents !== "unread" && incidents.open > 0
              ? `Incidents, ${incidents.open} ongoing`
              : "Incidents"
          }
          list={incidents}
          none="No incidents"
          more={STATUS}
          readAt={readAt}
        />
      )}
    </div>
  );
}

function Speeds({ moves, window }: { moves: Moves | null | Unread; window: WindowName }) {
  return (
    <Part
      title={
        <Hint
          text="Compared with the previous period, hour by hour. A change is listed when it is at least 5% and statistically significant: at most 1 page in 20 lists a change that is only noise."
          align="start"
          className="uppercase underline decoration-dotted underline-offset-4"
        >
          Speed changes
        </Hint>
      }
    >
      {moves === "unread" ? (
        <Unreadable />
      ) : moves === null ? (
        <Nothing>
          {window === "1h"
            ? "Too few samples in 1 h to compare; try 24 h."
            : "No comparable data for the previous period."}
        </Nothing>
      ) : moves.judged === 0 ? (
        <Nothing>Too few samples in the previous period to compare.</Nothing>
      ) : (
        <>
          {moves.moved.length > 0 && (
            <ul className="grid gap-2">
              {moves.moved.map((move) => (
                <Moved key={`${move.endpoint.provider}/${move.endpoint.model} ${move.metric}`} move={move} />
              ))}
            </ul>
          )}
          {moves.movedOf > moves.moved.length && (
            <Nothing>{`and ${moves.movedOf - moves.moved.length} more`}</Nothing>
          )}
          <Nothing>
            {moves.movedOf === 0
              ? `No significant change in ${formatCount(moves.judged, "median", "medians")}.`
              : `No significant change in ${formatCount(moves.judged - moves.movedOf, "other median", "other medians")}.`}
            {moves.tooFew > 0 &&
              ` ${formatCount(moves.tooFew, "endpoint has", "endpoints have")} too few samples to compare.`}
          </Nothing>
        </>
      )}
    </Part>
  );
}

function Moved({ move }: { move: Move }) {
  const { endpoint, metric, before, now, ratio, low, high } = move;
  const better = metric === "ttft" ? ratio < 1 : ratio > 1;
  const format = metric === "ttft" ? formatMs : formatTps;
  const percent = (value: number) => `${value >= 1 ? "+" : "−"}${Math.round(Math.abs(value - 1) * 100)}%`;
  return (
    <li className="text-xs leading-relaxed">
      <span className={better ? "text-acid-success" : "text-acid-danger"}>
        <span aria-hidden="true">{ratio > 1 ? "▲ " : "▼ "}</span>
        {`${percent(ratio)} ${metric === "ttft" ? "TTFT" : "TPS"}`}
      </span>
      <span className="text-acid-muted">{better ? ", better" : ", worse"}</span>{" "}
      {endpoint.simulated && <Tag tone="warning">simulated</Tag>}
      <span className="block">
        <Name happening={{ ...endpoint }} />
      </span>
      <span className="figure-text block text-acid-muted">
        {`${format(before)} → ${format(now)}, ${percent(low)} to ${percent(high)}`}
      </span>
    </li>
  );
}

function List({
  title,
  list,
  none,
  more,
  readAt,
}: {
  title: string;
  list: HappeningList | Unread;
  none: string;
  more: { to: string; text: string };
  readAt: string;
}) {
  return (
    <Part title={title}>
      {list === "unread" ? (
        <Unreadable />
      ) : list.of === 0 ? (
        <Nothing>{none}</Nothing>
      ) : (
        <ul className="grid gap-2">
          {list.shown.map((happening) => (
            <li
              key={`${happening.at} ${happening.provider}/${happening.model}`}
              className="text-xs leading-relaxed"
            >
              <span className="flex justify-between gap-3">
                <Name happening={happening} />
                <time
                  dateTime={happening.at}
                  title={formatTime(happening.at)}
                  className="shrink-0 text-acid-muted"
                >
                  {formatAgo(happening.at, readAt)}
                </time>
              </span>
              {happening.text !== "" && (
                <span className="block text-acid-muted [overflow-wrap:anywhere]">{happening.text}</span>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2 text-xs">
        {list !== "unread" && list.of > list.shown.length && (
          <span className="text-acid-muted">{`and ${list.of - list.shown.length} more: `}</span>
        )}
        <More {...more} />
      </p>
    </Part>
  );
}

function Name({ happening }: { happening: Pick<Happening, "provider" | "provider_name" | "model"> }) {
  return (
    <span className="min-w-0 [overflow-wrap:anywhere]">
      <span className="font-medium">{happening.provider_name}</span>{" "}
      <Link to={endpointPath(happening)} className="figure-text text-acid-link hover:underline">
        {happening.model}
      </Link>
    </span>
  );
}

function Part({ title, children }: { title: ReactNode; children: ReactNode }) {
  return (
    <section className="min-w-0">
      <h3 className="eyebrow mb-2">{title}</h3>
      {children}
    </section>
  );
}

function More({ to, text }: { to: string; text: string }) {
  return <TextLink to={to}>{text}</TextLink>;
}

function Unreadable() {
  return <Nothing>Not available right now.</Nothing>;
}

function Nothing({ children }: { children: ReactNode }) {
  return <p className="text-acid-muted text-xs leading-relaxed">{children}</p>;
}
