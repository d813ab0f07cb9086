/** Shown where there is nothing, or too little, to show. */
export const NOT_AVAILABLE = "n/a";

const integer = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const twoDecimals = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
const threeDigits = new Intl.NumberFormat("en-US", {
  minimumSignificantDigits: 2,
  maximumSignificantDigits: 3,
});

type Maybe = number | null | undefined;

function present(value: Maybe): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

/** 2500 -> "2,500" */
export function formatInteger(value: Maybe): string {
  return present(value) ? integer.format(value) : NOT_AVAILABLE;
}

/** Milliseconds as milliseconds: 412.4 -> "412 ms", 1240 -> "1,240 ms"; below 10 one decimal. */
export function formatMs(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  return `${Math.abs(value) < 10 && value !== 0 ? oneDecimal.format(value) : integer.format(value)} ms`;
}

/** Milliseconds as seconds: 4120 -> "4.12 s". */
export function formatSeconds(ms: Maybe): string {
  return present(ms) ? `${twoDecimals.format(ms / 1000)} s` : NOT_AVAILABLE;
}

/** 84.21 -> "84.2 tok/s" */
export function formatTps(value: Maybe): string {
  return present(value) ? `${oneDecimal.format(value)} tok/s` : NOT_AVAILABLE;
}

/**
 * A share of 1 as per cent. Only 1 itself is "100%", only 0 is "0%": 0.9996 is "99.9%", since rounding must
 * not make an outage disappear.
 */
export function formatShare(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  if (value >= 1) return "100%";
  if (value <= 0) return "0%";
  return `${oneDecimal.format(Math.min(99.9, Math.max(0.1, value * 100)))}%`;
}

/** USD. From a dollar on with cents ("$1.24"), below with up to three digits that count ("$0.0577"). */
export function formatUsd(value: Maybe): string {
  if (!present(value)) return NOT_AVAILABLE;
  if (value === 0) return "$0";
  if (Math.abs(value) >= 1) return `$${twoDecimals.format(value)}`;
  return `$${threeDigits.format(value)}`;
}

/** "1 result", "2,500 results" */
export function formatCount(value: number, one: string, many: string): string {
  return `${integer.format(value)} ${value === 1 ? one : many}`;
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
