/** Every query of docs/grafana, asked of a Prometheus that scrapes the dashboard and of Postgres. */
import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { grafanaFiles } from "../../local/build/grafana.ts";
import { ALERTS, DASHBOARDS, type Variable } from "../../local/build/grafana-panels.ts";
import { history } from "../e2e/support/history.ts";
import { failure, insert } from "../e2e/support/results.ts";
import { eventually } from "../support/eventually.ts";
import { type Prometheus, promtool, requirePrometheus, startPrometheus } from "../support/prometheus.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

requirePrometheus();

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
let prometheus: Prometheus;
let grafana: pg.Client;
const ROLE = "grafana_of_a_test";

const CHOSEN: Readonly<Record<string, string>> = {
  location: "enam",
  window: "24h",
  provider: "groq",
  model: "openai/gpt-oss-20b",
};
/** What Grafana does to a query before it sends it. */
function filled(query: string): string {
  return Object.entries(CHOSEN)
    .reduce(
      (text, [name, value]) =>
        text.replaceAll(`\${${name}:sqlstring}`, `'${value}'`).replaceAll(`$${name}`, value),
      query,
    )
    .replaceAll(/\$__timeFilter\(([^)]+)\)/g, "$1 between now() - interval '24 hours' and now()")
    .replaceAll("$__range", "24h");
}

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 25, simulated: false, location: "enam" });
  const last = runs.at(-1);
  const mishap = failure("probe_fault", { run_id: last?.id ?? "", created_at: new Date().toISOString() });
  await insert(supabase.sql, runs, [...results, mishap]);
  await supabase.sql.query(
    `update public.models set active = true;
     insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m)
     select provider_id, id, 0.1, 0.4 from public.models where name = 'openai/gpt-oss-20b'`,
  );
  // As docs/integrations.md says: nothing but what everybody may read.
  await supabase.sql.query(`create role ${ROLE} login password 'of-a-test' in role anon`);
  const url = new URL(supabase.databaseUrl);
  url.username = ROLE;
  url.password = "of-a-test";
  grafana = new pg.Client({ connectionString: url.href });
  await grafana.connect();
  const { host } = new URL(dashboard.url);
  prometheus = await startPrometheus(`
global: { scrape_interval: 250ms, scrape_timeout: 250ms }
scrape_configs:
  - job_name: benchmark-engine
    static_configs: [{ targets: ["${host}"] }]
`);
  await eventually(
    async () => ((await prometheus.query("sum(sum_over_time(up[10m]))"))[0]?.value ?? 0) >= 3,
    "three scrapes",
  );
});
afterAll(async () => {
  await grafana?.end();
  await prometheus?.stop();
  await supabase.sql.query(`drop role if exists ${ROLE}`);
});

describe.each(DASHBOARDS.map((one) => [one.name, one] as const))(
  "the dashboard %s",
  (_, { panels, variables }) => {
    it.each(panels.map((panel) => [panel.title, panel] as const))(
      "%s has data in both",
      async (_title, panel) => {
        const points = await prometheus.query(filled(panel.prometheus));
        expect(points.length, panel.prometheus).toBeGreaterThan(0);
        expect(points.every(({ value }) => Number.isFinite(value) && value >= 0)).toBe(true);
        const { rows, fields } = await grafana.query(filled(panel.sql));
        expect(rows.length, panel.sql).toBeGreaterThan(0);
        const columns = fields.map(({ name }) => name);
        if (panel.kind === "timeseries") expect(columns).toEqual(["time", "metric", "value"]);
        if (panel.kind === "bargauge") expect(columns).toEqual(["metric", "value"]);
        for (const row of rows)
          if (columns.includes("value")) expect(Number(row.value)).toBeGreaterThanOrEqual(0);
      },
    );

    it.each(variables.map((variable) => [variable.name, variable] as const))(
      "its variable %s offers what there is, in both",
      async (name, variable) => {
        const { rows } = await grafana.query<Record<string, string>>(filled(variable.sql));
        const inSql = rows.map((row) => Object.values(row)[0] ?? "");
        expect(inSql).toContain(CHOSEN[name]);
        expect((await labelValues(variable)).sort()).toEqual(inSql.sort());
      },
    );
  },
);

async function labelValues({ prometheus: query }: Variable): Promise<string[]> {
  const [, selector = "", label = ""] = /^label_values\((.+), (\w+)\)$/.exec(filled(query)) ?? [];
  const points = await prometheus.query(`count by (${label}) (${selector})`);
  return points.map(({ metric }) => metric[label] ?? "");
}

it("both say the same of an endpoint", async () => {
  const [panel] = DASHBOARDS[0]?.panels ?? [];
  const { rows } = await grafana.query(filled(panel?.sql ?? ""));
  const points = await prometheus.query(filled(panel?.prometheus ?? ""));
  const named = points.map(({ metric, value }) => [`${metric.provider} ${metric.model}`, value]);
  expect(new Map(named as [string, number][])).toEqual(
    new Map(rows.map(({ metric, value }) => [metric, Number(value)])),
  );
});

describe("the alerts", () => {
  it("are rules that Prometheus takes", () => {
    expect(promtool(["check", "rules", "docs/grafana/prometheus-alerts.yml"])).toContain("SUCCESS");
  });

  it.each(ALERTS.map(({ name, prometheus: query }) => [name, query]))(
    "%s asks what can be asked",
    async (name, query) => {
      const firing = await prometheus.query(query);
      // Everything is up and fresh here.
      expect(firing, name).toEqual([]);
    },
  );

  it("wake somebody when an endpoint goes down, with its name", async () => {
    const { runs } = history({ until: new Date(), hours: 1, simulated: false, location: "enam" });
    const at = { provider: "groq", model: "openai/gpt-oss-20b", run_id: runs.at(-1)?.id ?? "" };
    const now = Date.now();
    await insert(supabase.sql, runs, [
      failure("timeout", { ...at, created_at: new Date(now - 2_000).toISOString() }),
      failure("timeout", { ...at, created_at: new Date(now - 1_000).toISOString() }),
    ]);
    const down = ALERTS.find(({ name }) => name === "LlmEndpointDown")?.prometheus ?? "";
    const firing = await eventually(async () => {
      const found = await prometheus.query(down);
      return found.length > 0 && found;
    }, "the alert");
    expect(firing.map(({ metric }) => metric.provider)).toEqual(["groq"]);
  });
});

it("the files in docs/grafana are what npm run grafana makes", () => {
  for (const [name, text] of Object.entries(grafanaFiles())) {
    expect(readFileSync(`docs/grafana/${name}`, "utf8") === text, name).toBe(true);
    if (name.endsWith(".json")) JSON.parse(text);
  }
});
