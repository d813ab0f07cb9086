import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { readOverview } from "../../app/data/overview.server.ts";
import { createReader } from "../../app/data/reader.server.ts";
import { badgeFigure } from "../../app/lib/api/badge-figure.ts";
import { endpointPath } from "../../app/lib/models-path.ts";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { failure, insert, result, run } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

const supabase = useSupabase();
let dashboard: DashboardServer;
/** One whose database does not answer. */
let away: DashboardServer;
const HOSTILE = `a/b:c "><script>alert(1)</script>&'é`;

const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

beforeAll(async () => {
  const one = run({ started_at: ago(300) });
  const many = (count: number, of: object) =>
    Array.from({ length: count }, (_, index) =>
      result({ run_id: one.id, created_at: ago(200 - index), ttft_ms: 400 + index, ...of }),
    );
  const broken = { run_id: one.id, provider: "groq", model: "broken" };
  const twice = { run_id: one.id, provider: "groq", model: "twice", simulated: true };
  await insert(
    supabase.sql,
    [one],
    [
      ...many(21, { provider: "openai", model: "gpt-4o-mini" }),
      ...many(3, { provider: "openrouter", model: HOSTILE, simulated: true }),
      // One failure alone is no incident; two are, from the first of them on, until a success.
      failure("timeout", { ...broken, created_at: ago(90) }),
      result({ ...broken, created_at: ago(80) }),
      failure("server_error", { ...broken, created_at: ago(70) }),
      failure("rate_limited", { ...broken, created_at: ago(65) }),
      failure("timeout", { ...broken, created_at: ago(60) }),
      result({ ...broken, created_at: ago(50) }),
      failure("server_error", { ...twice, created_at: ago(40) }),
      failure("server_error", { ...twice, created_at: ago(30) }),
    ],
  );
  await supabase.service.rpc("engine_apply_catalog", {
    change: {
      provider: { slug: "openai", name: "OpenAI", kind: "direct" },
      source: "a list",
      added: [
        { name: `new ${HOSTILE}`, reasoning: false, price: { input: 1, output: 2, cachedInput: null } },
      ],
    },
  });
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  [dashboard, away] = await Promise.all([
    startDashboard(settings),
    startDashboard({ ...settings, SUPABASE_URL: "http://127.0.0.1:9" }),
  ]);
});
afterAll(() => Promise.all([dashboard?.stop(), away?.stop()]));

async function badge(path: string): Promise<{ status: number; title: string; svg: string }> {
  const response = await fetch(`${dashboard.url}/badge/${path}`);
  const svg = await response.text();
  expect(response.headers.get("Content-Type")).toBe("image/svg+xml; charset=utf-8");
  return { status: response.status, svg, title: /<title>(.*?)<\/title>/.exec(svg)?.[1] ?? "" };
}

describe("a badge", () => {
  test.each([
    ["openai/gpt-4o-mini", "openai/gpt-4o-mini TTFT p50 24h: 410 ms, n 21"],
    ["openai/gpt-4o-mini?metric=tps", "openai/gpt-4o-mini TPS p50 24h: 90.0 tok/s, n 21"],
    [
      "openai/gpt-4o-mini?metric=total_latency&window=7d",
      "openai/gpt-4o-mini total latency p50 7d: 2.40 s, n 21",
    ],
    ["openai/gpt-4o-mini?metric=uptime", "openai/gpt-4o-mini uptime 24h: 100%, n 21"],
    ["openai/gpt-4o-mini?metric=stability", "openai/gpt-4o-mini jitter 24h: 0 ms, n 21"],
    ["groq/broken?metric=uptime", "groq/broken uptime 24h: 40.0%, n 5"],
    ["groq/twice", "groq/twice TTFT p50 24h: no results yet (simulated)"],
  ])("/badge/%s says %s", async (path, title) => {
    expect(await badge(path)).toMatchObject({ status: 200, title });
  });

  test("names its model whole, whatever is in it, and says that it is simulated", async () => {
    const { svg, status } = await badge(`openrouter/${HOSTILE.split("/").map(encodeURIComponent).join("/")}`);
    expect(status).toBe(200);
    expect(svg).toContain(">simulated</text>");
    expect(svg).not.toContain("<script");
    expect(svg).toContain("&lt;script&gt;");
    expect((await badge(`openrouter/${encodeURIComponent(HOSTILE)}`)).svg).toBe(svg);
  });

  test("of what is not measured says so, as an image too", async () => {
    expect(await badge("openai/nothing")).toMatchObject({
      status: 200,
      title: "openai/nothing: not measured",
    });
    expect(await badge("openai/%F0")).toMatchObject({ status: 200, title: "openai/%F0: not measured" });
  });

  test.each([
    ["a parameter that cannot be read", () => dashboard, "?metric=colour", "invalid parameter"],
    ["a database that is away", () => away, "", "unavailable"],
  ])("is an image with 200 and a short life for %s", async (_what, server, query, words) => {
    const response = await fetch(`${server().url}/badge/openai/gpt-4o-mini${query}`);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([
      200,
      "image/svg+xml; charset=utf-8",
    ]);
    expect(await response.text()).toContain(`<title>openai/gpt-4o-mini: ${words}</title>`);
    expect(response.headers.get("Cache-Control")).toBe("private, max-age=30");
    expect(response.headers.get("Access-Control-Allow-Origin")).toBe("*");
  });

  test("of a model that is offered and not measured says the same", async () => {
    const { rows } = await supabase.sql.query(
      "select name from public.models where available and not active and retired_at is null limit 1",
    );
    const { title } = await badge(`openai/${encodeURIComponent(rows[0].name)}`);
    expect(title).toMatch(/: not measured$/);
  });

  test("says of every endpoint what the overview says", async () => {
    const reader = createReader(supabase.url, supabase.anonKey);
    const { endpoints } = await readOverview(reader, { window: "24h", location: null }, new Set());
    const metrics = ["ttft", "tps", "total_latency", "stability", "value", "cost", "uptime"] as const;
    expect(endpoints.filter(({ attempts }) => attempts > 0)).toHaveLength(4);
    for (const endpoint of endpoints) {
      for (const metric of metrics) {
        const path = endpointPath(endpoint).replace("/models/", "");
        const { status, svg } = await badge(`${path}?metric=${metric}`);
        const figure = badgeFigure(endpoint, metric);
        expect(status, path).toBe(200);
        expect(svg, path).toContain(figure?.text ? `${figure.text}, n ${figure.n}` : "no results yet");
        expect(svg.includes(">simulated</text>"), path).toBe(endpoint.simulated);
      }
    }
  });

  test("may be kept for a while by whoever shows it", async () => {
    const response = await fetch(`${dashboard.url}/badge/openai/gpt-4o-mini`);
    expect(response.headers.get("Cache-Control")).toBe("public, max-age=300, stale-while-revalidate=3600");
    await response.arrayBuffer();
  });
});

describe("the feed", () => {
  async function feed(query = ""): Promise<string> {
    const response = await fetch(`${dashboard.url}/feed.xml${query}`);
    expect(response.headers.get("Content-Type")).toBe("application/atom+xml; charset=utf-8");
    return response.text();
  }
  const titles = (xml: string) =>
    [...xml.matchAll(/<entry>\n<id>.*?<\/id>\n<title>(.*?)<\/title>/g)].map(([, title]) => title);

  test("tells of changes and of incidents, and of nothing less", async () => {
    const xml = await feed();
    expect(titles(xml)).toEqual([
      "new a/b:c &quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;&#39;é at OpenAI: new model",
      "[simulated] Groq twice: outage",
      "Groq broken: outage, resolved",
    ]);
    expect(xml).toMatch(/2 failures in a row since \d\d:\d\d UTC: server_error, timeout/);
    expect(xml).toContain('<category term="simulated"/>');
    expect(xml).toContain("come from the built-in simulator");
  });

  test("is well-formed, and its links lead to pages that are there", async () => {
    const xml = await feed();
    const open: string[] = [];
    for (const [, end, name = "", rest = ""] of xml.matchAll(/<(\/?)([a-z]+)([^<>]*)>/g)) {
      if (end) expect(open.pop()).toBe(name);
      else if (!rest.endsWith("/")) open.push(name);
    }
    expect(open).toEqual([]);
    const links = [...xml.matchAll(/<link rel="alternate" type="text\/html" href="(.*?)"\/>/g)].map(
      ([, href = ""]) => href,
    );
    expect(links.length).toBe(4);
    for (const href of new Set(links))
      expect((await fetch(href.replaceAll("&#39;", "'").replaceAll("&amp;", "&"))).status, href).toBe(200);
  });

  test("has an id for each filter, whatever else hangs on its address, and agrees with the status page", async () => {
    const idOf = (xml: string) => /<id>(.*?)<\/id>/.exec(xml)?.[1]?.replace(dashboard.url, "");
    expect(idOf(await feed())).toBe("/feed.xml");
    expect(idOf(await feed("?utm_source=reader"))).toBe("/feed.xml");
    expect(idOf(await feed("?t=1&provider=groq"))).toBe("/feed.xml?provider=groq");
    const { data } = (await (await fetch(`${dashboard.url}/api/v1/incidents?limit=200`)).json()) as {
      data: { id: string }[];
    };
    const told = [...(await feed()).matchAll(/<id>urn:uuid:([^<]+)<\/id>/g)].map(([, id]) => id);
    expect(told.filter((id) => data.some((incident) => incident.id === id)).sort()).toEqual(
      data.map(({ id }) => id).sort(),
    );
    expect(new Set(told).size).toBe(told.length);
  });

  test("is of one provider where that is asked for", async () => {
    expect(titles(await feed("?provider=openai"))).toHaveLength(1);
    expect(titles(await feed("?provider=mistral"))).toEqual([]);
    expect(await feed("?provider=mistral")).toContain("<updated>1970-01-01T00:00:00Z</updated>");
  });

  test("updates an incident's entry when it ends, under the same id", async () => {
    const idOf = (xml: string) =>
      /<id>(urn:uuid:[0-9a-f-]+)<\/id>\n<title>\[simulated\] Groq twice/.exec(xml)?.[1];
    const before = idOf(await feed());
    expect(before).toBeDefined();
    const { rows } = await supabase.sql.query<{ id: string }>("select id from public.runs");
    await insert(
      supabase.sql,
      [],
      [
        result({
          run_id: rows[0]?.id ?? "",
          provider: "groq",
          model: "twice",
          simulated: true,
          created_at: ago(1),
        }),
      ],
    );
    const after = await feed();
    expect(titles(after)).toContain("[simulated] Groq twice: outage, resolved");
    expect(idOf(after)).toBe(before);
  });
});
