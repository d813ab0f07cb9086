import { type StatusQuery, statusHref } from "../../lib/queries.ts";
import { DAYS, type Day, type DayGrade, dayAfter, GRADE_LIMITS, gradeDay } from "../../lib/status.ts";
import { dayWords, monthWords } from "../../lib/status-words.ts";
import { Link } from "../ui/link.tsx";

const STEP = 10;
const BAR = 8;

/** Each grade has a colour and a height of its own: colour alone tells some readers nothing. */
const LOOKS: Readonly<Record<DayGrade | "unmeasured", { className: string; height: number }>> = {
  good: { className: "stroke-acid-success", height: 28 },
  few: { className: "stroke-acid-success/60", height: 24 },
  some: { className: "stroke-acid-warning/60", height: 20 },
  many: { className: "stroke-acid-warning", height: 16 },
  bad: { className: "stroke-acid-danger", height: 12 },
  unmeasured: { className: "stroke-acid-border", height: 3 },
};
type Look = keyof typeof LOOKS;
const ORDER = Object.keys(LOOKS) as Look[];
const BY_LETTER: Readonly<Record<string, Look>> = { g: "good", f: "few", s: "some", m: "many", b: "bad" };

export interface DayBarsProps {
  readonly provider: string;
  readonly days: readonly Day[];
  readonly firstDay: string;
  readonly query: StatusQuery;
}

/** Thirty days as bars, oldest on the left. A day with failures opens its requests, where a bar is wide enough to hit. */
export function DayBars({ provider, days, firstDay, query }: DayBarsProps) {
  return (
    <div className="relative">
      <svg
        viewBox={`0 0 ${DAYS * STEP - (STEP - BAR)} 28`}
        preserveAspectRatio="none"
        role="img"
        aria-label={monthWords(days)}
        className="block h-8 w-full"
      >
        <Bars looks={days.map((day) => gradeDay(day) ?? "unmeasured")} />
      </svg>
      <div className="absolute inset-0 hidden grid-cols-30 md:grid [&>a:hover]:bg-acid-text/15">
        {days.map((day, index) => {
          const date = dayAfter(firstDay, index);
          return day === null || day.failures === 0 ? (
            <span key={date} />
          ) : (
            <Link
              key={date}
              to={statusHref({ ...query, provider, day: date })}
              preventScrollReset
              aria-label={dayWords(firstDay, index, day)}
              title={dayWords(firstDay, index, day)}
            />
          );
        })}
      </div>
    </div>
  );
}

/** The same, small, for a row; what it says stands beside it in words. */
export function SmallBars({ letters }: { letters: string }) {
  return (
    <svg
      viewBox={`0 0 ${DAYS * STEP} 28`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className="hidden h-5 w-40 shrink-0 sm:block"
    >
      <Bars looks={[...letters].map((letter) => BY_LETTER[letter] ?? "unmeasured")} />
    </svg>
  );
}

/** One path for each grade: three hundred rows of thirty rectangles would be too much to send. */
function Bars({ looks }: { looks: readonly Look[] }) {
  return ORDER.map((look) => {
    const { className, height } = LOOKS[look];
    const path = looks
      .map((other, index) => (other === look ? `M${index * STEP + BAR / 2} 28v-${height}` : ""))
      .join("");
    return path === "" ? null : <path key={look} d={path} strokeWidth={BAR} className={className} />;
  });
}

const percent = (share: number) => `${share * 100}%`;
const LEGEND: Readonly<Record<Look, string>> = {
  good: "no provider failure",
  few: `up to ${percent(GRADE_LIMITS.few)}`,
  some: `up to ${percent(GRADE_LIMITS.some)}`,
  many: `up to ${percent(GRADE_LIMITS.many)}`,
  bad: "more",
  unmeasured: "not measured",
};

export function BarsLegend() {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs">
      {ORDER.map((look) => (
        <li key={look} className="inline-flex items-center gap-2">
          <svg viewBox="0 0 8 28" aria-hidden="true" className="h-5 w-1.5">
            <path d={`M4 28v-${LOOKS[look].height}`} strokeWidth={BAR} className={LOOKS[look].className} />
          </svg>
          {LEGEND[look]}
        </li>
      ))}
    </ul>
  );
}
