import { z } from "zod";
import type { LockableMetric } from "../locks.ts";
import { isOpen } from "../locks.ts";
import { name as nameParameter, type Parameters } from "./parameters.ts";
import {
  badgeQuery,
  CSV_QUERY,
  endpointsQuery,
  FEED_QUERY,
  INCIDENTS_QUERY,
  METRICS_QUERY,
  MODELS_QUERY,
  openBadgeMetrics,
  PRICES_QUERY,
  RESULTS_QUERY,
  RUNS_QUERY,
  STATES_QUERY,
} from "./queries.ts";
import { openFields, RESULT_FIELDS } from "./result-fields.ts";
import {
  anyResultSchema,
  endpointListSchema,
  healthSchema,
  incidentSchema,
  listOf,
  modelSchema,
  priceSchema,
  runSchema,
  stateSchema,
} from "./schemas.ts";

/** A request that shows what an address does; any server answers it with the status that stands here. */
export interface Example {
  readonly summary: string;
  /** From the site's root on, query included. */
  readonly address: string;
  readonly status: number;
}

/** One address for programs: what it takes and what it answers. */
export interface Operation {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly pathParameters?: Parameters;
  readonly query: Parameters;
  readonly answers: readonly Answer[];
  readonly examples: readonly Example[];
  /** Whether a caller that has the answer already gets 304. */
  readonly tagged: boolean;
}

export interface Answer {
  readonly status: number;
  readonly description: string;
  readonly mediaType: string;
  /** The name of its schema in the document; null where the body is no JSON. */
  readonly schema: { readonly name: string; readonly json: z.ZodType } | null;
  /** What a body that is no JSON looks like. */
  readonly sample?: string;
}

const JSON_TYPE = "application/json";

function ok(name: string, json: z.ZodType, description: string): Answer {
  return { status: 200, description, mediaType: JSON_TYPE, schema: { name, json } };
}

const PAGES =
  "Newest first. `page.next` is the address of the next page (also in the `Link` header), null on the last. New rows neither repeat nor hide any.";

/** Every address for programs, as far as no locked metric takes it away. */
export function operations(locked: ReadonlySet<LockableMetric>): readonly Operation[] {
  const all: readonly Operation[] = [
    {
      id: "listEndpoints",
      path: "/api/v1/endpoints",
      summary: "Endpoints with figures",
      description:
        "Each provider + model over a window: the dashboard's figures, from one kind of result only (the standard prompt, one location, real or simulated). Where figures are precomputed, `as_of` says when.",
      query: endpointsQuery(locked),
      answers: [ok("EndpointPage", endpointListSchema(locked), "A page of endpoints.")],
      examples: [
        { summary: "The last 24 hours", address: "/api/v1/endpoints", status: 200 },
        {
          summary: "A week of direct endpoints",
          address: "/api/v1/endpoints?window=7d&kind=direct",
          status: 200,
        },
        {
          summary: "A month, one endpoint per page",
          address: "/api/v1/endpoints?window=30d&limit=1",
          status: 200,
        },
      ],
      tagged: true,
    },
    {
      id: "listResults",
      path: "/api/v1/results",
      summary: "Results",
      description: `Every request, failures included, whatever the prompt. ${PAGES}`,
      query: RESULTS_QUERY,
      answers: [ok("ResultPage", listOf(anyResultSchema(locked)), "A page of results.")],
      examples: [
        {
          summary: "The newest ten of one endpoint",
          address: "/api/v1/results?provider=openai&model=gpt-4o-mini&limit=10",
          status: 200,
        },
        {
          summary: "Timeouts of one day, in full detail",
          address: "/api/v1/results?error_kind=timeout&since=2026-11-01&until=2026-11-02&detail=full&limit=5",
          status: 200,
        },
        { summary: "An invalid parameter", address: "/api/v1/results?limit=0", status: 400 },
      ],
      tagged: true,
    },
    {
      id: "listRuns",
      path: "/api/v1/runs",
      summary: "Runs",
      description: `Each run: its trigger, its progress, what was skipped and why. ${PAGES}`,
      query: RUNS_QUERY,
      answers: [ok("RunPage", listOf(runSchema), "A page of runs.")],
      examples: [{ summary: "The last five runs", address: "/api/v1/runs?limit=5", status: 200 }],
      tagged: true,
    },
    {
      id: "listModels",
      path: "/api/v1/models",
      summary: "Models",
      description: "Models by provider, with identity across providers, current price and retirement.",
      query: MODELS_QUERY,
      answers: [ok("ModelPage", listOf(modelSchema), "A page of models, by provider and name.")],
      examples: [
        { summary: "Measured models", address: "/api/v1/models?state=active", status: 200 },
        {
          summary: "One model at all its providers",
          address: "/api/v1/models?identity=gpt-oss-20b",
          status: 200,
        },
      ],
      tagged: true,
    },
    {
      id: "listPrices",
      path: "/api/v1/prices",
      summary: "List prices and their history",
      description: `List prices, one entry per change, USD per million tokens. ${PAGES}`,
      query: PRICES_QUERY,
      answers: [ok("PricePage", listOf(priceSchema), "A page of prices.")],
      examples: [{ summary: "Current prices", address: "/api/v1/prices?current=true", status: 200 }],
      tagged: true,
    },
    {
      id: "listStates",
      path: "/api/v1/states",
      summary: "Current state of each endpoint",
      description:
        "up, degraded, down or unknown, since when and why: decided when results come in, the same on pages, badges and in alerts.",
      query: STATES_QUERY,
      answers: [
        ok("StatePage", listOf(stateSchema).extend({ location: z.string().nullable() }), "A page of states."),
      ],
      examples: [{ summary: "Endpoints that are down", address: "/api/v1/states?state=down", status: 200 }],
      tagged: true,
    },
    {
      id: "listIncidents",
      path: "/api/v1/incidents",
      summary: "Incidents",
      description: `Outages, elevated errors and slow-downs, one for each provider whose endpoints fail or are slow together. ${PAGES}`,
      query: INCIDENTS_QUERY,
      answers: [ok("IncidentPage", listOf(incidentSchema), "A page of incidents.")],
      examples: [{ summary: "Ongoing incidents", address: "/api/v1/incidents?open=true", status: 200 }],
      tagged: true,
    },
    {
      id: "getHealth",
      path: "/api/v1/health",
      summary: "Health",
      description:
        "200 while results arrive on schedule; 503 when the newest is older than twice the schedule, when there is none, or when the database is unavailable. Never cached.",
      query: {},
      answers: [
        ok("Health", healthSchema, "Results arrive on schedule."),
        {
          ...ok(
            "Health",
            healthSchema,
            "Results are stale, missing or unavailable; see `status` and `detail`.",
          ),
          status: 503,
        },
      ],
      examples: [{ summary: "Now", address: "/api/v1/health", status: 200 }],
      tagged: false,
    },
    {
      id: "downloadResults",
      path: "/results.csv",
      summary: "Results as CSV",
      description:
        "All matching results of 30 days, or since `since`, newest first, as one stream of at most 50,000 rows. Columns are the fields of a result. Text that a spreadsheet would take for a formula starts with an apostrophe. An incomplete table, or one cut at 50,000 rows, ends inside a quotation mark, without a line break.",
      query: CSV_QUERY,
      answers: [
        {
          status: 200,
          description: "A header line and one line per result (RFC 4180).",
          mediaType: "text/csv",
          schema: null,
          sample: `${Object.keys(openFields(RESULT_FIELDS, locked)).join(",")}\r\n`,
        },
      ],
      examples: [
        {
          summary: "A day of one provider",
          address: "/results.csv?provider=openai&since=2026-11-01&until=2026-11-02",
          status: 200,
        },
      ],
      tagged: false,
    },
    {
      id: "getBadge",
      path: "/badge/{provider}/{model}",
      summary: "Badge",
      description:
        "One figure as an image for a README. The model's name stands in the path as it is, slashes included. A simulated figure is marked in the image. Always an image with status 200: where there is no figure it says why. Unknown parameters are ignored.",
      pathParameters: {
        provider: nameParameter(100, { description: "The provider's short name.", example: "openai" }),
        model: nameParameter(500, {
          description: "The model's full name at its provider.",
          example: "gpt-4o-mini",
        }),
      },
      query: badgeQuery(locked),
      answers: [
        {
          status: 200,
          description: "The badge, or an image that says why there is no figure.",
          mediaType: "image/svg+xml",
          schema: null,
        },
      ],
      examples: [
        { summary: "The default metric", address: "/badge/openai/gpt-4o-mini", status: 200 },
        {
          summary: "30 days, for a name with a slash",
          address: "/badge/openrouter/openai/gpt-oss-20b?window=30d",
          status: 200,
        },
      ],
      tagged: true,
    },
    {
      id: "getFeed",
      path: "/feed.xml",
      summary: "Atom feed of changes",
      description:
        "New, changed and retired models, price changes and incidents of the last 30 days. An incident opens at two provider failures in a row of an endpoint; its entry is updated when a success closes it.",
      query: FEED_QUERY,
      answers: [{ status: 200, description: "RFC 4287.", mediaType: "application/atom+xml", schema: null }],
      examples: [{ summary: "The whole feed", address: "/feed.xml", status: 200 }],
      tagged: true,
    },
    {
      id: "getMetrics",
      path: "/metrics",
      summary: "Metrics for Prometheus",
      description:
        "Counters since the beginning, gauges of each window, states and list prices, in seconds, ratios and USD. OpenMetrics where the `Accept` header prefers it, as Prometheus does, else the Prometheus text format. At most 300 endpoints, active ones first. docs/integrations.md lists the names.",
      query: METRICS_QUERY,
      answers: [{ status: 200, description: "Metric families.", mediaType: "text/plain", schema: null }],
      examples: [
        { summary: "Everything", address: "/metrics", status: 200 },
        { summary: "One window", address: "/metrics?window=1h", status: 200 },
      ],
      tagged: true,
    },
    {
      id: "getOpenApi",
      path: "/api/v1/openapi.json",
      summary: "OpenAPI document",
      description: "OpenAPI 3.1. Metrics that are locked on this server are absent.",
      query: {},
      answers: [ok("OpenApiDocument", z.looseObject({ openapi: z.string() }), "An OpenAPI document.")],
      examples: [{ summary: "The document", address: "/api/v1/openapi.json", status: 200 }],
      tagged: true,
    },
  ];
  // A badge shows one metric; where none is open there is none to show.
  const open = openBadgeMetrics(locked).length > 0 ? all : all.filter(({ id }) => id !== "getBadge");
  if (isOpen("reliability", locked)) return open;
  return open.filter(({ id }) => id !== "listStates" && id !== "listIncidents");
}
