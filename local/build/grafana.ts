/** `npm run grafana` writes docs/grafana from grafana-panels.ts. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { runScript } from "../script.ts";
import { projectRoot } from "../tools.ts";
import { ALERTS, DASHBOARDS, type Dashboard, type Panel, type Variable } from "./grafana-panels.ts";

type Source = "prometheus" | "postgres";
const SOURCES = {
  prometheus: { input: "DS_PROMETHEUS", label: "Prometheus", plugin: "prometheus" },
  postgres: { input: "DS_POSTGRES", label: "Postgres", plugin: "grafana-postgresql-datasource" },
} as const;

/** The files of docs/grafana, by name. */
export function grafanaFiles(): Record<string, string> {
  const dashboards = (["prometheus", "postgres"] as const).flatMap((source) =>
    DASHBOARDS.map((one): [string, string] => [
      `${source}-${one.name}.json`,
      `${JSON.stringify(dashboard(one, source), null, 2)}\n`,
    ]),
  );
  return {
    ...Object.fromEntries(dashboards),
    "prometheus-alerts.yml": prometheusAlerts(),
    "grafana-alerts.json": `${JSON.stringify(grafanaAlerts(), null, 2)}\n`,
  };
}

/** As Grafana's "Import dashboard" takes it: it asks which data source to use. */
function dashboard({ name, title, variables, panels }: Dashboard, source: Source) {
  const { input, label, plugin } = SOURCES[source];
  const datasource = { type: plugin, uid: `\${${input}}` };
  return {
    __inputs: [{ name: input, label, type: "datasource", pluginId: plugin, pluginName: label }],
    __requires: [{ type: "datasource", id: plugin, name: label }],
    uid: `benchmark-engine-${source}-${name}`,
    title,
    tags: ["benchmark-engine"],
    schemaVersion: 39,
    time: { from: "now-24h", to: "now" },
    refresh: "5m",
    templating: { list: variables.map((variable) => templateVariable(variable, source, datasource)) },
    panels: panels.map((panel, index) => ({
      id: index + 1,
      type: panel.kind,
      title: panel.title,
      datasource,
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 9, w: 12, h: 9 },
      fieldConfig: { defaults: { unit: panel.unit, min: 0 }, overrides: [] },
      options:
        panel.kind === "bargauge"
          ? {
              orientation: "horizontal",
              reduceOptions: { calcs: ["lastNotNull"], values: source === "postgres" },
            }
          : {},
      targets: [source === "prometheus" ? prometheusTarget(panel) : { ...sqlTarget(panel), datasource }],
    })),
  };
}

function templateVariable({ name, label, ...query }: Variable, source: Source, datasource: object) {
  const text = source === "prometheus" ? query.prometheus : query.sql;
  return {
    name,
    label,
    type: "query",
    datasource,
    query: source === "prometheus" ? { query: text, refId: name } : text,
    refresh: 2,
    sort: 1,
    // A day, as on the dashboard's first page.
    ...(name === "window" ? { current: { text: "24h", value: "24h" } } : {}),
  };
}

function prometheusTarget({ kind, prometheus, legend }: Panel) {
  const overTime = kind === "timeseries";
  return {
    refId: "A",
    expr: prometheus,
    legendFormat: legend,
    range: overTime,
    instant: !overTime,
    ...(kind === "table" ? { format: "table" } : {}),
  };
}

function sqlTarget({ kind, sql }: Panel) {
  return {
    refId: "A",
    rawQuery: true,
    editorMode: "code",
    rawSql: sql,
    format: kind === "timeseries" ? "time_series" : "table",
  };
}

function prometheusAlerts(): string {
  const rules = ALERTS.map(
    (alert) => `      - alert: ${alert.name}
        expr: ${JSON.stringify(alert.prometheus)}
        for: ${alert.for}
        labels: { severity: ${alert.severity} }
        annotations:
          summary: ${JSON.stringify(alert.summary)}`,
  );
  return `# Made by \`npm run grafana\`. For rule_files in prometheus.yml.
groups:
  - name: benchmark-engine
    rules:
${rules.join("\n")}
`;
}

/** As Grafana's provisioning of alerts reads it; `DS_PROMETHEUS` is the uid of the data source. */
function grafanaAlerts() {
  return {
    apiVersion: 1,
    groups: [
      {
        orgId: 1,
        name: "benchmark-engine",
        folder: "Benchmark Engine",
        interval: "1m",
        rules: ALERTS.map(({ name, prometheus, for: lasting, severity, summary }) => ({
          uid: name.toLowerCase(),
          title: name,
          condition: "B",
          for: lasting,
          // A query that compares gives nothing where nothing is wrong.
          noDataState: "OK",
          execErrState: "Error",
          labels: { severity },
          annotations: { summary },
          data: [
            {
              refId: "A",
              relativeTimeRange: { from: 600, to: 0 },
              datasourceUid: "DS_PROMETHEUS",
              model: { refId: "A", expr: prometheus, instant: true },
            },
            {
              refId: "B",
              datasourceUid: "__expr__",
              model: {
                refId: "B",
                type: "threshold",
                expression: "A",
                // Whatever the query lets through is wrong, whatever its value.
                conditions: [{ evaluator: { type: "gt", params: [-1] } }],
              },
            },
          ],
        })),
      },
    ],
  };
}

await runScript(import.meta.url, async () => {
  for (const [name, text] of Object.entries(grafanaFiles())) {
    writeFileSync(join(projectRoot, "docs/grafana", name), text);
  }
});
