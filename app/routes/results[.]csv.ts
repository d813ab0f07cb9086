import type { LoaderFunctionArgs } from "@remix-run/cloudflare";
import { readResultRows, type TimeKey } from "../data/api.server.ts";
import { answerProgram } from "../data/api-answer.server.ts";
import { type CsvPage, csvStream } from "../lib/api/csv.ts";
import { CORS_HEADERS } from "../lib/api/http.ts";
import { CSV_QUERY } from "../lib/api/queries.ts";
import { openFields, RESULT_FIELDS } from "../lib/api/result-fields.ts";
import { logFailure } from "../lib/log.ts";

/** Rows fetched at a time: about 2 MB of JSON, and a whole table in fewer calls than a Worker may make (50 on Free). */
const PAGE = 2_000;
/** A table that does not say since when begins so long ago. */
const DEFAULT_SPAN_MS = 30 * 86_400_000;

export function loader({ request, context }: LoaderFunctionArgs) {
  return answerProgram(
    request,
    context.services,
    () => CSV_QUERY,
    async ({ bom, ...asked }, { reader, lockedMetrics, known }) => {
      const named = asked.since ?? asked.from;
      // One run, or one result, is small however old it is.
      const isSmall = asked.run_id !== null || asked.id !== null;
      const since = named ?? (isSmall ? null : new Date(Date.now() - DEFAULT_SPAN_MS).toISOString());
      const query = { ...asked, since, until: asked.until ?? asked.to };
      const columns = Object.keys(openFields(RESULT_FIELDS, lockedMetrics));
      const fetchPage = async (key: TimeKey | null, rows = PAGE): Promise<CsvPage<TimeKey>> => {
        const { entries, next } = await readResultRows(reader, query, key, rows);
        return {
          rows: entries.map((entry) => columns.map((column) => entry[column])),
          next,
        };
      };
      const headOnly = request.method === "HEAD";
      const isUnknown = (await known.unknown(reader, asked)).length > 0;
      const first = isUnknown ? { rows: [], next: null } : await fetchPage(null, headOnly ? 1 : PAGE);
      const onFailure = (error: unknown) => logFailure("api_failed", request, error);
      const body = csvStream(columns, first, fetchPage, onFailure, bom ?? false);
      return new Response(headOnly ? null : body, {
        headers: {
          ...CORS_HEADERS,
          "Content-Type": "text/csv; charset=utf-8; header=present",
          "Content-Disposition": 'attachment; filename="results.csv"',
          // A table may be large and is asked for rarely: not worth a place in a cache in front, where one that breaks off
          // would be kept as if it were whole; but worth no second reading.
          "Cache-Control": "private, max-age=60",
        },
      });
    },
  );
}
