import { createConfig, lintFromString } from "@redocly/openapi-core";
import { Validator } from "@seriousme/openapi-schema-validator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { failure, insert, run } from "../e2e/support/results.ts";
import { bodyChecker } from "../support/api.ts";
import { useSupabase } from "../support/supabase.ts";

interface Parameter {
  name: string;
  in: "path" | "query" | "header";
  example: string | number | boolean;
}
interface Answer {
  $ref?: string;
  content?: Record<string, { schema: { $ref?: string }; example?: string }>;
}
interface Operation {
  operationId: string;
  parameters: Parameter[];
  responses: Record<string, Answer>;
  "x-codeSamples": { source: string; "x-status": number }[];
}
interface Document {
  openapi: string;
  servers: { url: string }[];
  paths: Record<string, { get: Operation }>;
  components: { responses: Record<string, Answer> };
}

const supabase = useSupabase();
let dashboard: DashboardServer;
let locking: DashboardServer;
let document: Document;

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 3, simulated: true });
  const early = run({ started_at: "2026-11-01T10:00:00Z", location: "local" });
  const timeouts = [1, 2, 3].map((minute) =>
    failure("timeout", { run_id: early.id, created_at: `2026-11-01T10:0${minute}:00Z`, location: "local" }),
  );
  await insert(supabase.sql, [...runs, early], [...results, ...timeouts]);
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  [dashboard, locking] = await Promise.all([
    startDashboard(settings),
    startDashboard({ ...settings, LOCKED_METRICS: "ttft,tps,latency,stability,value,cost,uptime" }),
  ]);
  document = await documentOf(dashboard);
});
afterAll(async () => {
  await dashboard?.stop();
  await locking?.stop();
});

async function documentOf(server: DashboardServer): Promise<Document> {
  return (await (await fetch(`${server.url}/api/v1/openapi.json`)).json()) as Document;
}

const operations = (of: Document) => Object.entries(of.paths).map(([path, { get }]) => ({ path, ...get }));

/** The answer is one that the document lists, in its media type and by its schema. */
async function expectDocumented(of: Document, operation: Operation, response: Response): Promise<void> {
  const listed = operation.responses[response.status];
  expect(
    listed,
    `${operation.operationId} answers ${response.status}, which is not documented`,
  ).toBeDefined();
  const name = listed?.$ref?.split("/").at(-1);
  const answer = name === undefined ? listed : of.components.responses[name];
  if (answer?.content === undefined) {
    expect(await response.text()).toBe("");
    return;
  }
  const type = (response.headers.get("Content-Type") ?? "").split(";")[0] ?? "";
  expect(Object.keys(answer.content)).toContain(type);
  const schema = answer.content[type]?.schema.$ref;
  const text = await response.text();
  expect(text.length).toBeGreaterThan(0);
  if (schema !== undefined) bodyChecker({ ...of })(schema.slice(1), JSON.parse(text));
}

/** The address of an operation with one parameter set to its example (path parameters always are). */
function addressWith(path: string, operation: Operation, query: Readonly<Record<string, unknown>>): string {
  const filled = operation.parameters
    .filter((parameter) => parameter.in === "path")
    .reduce((at, { name, example }) => at.replace(`{${name}}`, encodeURIComponent(String(example))), path);
  const text = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, String(value)] as [string, string]),
  ).toString();
  return text === "" ? filled : `${filled}?${text}`;
}

describe.each(["as it is", "with every metric locked"])("the document %s", (which) => {
  const server = () => (which === "as it is" ? dashboard : locking);

  test("is OpenAPI 3.1 to a validator", async () => {
    const document = await documentOf(server());
    const { valid, errors } = await new Validator().validate({ ...document });
    expect(errors ?? []).toEqual([]);
    expect([valid, document.openapi, document.servers[0]?.url]).toEqual([true, "3.1.1", server().url]);
  });

  test("has nothing that Redocly's recommended rules object to", async () => {
    const source = JSON.stringify(await documentOf(server()));
    const problems = await lintFromString({
      source,
      absoluteRef: "openapi.json",
      config: await createConfig({ extends: ["recommended"] }),
    });
    expect(
      problems.map(({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer}`),
    ).toEqual([]);
  });

  test("holds a request for every example of a parameter, and each is answered as documented", async () => {
    const document = await documentOf(server());
    let asked = 0;
    for (const operation of operations(document)) {
      const query = operation.parameters.filter((parameter) => parameter.in === "query");
      for (const chosen of [null, ...query]) {
        const address = addressWith(
          operation.path,
          operation,
          chosen === null ? {} : { [chosen.name]: chosen.example },
        );
        const response = await fetch(server().url + address);
        expect(response.status, address).toBe(200);
        await expectDocumented(document, operation, response);
        asked += 1;
      }
      for (const { name, example } of operation.parameters.filter((parameter) => parameter.in === "header")) {
        const address = addressWith(operation.path, operation, {});
        const response = await fetch(server().url + address, { headers: { [name]: String(example) } });
        expect(response.status).toBe(200);
        const tag = response.headers.get("ETag") ?? "";
        const again = await fetch(server().url + address, { headers: { [name]: tag } });
        expect(again.status).toBe(304);
        await expectDocumented(document, operation, again);
      }
    }
    expect(asked).toBeGreaterThan(50);
  });

  test("has samples that run as they stand and answer as they say", async () => {
    const document = await documentOf(server());
    for (const operation of operations(document)) {
      expect(operation["x-codeSamples"].length).toBeGreaterThan(0);
      for (const sample of operation["x-codeSamples"]) {
        const [, address = ""] = /^curl '([^']+)'$/.exec(sample.source) ?? [];
        expect(address.startsWith(server().url), sample.source).toBe(true);
        const response = await fetch(address);
        expect(response.status, address).toBe(sample["x-status"]);
        await expectDocumented(document, operation, response);
      }
    }
  });

  test("shows the CSV's header as it is", async () => {
    const document = await documentOf(server());
    const shown = document.paths["/results.csv"]?.get.responses[200]?.content?.["text/csv"]?.example ?? "";
    const [header] = (await (await fetch(`${server().url}/results.csv`)).text()).split("\r\n");
    expect(`${header}\r\n`).toBe(shown);
  });
});

test("the document lists every address that answers programs", () => {
  expect(Object.keys(document.paths)).toEqual([
    "/api/v1/endpoints",
    "/api/v1/results",
    "/api/v1/runs",
    "/api/v1/models",
    "/api/v1/prices",
    "/api/v1/states",
    "/api/v1/incidents",
    "/api/v1/health",
    "/results.csv",
    "/badge/{provider}/{model}",
    "/feed.xml",
    "/metrics",
    "/api/v1/openapi.json",
  ]);
});

test("answers with results in them are as documented too, failures and full detail included", async () => {
  const { get } = document.paths["/api/v1/results"] ?? {};
  if (get === undefined) throw new Error("the document lacks the results");
  for (const address of [
    "/api/v1/results?limit=1000",
    "/api/v1/results?detail=full",
    "/api/v1/results?success=false",
  ]) {
    const response = await fetch(dashboard.url + address);
    const copy = (await response.clone().json()) as { data: unknown[] };
    expect(copy.data.length).toBeGreaterThan(0);
    await expectDocumented(document, get, response);
  }
});

test("stale health is documented", async () => {
  const { get } = document.paths["/api/v1/health"] ?? {};
  if (get === undefined) throw new Error("the document lacks health");
  await supabase.sql.query(
    "update public.benchmark_results set created_at = created_at - interval '2 hours'",
  );
  const response = await fetch(`${dashboard.url}/api/v1/health`);
  expect(response.status).toBe(503);
  await expectDocumented(document, get, response);
});
