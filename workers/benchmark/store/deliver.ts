import type { Json } from "../../../supabase/database.types.ts";
import { type Client, describeRefusal } from "./client.ts";
import type { Delivery, OutboxItem, ResultRow } from "./rows.ts";

/** The function gives itself 20 s, which is more than a row may take; its answer has to come back besides. */
const REFRESH_TIMEOUT_MS = 25_000;

/** Where a result waited for one database and the settings now name another. */
const SIMULATED: Delivery = {
  state: "rejected",
  reason: "a simulated result, and these settings name a database that the simulator may not play for",
  subrequests: 0,
};

/**
 * Offers one item to the database. Each kind can be sent again without harm: rows are keyed by ids made
 * before the request, and an existing one is left as it is.
 *
 * @param takesSimulated whether simulated results may be in this database at all.
 */
export async function deliverItem(
  client: Client,
  item: OutboxItem,
  takesSimulated: boolean,
): Promise<Delivery> {
  switch (item.kind) {
    case "run":
      return once(client.from("runs").upsert(item.row, { onConflict: "id", ignoreDuplicates: true }));
    case "run-end":
      return once(client.from("runs").update(item.patch).eq("id", item.runId));
    case "watch":
      // Plain data all through; the types only say it in another way.
      return once(client.rpc("engine_write_watch", { change: item.change as unknown as Json }));
    case "deactivate":
      return once(
        client.rpc("engine_apply_catalog", { change: { takenOut: [{ id: item.modelId, why: item.flag }] } }),
      );
    case "close-abandoned":
      return once(
        client
          .from("runs")
          .update({ finished_at: new Date().toISOString(), note: "Cut off for good; closed by a later run." })
          .is("finished_at", null)
          .eq("location", item.location)
          .lt("started_at", item.before)
          .neq("id", item.runId),
      );
    case "refresh-windows":
      return dropFailure(
        await once(
          client
            .rpc("engine_refresh_windows", {
              time_window: item.window,
              part: item.part,
              at_location: item.location,
            })
            .abortSignal(AbortSignal.timeout(REFRESH_TIMEOUT_MS)),
        ),
      );
    case "result":
      if (item.row.simulated && !takesSimulated) return SIMULATED;
      return deliverResult(client, item.row);
  }
}

/** Figures that could not be made ahead must hold up no result; the next run's end asks for them again. */
function dropFailure(delivery: Delivery): Delivery {
  if (delivery.state === "delivered" || delivery.state === "dropped") return delivery;
  return { state: "dropped", reason: delivery.reason, subrequests: delivery.subrequests };
}

async function deliverResult(client: Client, row: ResultRow): Promise<Delivery> {
  const insert = (values: ResultRow) =>
    once(client.from("benchmark_results").upsert(values, { onConflict: "id", ignoreDuplicates: true }));
  const first = await insert(row);
  // The provider or model row was deleted since the run was planned. The result keeps its names.
  if (first.state === "rejected" && first.reason.includes("23503") && (row.provider_id || row.model_id)) {
    const second = await insert({ ...row, provider_id: null, model_id: null });
    return { ...second, subrequests: 2 };
  }
  return first;
}

async function once(
  request: PromiseLike<{ error: { message: string; code?: string } | null; status: number }>,
): Promise<Delivery> {
  try {
    const answer = await request;
    if (!answer.error) return { state: "delivered", subrequests: 1 };
    const state = refusesRow(answer.status, answer.error.code ?? "") ? "rejected" : "later";
    return { state, reason: describeRefusal(answer), subrequests: 1 };
  } catch (error) {
    return { state: "later", reason: error instanceof Error ? error.message : String(error), subrequests: 1 };
  }
}

/**
 * Whether the row itself is at fault: data exceptions (class 22) and integrity violations (class 23) stay
 * what they are however often they are sent. A wrong key, a missing migration or an outage may be mended.
 * https://www.postgresql.org/docs/17/errcodes-appendix.html
 */
function refusesRow(status: number, code: string): boolean {
  return status >= 400 && status < 500 && /^(22|23)[0-9A-Z]{3}$/.test(code);
}
