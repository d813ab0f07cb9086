import { existsSync } from "node:fs";
import { z } from "zod";
import { CRONS } from "../../workers/benchmark/schedule.ts";
import type { SupabaseKeys } from "../build/hosted.ts";
import { SetupError } from "../errors.ts";
import type { StackSettings } from "../settings.ts";

const providerNames = z.array(z.object({ name: z.string() }));

/** Names of the providers that the database knows: those that are measured, and shown. */
export async function trackedProviders({ url, anonKey }: SupabaseKeys): Promise<ReadonlySet<string>> {
  const response = await fetch(`${url}/rest/v1/providers?select=name`, {
    headers: { apikey: anonKey, authorization: `Bearer ${anonKey}` },
  });
  if (!response.ok) throw new SetupError(`The database at ${url} answers with status ${response.status}.`);
  return new Set(providerNames.parse(await response.json()).map(({ name }) => name));
}

/** What a person at the terminal wants to know once everything is up. */
export function readyLines(
  settings: StackSettings,
  database: SupabaseKeys & { readonly embedded: boolean },
  tracked: ReadonlySet<string>,
  simulated: boolean,
  errorFile: string,
): string[] {
  const list = (names: readonly string[]) => names.filter((name) => tracked.has(name)).join(", ") || "none";
  const without = simulated
    ? [
        `  Simulated   ${list(settings.withoutKey)}`,
        "              (no API key: these figures are played by this machine and marked as simulated everywhere)",
      ]
    : [`  Skipped     ${list(settings.withoutKey)} (no API key)`];
  return [
    "",
    `Benchmark Engine is up: http://localhost:${settings.dashboardPort}`,
    `  Measured    ${settings.withKey.join(", ") || "none"}`,
    ...(settings.withoutKey.length === 0 ? [] : without),
    `  Runs        now, then at "${CRONS.benchmark}" (UTC)`,
    `  Database    ${database.embedded ? `embedded Supabase, ${database.url}, data in ${settings.localDirectory}` : database.url}`,
    `  Errors      ${errorFile}${existsSync(errorFile) ? "" : " (none yet)"}`,
    "  Stop        Ctrl-C",
    "",
  ];
}
