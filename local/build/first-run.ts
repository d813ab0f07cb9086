import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { keyHeaders } from "../../workers/settings/supabase.ts";
import { messageOf, SetupError } from "../errors.ts";
import type { SupabaseKeys } from "./hosted.ts";

/** A new workers.dev address takes its time to be known everywhere. */
const ADDRESS_WITHIN_MS = 180_000;
/** The longest measurement takes three minutes. */
const ROW_WITHIN_MS = 300_000;
const PAUSE_MS = 2_000;
const REQUEST_MS = 10_000;

const taken = z.object({ run_id: z.string() });
const resultRows = z.array(
  z.object({
    provider: z.string().nullable(),
    model: z.string().nullable(),
    ttft_ms: z.number().nullable(),
    error_kind: z.string().nullable(),
    error_message: z.string().nullable(),
  }),
);
const runRows = z.array(
  z.object({
    finished_at: z.string().nullable(),
    note: z.string().nullable(),
    skipped: z.array(z.object({ provider: z.string(), model: z.string(), reason: z.string() })).nullable(),
  }),
);

/**
 * Asks the deployed Worker for a run and waits until its first result is in the database.
 *
 * @returns a line about that result, or about why the run had none.
 * @throws SetupError when the Worker does not answer, or nothing arrives.
 */
export async function firstRun(
  benchmarkUrl: string,
  adminToken: string,
  supabase: SupabaseKeys,
  say: (line: string) => void,
): Promise<string> {
  const runId = await askForRun(benchmarkUrl, adminToken);
  say(`Run ${runId} is asked for; waiting for its first result …`);
  const read = async <T>(query: string, schema: z.ZodType<T>): Promise<T> => {
    const response = await fetch(`${supabase.url}/rest/v1/${query}`, {
      headers: keyHeaders(supabase.serviceRole),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    return schema.parse(await response.json());
  };
  const line = await within(ROW_WITHIN_MS, async () => {
    const [row] = await read(
      `benchmark_results?run_id=eq.${runId}&select=provider,model,ttft_ms,error_kind,error_message&order=created_at&limit=1`,
      resultRows,
    );
    if (row) return describeResult(row);
    const [run] = await read(`runs?id=eq.${runId}&select=finished_at,note,skipped`, runRows);
    return run?.finished_at ? describeEmptyRun(run) : null;
  });
  if (line.found !== null) return line.found;
  throw new SetupError(
    `No result of run ${runId} arrived within ${ROW_WITHIN_MS / 60_000} minutes${line.problem}; see what the Worker logs: npx wrangler tail --config workers/benchmark/wrangler.toml`,
  );
}

async function askForRun(benchmarkUrl: string, adminToken: string): Promise<string> {
  const answer = await within(ADDRESS_WITHIN_MS, async () => {
    const response = await fetch(`${benchmarkUrl}/api/benchmark`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminToken}` },
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    // A run that is going on already serves as well.
    if (response.status === 202 || response.status === 409) return taken.parse(await response.json()).run_id;
    throw new Error(`HTTP ${response.status}`);
  });
  if (answer.found !== null) return answer.found;
  throw new SetupError(
    `${benchmarkUrl} took no run within ${ADDRESS_WITHIN_MS / 60_000} minutes${answer.problem}; both Workers are deployed, and the schedule asks for runs every 15 minutes.`,
  );
}

function describeResult(row: z.infer<typeof resultRows>[number]): string {
  const endpoint = `${row.provider}/${row.model}`;
  if (row.error_kind !== null)
    return `First result: ${endpoint} failed (${row.error_kind}): ${row.error_message}`;
  return `First result: ${endpoint}, TTFT ${row.ttft_ms === null ? "unknown" : `${Math.round(row.ttft_ms)} ms`}`;
}

function describeEmptyRun({ note, skipped }: z.infer<typeof runRows>[number]): string {
  const list = (skipped ?? []).map(({ provider, model, reason }) => `${provider}/${model} (${reason})`);
  const why = [note, list.length > 0 ? `skipped: ${list.join(", ")}` : null].filter((part) => part !== null);
  return `The run ended without a result${why.length > 0 ? `; ${why.join("; ")}` : ": no model is active (npm run models -- list)"}`;
}

/** Tries until there is something, or time is up; `problem` is what the last try met, to be put behind a sentence. */
async function within<T>(
  limitMs: number,
  attempt: () => Promise<T | null>,
): Promise<{ readonly found: T | null; readonly problem: string }> {
  const end = performance.now() + limitMs;
  let problem = "";
  while (performance.now() < end) {
    try {
      const found = await attempt();
      if (found !== null) return { found, problem: "" };
      problem = "";
    } catch (error) {
      problem = ` (${messageOf(error)})`;
    }
    await sleep(PAUSE_MS);
  }
  return { found: null, problem };
}
