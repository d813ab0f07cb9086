/** The cron triggers, UTC; wrangler.toml holds the same strings and a test holds the two together. */
export const CRONS = {
  benchmark: "*/15 * * * *",
  /** Sunday by name: Cloudflare counts 1 to 7 from Sunday and documents no 0. */
  models: "0 2 * * SUN",
  prices: "30 3 * * *",
} as const;
