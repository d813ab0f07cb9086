import { DAYS, type Day, gradeDay } from "../../lib/status.ts";
import { monthWords } from "../../lib/status-words.ts";

const STEP = 10;
const BAR = 8;

/** Each grade has a colour and a height of its own: colour alone tells some readers nothing. */
const GRADES = {
  u: { className: "stroke-acid-success", height: 28 },
  s: { className: "stroke-acid-warning", height: 20 },
  b: { className: "stroke-acid-danger", height: 12 },
  n: { className: "stroke-acid-border", height: 3 },
} as const;
type Letter = keyof typeof GRADES;
const LETTERS = Object.keys(GRADES) as Letter[];

const LETTER_OF = { up: "u", some: "s", bad: "b", none: "n" } as const;

export function lettersOf(days: readonly Day[]): string {
  return days.map((day) => LETTER_OF[gradeDay(day)]).join("");
}

/** Thirty days as bars, oldest on the left. */
export function DayBars({ days }: { days: readonly Day[] }) {
  return (
    <svg
      viewBox={`0 0 ${DAYS * STEP - (STEP - BAR)} 28`}
      preserveAspectRatio="none"
      role="img"
      aria-label={monthWords(days)}
      className="block h-8 w-full"
    >
      <Bars letters={lettersOf(days)} />
    </svg>
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
      <Bars letters={letters} />
    </svg>
  );
}

/** One path for each grade: three hundred rows of thirty rectangles would be too much to send. */
function Bars({ letters }: { letters: string }) {
  return LETTERS.map((letter) => {
    const { className, height } = GRADES[letter];
    const path = [...letters]
      .map((other, index) => (other === letter ? `M${index * STEP + BAR / 2} 28v-${height}` : ""))
      .join("");
    return path === "" ? null : <path key={letter} d={path} strokeWidth={BAR} className={className} />;
  });
}

export function BarsLegend() {
  const items = [
    ["u", "no provider failure"],
    ["s", "some"],
    ["b", "more than 1 in 10"],
    ["n", "not measured"],
  ] as const;
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-acid-muted text-xs">
      {items.map(([letter, text]) => (
        <li key={letter} className="inline-flex items-center gap-2">
          <svg viewBox="0 0 8 28" aria-hidden="true" className="h-5 w-1.5">
            <path
              d={`M4 28v-${GRADES[letter].height}`}
              strokeWidth={BAR}
              className={GRADES[letter].className}
            />
          </svg>
          {text}
        </li>
      ))}
    </ul>
  );
}
