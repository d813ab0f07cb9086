import { useEffect, useId, useRef, useState } from "react";
import { formatCount, formatInteger, formatMs, formatSeconds } from "../../lib/format.ts";
import { charsAt, cutText, type Replay, TIMELINE_SLICES } from "../../lib/runs.ts";

const WIDTH = 600;
const HEIGHT = 40;

/**
 * The stream as it arrived: drawn by the server, and with JavaScript shown again at its own speed. Who asked for
 * less motion moves through it by hand.
 */
export function StreamReplay({ replay, text }: { replay: Replay; text: string }) {
  const note = useId();
  const [at, setAt] = useState<number | null>(null);
  return (
    <figure className="mt-4" data-stream="">
      <Timeline replay={replay} at={at} />
      <p id={note} className="mt-1 text-acid-muted text-xs leading-relaxed">
        {describe(replay)}
      </p>
      <Player replay={replay} text={text} at={at} onMove={setAt} />
    </figure>
  );
}

function describe({ arrivals, answering, firstMs, lastMs }: Replay): string {
  const reasoning = arrivals - answering;
  return `${formatCount(arrivals, "chunk", "chunks")} received between ${formatMs(firstMs)} and ${formatSeconds(lastMs)} after the request${reasoning > 0 ? `, the first ${formatInteger(reasoning)} of them reasoning` : ""}. Arrival times are measured; the text of each chunk is not kept, so the replay spreads the text evenly over the chunks.`;
}

/** How many chunks arrived when: a bar for each slice of time, from the request on. */
function Timeline({ replay, at }: { replay: Replay; at: number | null }) {
  const { slices, lastMs, firstMs } = replay;
  const most = Math.max(1, ...slices);
  const step = WIDTH / TIMELINE_SLICES;
  const path = slices
    .map((count, index) => {
      if (count === 0) return "";
      const height = Math.max(2, (count / most) * (HEIGHT - 4));
      return `M${(index * step).toFixed(1)} ${HEIGHT}v-${height.toFixed(1)}h${(step - 2).toFixed(1)}v${height.toFixed(1)}z`;
    })
    .join("");
  const cursor = at === null || lastMs === 0 ? null : Math.min(1, at / lastMs) * WIDTH;
  return (
    <svg
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Arrivals over time: nothing until ${formatMs(firstMs)}, the last at ${formatSeconds(lastMs)}`}
      className="block h-10 w-full rounded border-acid-border border-b"
    >
      <path d={path} className="fill-acid-primary" />
      {cursor !== null && <rect x={cursor - 1} y="0" width="2" height={HEIGHT} className="fill-acid-text" />}
    </svg>
  );
}

interface PlayerProps {
  readonly replay: Replay;
  readonly text: string;
  readonly at: number | null;
  readonly onMove: (at: number | null) => void;
}

/** Nothing until the page has come alive: without JavaScript the drawing says it all. */
function Player({ replay, text, at, onMove }: PlayerProps) {
  const [mode, setMode] = useState<"none" | "still" | "moving">("none");
  const [playing, setPlaying] = useState(false);
  const from = useRef(0);
  useEffect(() => {
    const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
    const choose = () => {
      setMode(calm.matches ? "still" : "moving");
      if (calm.matches) setPlaying(false);
    };
    choose();
    calm.addEventListener("change", choose);
    return () => calm.removeEventListener("change", choose);
  }, []);
  useEffect(() => {
    if (!playing) return;
    const began = performance.now() - from.current;
    let frame = requestAnimationFrame(function draw() {
      const now = performance.now() - began;
      if (now >= replay.lastMs) {
        onMove(replay.lastMs);
        setPlaying(false);
        return;
      }
      onMove(now);
      frame = requestAnimationFrame(draw);
    });
    return () => cancelAnimationFrame(frame);
  }, [playing, replay, onMove]);
  if (mode === "none") return null;
  const play = () => {
    from.current = at === null || at >= replay.lastMs ? 0 : at;
    setPlaying(true);
  };
  const shown = at === null ? 0 : charsAt(replay, at);
  return (
    <div className="mt-2">
      <div className="flex flex-wrap items-center gap-3">
        {mode === "moving" && (
          <button
            type="button"
            onClick={playing ? () => setPlaying(false) : play}
            className="rounded-md border border-acid-border bg-acid-surface px-3 py-1.5 text-xs hover:border-acid-muted"
          >
            {playing ? "Pause" : `Replay (${formatSeconds(replay.lastMs)})`}
          </button>
        )}
        <input
          type="range"
          min={0}
          max={replay.lastMs}
          step="any"
          value={at ?? 0}
          onChange={(event) => {
            setPlaying(false);
            onMove(Number(event.currentTarget.value));
          }}
          aria-label="Moment of the stream"
          aria-valuetext={`${formatSeconds(at ?? 0)}, ${formatInteger(shown)} of ${formatInteger(text.length)} characters`}
          className="min-w-32 flex-1 accent-acid-primary"
        />
        <span className="figure-text w-16 text-right text-acid-muted text-xs">{formatSeconds(at ?? 0)}</span>
      </div>
      {at !== null && (
        // The whole answer stands below; a text that grows would be read out over and over.
        <div
          aria-hidden="true"
          data-replay-text=""
          className="mt-2 flex h-40 flex-col justify-end overflow-hidden rounded-lg border border-acid-border bg-acid-bg/60 p-3"
        >
          {/* Longer than the box, its newest lines are what is seen. */}
          <p className="min-h-full whitespace-pre-wrap font-mono text-xs leading-relaxed [overflow-wrap:anywhere]">
            {cutText(text, shown)}
          </p>
        </div>
      )}
    </div>
  );
}
