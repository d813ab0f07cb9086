/** The official client asks what an agent would; each answer equals the API's. */
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { failure, insert } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let dashboard: DashboardServer;
let client: Client;
let locked: DashboardServer;
const clients: Client[] = [];

async function connect(server: DashboardServer): Promise<Client> {
  const made = new Client({ name: "a-test", version: "1.0.0" });
  // Its optional members are not those of exactOptionalPropertyTypes.
  await made.connect(new StreamableHTTPClientTransport(new URL(`${server.url}/mcp`)) as never);
  clients.push(made);
  return made;
}

beforeAll(async () => {
  const until = new Date();
  const { runs, results } = history({ until, hours: 26, simulated: false, location: "enam" });
  const other = history({ until, hours: 3, simulated: true, location: "weur", seed: 3 });
  const at = {
    run_id: runs.at(-1)?.id ?? "",
    provider: "together",
    model: "openai/gpt-oss-20b",
    location: "enam",
  };
  const outage = [2_000, 1_000].map((ago) =>
    failure("timeout", { ...at, created_at: new Date(until.getTime() - ago).toISOString() }),
  );
  await insert(supabase.sql, [...runs, ...other.runs], [...results, ...other.results, ...outage]);
  await supabase.sql.query(
    `insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, source)
     select provider_id, id, 0.01 * length(name), 0.04 * length(name), 'a list' from public.models`,
  );
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  [dashboard, locked] = await Promise.all([
    startDashboard(settings),
    startDashboard({ ...settings, LOCKED_METRICS: "ttft,cost,uptime" }),
  ]);
  client = await connect(dashboard);
});
afterAll(async () => {
  for (const one of clients) await one.close();
  await dashboard?.stop();
  await locked?.stop();
});

type Json = Record<string, unknown>;
async function call(name: string, given: Json = {}, by = client) {
  return by.callTool({ name, arguments: given });
}
async function ask(name: string, given: Json = {}, by = client): Promise<Json> {
  const { isError, structuredContent, content } = await call(name, given, by);
  const [{ text } = { text: "" }] = content as { text: string }[];
  expect(isError ?? false, text).toBe(false);
  expect(JSON.parse(text)).toEqual(structuredContent);
  const answer = structuredContent as Json;
  expect(Object.keys(answer)).toEqual(expect.arrayContaining(["n", "as_of", "location", "simulated"]));
  expect(answer.n).toEqual(expect.any(Number));
  expect(answer.simulated).toEqual(expect.any(Boolean));
  return answer;
}
interface Page extends Json {
  data: (Json & { attempts: number })[];
}
async function api(path: string, server = dashboard): Promise<Page> {
  const response = await fetch(`${server.url}/api/v1/${path}`);
  expect(response.status, path).toBe(200);
  return (await response.json()) as Page;
}
const attempts = (data: Page["data"]) => data.reduce((sum, one) => sum + one.attempts, 0);

describe("what the official client asks", () => {
  it("are seven tools that only read, each with a schema of its input", async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      "list_endpoints",
      "endpoint_figures",
      "compare_endpoints",
      "current_states",
      "list_incidents",
      "list_prices",
      "cheapest_endpoints",
    ]);
    for (const { annotations, inputSchema, description } of tools) {
      expect(annotations?.readOnlyHint).toBe(true);
      expect(inputSchema).toMatchObject({ type: "object", additionalProperties: false });
      expect(description?.length).toBeGreaterThan(30);
    }
    expect(client.getInstructions()).toContain("simulated");
  });

  it.each([
    [{}, ""],
    [{ window: "1h" }, "window=1h"],
    [{ window: "7d", sort: "ttft" }, "window=7d&sort=ttft"],
    [{ provider: "groq", sort: "tps" }, "provider=groq&sort=tps"],
    [{ location: "weur", simulated: true }, "location=weur&simulated=true"],
    [{ kind: "proxy", limit: 1 }, "kind=proxy&limit=1"],
    [{ provider: "nobody" }, "provider=nobody"],
  ])("list_endpoints %o is the API's", async (given, query) => {
    const answer = await ask("list_endpoints", given);
    const same = await api(`endpoints?${query}`);
    expect(answer.data).toEqual(same.data);
    expect(answer.n).toBe(attempts(same.data));
    if (same.data.length > 0) expect([answer.as_of, answer.location]).toEqual([same.as_of, same.location]);
    expect(answer.simulated).toBe(same.simulated);
  });

  it.each([
    ["openai", "gpt-4o-mini", "24h"],
    ["openrouter", "openai/gpt-oss-20b", "30d"],
    ["groq", "no-such-model", "24h"],
  ])("endpoint_figures of %s %s over %s are the API's", async (provider, model, window) => {
    const answer = await ask("endpoint_figures", { provider, model, window });
    const same = await api(`endpoints?${new URLSearchParams({ provider, model, window })}`);
    expect(answer.endpoint).toEqual(same.data[0] ?? null);
    expect(answer.n).toBe(attempts(same.data));
  });

  it.each(["24h", "7d"])("compare_endpoints over %s gives both as the API does", async (window) => {
    const answer = await ask("compare_endpoints", {
      a_provider: "groq",
      a_model: "openai/gpt-oss-20b",
      b_provider: "together",
      b_model: "openai/gpt-oss-20b",
      window,
    });
    const of = async (provider: string) =>
      (await api(`endpoints?window=${window}&provider=${provider}&model=openai/gpt-oss-20b`)).data[0];
    expect([answer.a, answer.b]).toEqual([await of("groq"), await of("together")]);
  });

  it.each([
    [{}, "location=enam"],
    [{ location: "weur" }, "location=weur"],
    [{ state: "down" }, "state=down&location=enam"],
  ])("current_states %o are the API's", async (given, query) => {
    const answer = await ask("current_states", given);
    const same = await api(`states?${query}`);
    expect(answer.data).toEqual(same.data);
    expect(answer.location).toBe(same.location);
    // At the other place everything is simulated, and measured for real here.
    expect(same.data.length > 0).toBe(same.location === "enam");
  });

  it.each([
    [{}, ""],
    [{ open: true, provider: "together" }, "open=true&provider=together"],
  ])("list_incidents %o are the API's", async (given, query) => {
    const answer = await ask("list_incidents", given);
    const same = await api(`incidents?${query}`);
    expect(answer.data).toEqual(same.data);
    expect(same.data.length).toBeGreaterThan(0);
  });

  it.each([
    [{}, "current=true&limit=50"],
    [{ provider: "groq", limit: 3 }, "current=true&provider=groq&limit=3"],
  ])("list_prices %o are the API's", async (given, query) => {
    expect((await ask("list_prices", given)).data).toEqual((await api(`prices?${query}`)).data);
  });

  it("cheapest_endpoints keeps within its limits and costs what the API's prices come to", async () => {
    const mix = { input_tokens: 3_000, output_tokens: 500, max_ttft_ms: 500, min_tps: 80.5, min_uptime: 0.5 };
    const answer = await ask("cheapest_endpoints", mix);
    const endpoints = (await api("endpoints?limit=1000")).data as Json[];
    const prices = (await api("prices?current=true&limit=1000")).data as Json[];
    const median = (one: Json, part: string) => (one[part] as { p50: number | null }).p50;
    const expected = endpoints
      .filter((one) => one.retired_at === null)
      .filter((one) => (median(one, "ttft") ?? 1e9) <= 500 && (median(one, "tps") ?? 0) >= 80.5)
      .filter((one) => ((one.reliability as { uptime: number | null }).uptime ?? 0) >= 0.5)
      .map((endpoint) => {
        const price = prices.find(
          (one) => one.provider === endpoint.provider && one.model === endpoint.model,
        );
        const usd = 3_000 * Number(price?.input_price_per_m) + 500 * Number(price?.output_price_per_m);
        return { endpoint, cost_usd: usd / 1_000_000 };
      })
      .sort((a, b) => a.cost_usd - b.cost_usd);
    const found = answer.data as { endpoint: Json; cost_usd: number }[];
    expect(found.length).toBeGreaterThan(1);
    expect(found.map(({ endpoint }) => endpoint)).toEqual(expected.map(({ endpoint }) => endpoint));
    found.forEach(({ cost_usd }, place) => {
      expect(cost_usd).toBeCloseTo(expected[place]?.cost_usd ?? 0, 12);
    });
  });
});

it("says what is wrong with a question, so that an agent can mend it", async () => {
  for (const [name, given, says] of [
    ["endpoint_figures", { provider: "groq" }, "model must be given"],
    ["list_endpoints", { window: "2d" }, "window: must be one of 1h, 24h, 7d, 30d"],
    ["list_endpoints", { colour: "blue" }, "colour: unknown parameter"],
    ["list_endpoints", { limit: 5_000 }, "limit: must be a whole number from 1 to 100"],
    ["list_endpoints", { provider: { $ne: "" } }, "provider: must be text"],
    ["list_endpoints", { provider: "x".repeat(2_000) }, "provider: is too long"],
    ["drop_tables", {}, "There is no tool drop_tables here"],
  ] as const) {
    const { isError, content } = await call(name, given);
    expect([isError, (content as { text: string }[])[0]?.text]).toEqual([
      true,
      expect.stringContaining(says),
    ]);
  }
});

it("knows nothing of locked metrics", async () => {
  const by = await connect(locked);
  const { tools } = await by.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    "list_endpoints",
    "endpoint_figures",
    "compare_endpoints",
    "list_prices",
  ]);
  expect(JSON.stringify(tools)).not.toMatch(/max_ttft|min_uptime/);
  const { data } = await ask("list_endpoints", {}, by);
  expect(data).toEqual((await api("endpoints", locked)).data);
  expect(JSON.stringify(data)).not.toMatch(/"(ttft|answer_ttft|within_2s|cost|uptime|error_rate)"/);
});

describe("its address", () => {
  const post = (body: string, headers: Record<string, string> = {}) =>
    fetch(`${dashboard.url}/mcp`, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...headers,
      },
      body,
    });
  const list = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" });

  it("answers agents and its own pages, and no page of another site", async () => {
    expect((await post(list)).status).toBe(200);
    const own = await post(list, { Origin: dashboard.url });
    expect([own.status, own.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    for (const origin of ["https://elsewhere.example", "null", "http://localhost"]) {
      const refused = await post(list, { Origin: origin });
      expect([refused.status, refused.headers.get("Access-Control-Allow-Origin")], origin).toEqual([
        403,
        "*",
      ]);
      expect(await refused.text()).not.toContain("list_endpoints");
    }
    const preflight = await fetch(`${dashboard.url}/mcp`, {
      method: "OPTIONS",
      headers: { Origin: "https://elsewhere.example", "Access-Control-Request-Method": "POST" },
    });
    expect([preflight.status, preflight.headers.get("Access-Control-Allow-Methods")]).toEqual([405, null]);
  });

  it("answers one message of a bounded size by POST, and nothing else", async () => {
    expect((await post("x".repeat(40_000))).status).toBe(413);
    expect((await post("{")).status).toBe(400);
    expect((await post(`[${list},${list}]`)).status).toBe(400);
    for (const method of ["GET", "DELETE", "PUT"]) {
      const response = await fetch(`${dashboard.url}/mcp`, { method });
      expect([response.status, response.headers.get("Allow")], method).toEqual([405, "POST"]);
    }
    expect((await fetch(`${dashboard.url}/status`, { method: "POST" })).status).toBe(405);
  });
});
