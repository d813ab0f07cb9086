/** Shown where there is nothing, or too little, to show. */
export const NOT_AVAILABLE = "n/a";

/**
 * A number with so many decimals and its thousands set apart: 1240.25, 1 -> "1,240.3". Not by Intl: a browser takes some
 * 16 ms (a phone 60) to make its first Intl.NumberFormat, in the middle of taking a page over.
 */
export function formatNumber(value: number, decimals: number): string {
  const text = halfRounded(value, decimals).toFixed(decimals);
  // What rounds to nothing has no sign.
  const [whole = "", rest] = text.replace(/^-(?=[0.]+$)/, "").split(".");
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ",");
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

/**
 * What is written as a half of the last decimal, rounded away from zero as Intl and the database do it: 1.005 -> 1.01. Any
 * other number as it is. toFixed goes by what is stored, which for 1.005 is a little less than that.
 */
function halfRounded(value: number, decimals: number): number {
  const size = Math.abs(value);
  const near = size * 10 ** decimals;
  // Nearly all are nowhere near a half: what follows is exact and dear.
  if (Math.abs((near % 1) - 0.5) > 1e-9 + near * 1e-15) return value;
  const [digits, exponent = "0"] = String(size).split("e");
  const units = Number(`${digits}e${Number(exponent) + decimals}`);
  const isHalf = units % 1 === 0.5 && Number(`${units}e${-decimals}`) === size;
  return isHalf ? Math.sign(value) * Number(`${Math.ceil(units)}e${-decimals}`) : value;
}

/** A round number with no more decimals than it has, three at most: 0.5 -> "0.5", 2000 -> "2,000". */
export function formatTick(value: number): string {
  const decimals = [0, 1, 2].find((digits) => Number(value.toFixed(digits)) === value);
  return formatNumber(value, decimals ?? 3);
}

/** With three digits that count, or two where the third is 0: 0.05774 -> "0.0577", 0.00031 -> "0.00031". */
function formatDigits(value: number): string {
  const exact = halfRounded(value, 2 - exponentOf(value.toExponential()));
  const written = exact.toExponential(2);
  const text = exact.toFixed(2 - exponentOf(written));
  return written.includes("0e") ? text.slice(0, -1) : text;
}

function exponentOf(written: string): number {
  return Number(written.split("e")[1]);
}

type Maybe = number | null | undefined;

function present(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** 2500 -> "2,500" */
export function formatInteger(value: Maybe): string {
  return present(value) ? formatNumber(value, 0) : NOT_AVAILABLE;
}

/** Milliseconds as milliseconds: 412.4 -> "412 ms", 1240 -> "1,240 ms"; below 10 one decimal. */
export function formatMs(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  return `${Math.abs(value) < 10 && value !== 0 ? formatNumber(value, 1) : formatNumber(value, 0)} ms`;
}

/** Milliseconds as seconds: 4120 -> "4.12 s". */
export function formatSeconds(ms: Maybe): string {
  return present(ms) ? `${formatNumber(ms / 1000, 2)} s` : NOT_AVAILABLE;
}

/** 84.21 -> "84.2 tok/s" */
export function formatTps(value: Maybe): string {
  return present(value) ? `${formatNumber(value, 1)} tok/s` : NOT_AVAILABLE;
}

/**
 * A share of 1 as per cent. Only 1 itself is "100%", only 0 is "0%": 0.9996 is "99.9%", since rounding must
 * not make an outage disappear.
 */
export function formatShare(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  if (value >= 1) return "100%";
  if (value <= 0) return "0%";
  return `${formatNumber(Math.min(99.9, Math.max(0.1, value * 100)), 1)}%`;
}

/** No real price or cost is smaller; one that is would fill a line with zeros. */
const SMALLEST_USD = 1e-12;

/** USD. From a dollar on with cents ("$1.24"), below with up to three digits that count ("$0.0577"). */
export function formatUsd(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  if (value === 0) return "$0";
  if (Math.abs(value) < SMALLEST_USD) return `<$${formatDigits(SMALLEST_USD)}`;
  if (Math.abs(value) >= 1) return `$${formatNumber(value, 2)}`;
  return `$${formatDigits(value)}`;
}

/** "1 result", "2,500 results" */
export function formatCount(value: number, one: string, many: string): string {
  return `${formatNumber(value, 0)} ${value === 1 ? one : many}`;
}

/** An ISO time as "23 Nov, 14:15 UTC": the same on the server and in any browser. */
export function formatTime(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return NOT_AVAILABLE;
  const month = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getUTCDate()} ${month[date.getUTCMonth()]}, ${two(date.getUTCHours())}:${two(date.getUTCMinutes())} UTC`;
}

/** An ISO time as "23 Nov 2026". */
export function formatDate(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime())
    ? NOT_AVAILABLE
    : `${formatTime(iso).split(",")[0]} ${date.getUTCFullYear()}`;
}

/** How long before `now` something was: "just now", "3 min ago", "5 h ago", "2 days ago". */
export function formatAgo(iso: string, now: string): string {
  const seconds = (Date.parse(now) - Date.parse(iso)) / 1000;
  if (!Number.isFinite(seconds)) return NOT_AVAILABLE;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 48 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  return `${Math.floor(seconds / 86_400)} days ago`;
}

/** "42 s", "3 min 5 s", "1 h 4 min" between two ISO times; "" where one is missing or they run backwards. */
export function durationWords(from: string, to: string | null): string {
  const seconds = to === null ? Number.NaN : Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  if (!(seconds >= 0)) return "";
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return seconds < 3_600
    ? twoUnits(minutes, "min", seconds % 60, "s")
    : twoUnits(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

/**
 * A time between two ISO times as a probe of every 15 minutes knows it: "about 10 min", "about 3 h", "about 29 days"; "" as
 * above.
 */
export function roughly(from: string, to: string): string {
  const minutes = (Date.parse(to) - Date.parse(from)) / 60_000;
  if (!(minutes >= 0)) return "";
  if (minutes < 2.5) return "a few minutes";
  // Up to what would be rounded to two of the next unit.
  if (minutes < 90) return `about ${5 * Math.round(minutes / 5)} min`;
  const hours = minutes / 60;
  return hours < 47.5 ? `about ${Math.round(hours)} h` : `about ${Math.round(hours / 24)} days`;
}

function twoUnits(large: number, of: string, small: number, ofSmall: string): string {
  return small === 0 ? `${large} ${of}` : `${large} ${of} ${small} ${ofSmall}`;
}

/** How many times as much: `1.4×`, `12×`. */
export function formatMultiple(value: number | null | undefined): string {
  return value == null ? NOT_AVAILABLE : `${formatNumber(value, value < 9.95 ? 1 : 0)}×`;
}
