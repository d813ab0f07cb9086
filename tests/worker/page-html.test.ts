import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { inflateSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type DashboardServer, startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { failure, insert } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";

/* What the server itself sends: its HTML to a validator, its head, and what is made to be shown elsewhere. */

const supabase = useSupabase();
let dashboard: DashboardServer;
let locking: DashboardServer;
let run = "";
const URL_SET = "https://speeds.example";
const ENDPOINT = "/models/groq/openai/gpt-oss-20b";
/** Hebrew, and signs that take the direction of what they stand beside. */
const RTL = "\u05e9\u05dc\u05d5\u05dd-9b";
const COMPARISON = "/compare?a=groq/openai/gpt-oss-20b&b=openai/gpt-4o-mini";

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 26, simulated: true });
  const last = runs.at(-1);
  if (last === undefined) throw new Error("the history has no runs");
  run = last.id;
  const failures = [300, 200, 100].map((seconds) =>
    failure("server_error", {
      run_id: run,
      provider: "openai",
      created_at: new Date(Date.now() - seconds * 1_000).toISOString(),
      simulated: true,
      location: "local",
    }),
  );
  await supabase.sql.query(
    `with made as (
       insert into public.models (provider_id, name, active, last_seen_at)
       select id, $1, true, now() from public.providers where slug = 'groq' returning id, provider_id
     )
     insert into public.prices (provider_id, model_id, input_price_per_m, output_price_per_m, source)
     select provider_id, id, 1, 2, 'a list' from made`,
    [RTL],
  );
  const named = failure("timeout", {
    run_id: run,
    provider: "groq",
    model: RTL,
    simulated: true,
    location: "local",
  });
  await insert(supabase.sql, runs, [...results, ...failures, named]);
  const settings = { SUPABASE_URL: supabase.url, SUPABASE_ANON_KEY: supabase.anonKey };
  [dashboard, locking] = await Promise.all([
    startDashboard({ ...settings, SITE_NAME: "Speeds & co", SITE_URL: `${URL_SET}/` }),
    startDashboard({ ...settings, LOCKED_METRICS: "ttft,tps,uptime" }),
  ]);
});
afterAll(() => Promise.all([dashboard?.stop(), locking?.stop()]));

const text = async (path: string, server = dashboard) => (await fetch(server.url + path)).text();

const PAGES = [
  "/",
  "/?window=7d",
  "/models",
  ENDPOINT,
  "/models/gpt-oss-20b",
  "/providers/groq",
  "/models/nobody/nothing",
  "/compare",
  COMPARISON,
  "/prices",
  "/status",
  "/runs",
  "/runs/RUN",
  "/methodology",
  "/api",
  "/nowhere",
  "/embed",
  `/embed${ENDPOINT}`,
];

describe("the HTML of", () => {
  const validator = new HtmlValidate({
    extends: ["html-validate:recommended"],
    rules: {
      // How a machine writes HTML is no fault of it.
      "attr-quotes": "off",
      "doctype-style": "off",
      "no-inline-style": "off",
      "no-trailing-whitespace": "off",
      "attribute-boolean-style": "off",
      "attribute-empty-style": "off",
      "long-title": "off",
      "void-style": "off",
      // Tailwind's names and React's ids.
      "valid-id": ["error", { relaxed: true }],
      "attr-case": "off",
      "no-implicit-input-type": "off",
      "tel-non-breaking": "off",
      // Tables that are cards on a phone lose their roles there: they are said.
      "no-redundant-role": "off",
      // Several boxes of one name are one list.
      "form-dup-name": "off",
      // Remix writes its own scripts and preloads; they come from this site.
      "require-sri": "off",
    },
  });

  test.each(PAGES)("%s is valid", async (path) => {
    const html = await text(path.replace("RUN", run));
    const { results } = await validator.validateString(html);
    expect(
      results.flatMap(({ messages }) =>
        messages.map(({ ruleId, message, selector }) => `${ruleId}: ${message} (${selector})`),
      ),
    ).toEqual([]);
    expect(html.trimEnd()).toMatch(/<\/body><\/html>$|<\/body>\n<\/html>$/);
  });
});

test.each(["/models", "/prices?show=all", "/status", "/runs/RUN", `/models/groq/${encodeURIComponent(RTL)}`])(
  "a name that is written from right to left stands by itself in its line on %s",
  async (path) => {
    const html = (await text(path.replace("RUN", run))).replace(/<(script|title|select)[\s\S]*?<\/\1>/g, "");
    const open: string[] = [];
    const bare: string[] = [];
    let seen = 0;
    for (const [, tag = "", words = ""] of html.matchAll(/<([^>]*)>([^<]*)/g)) {
      const [, end, name = ""] = /^(\/?)([a-z0-9]+)/.exec(tag) ?? [];
      // What only a screen reader reads has no line.
      if (!end && /^(bdi|svg)$|sr-only/.test(name === "bdi" || name === "svg" ? name : tag)) open.push(name);
      else if (end && open.at(-1) === name) open.pop();
      if (!words.includes(RTL)) continue;
      seen += 1;
      if (open.length === 0) bare.push(`<${tag}>${words}`);
    }
    expect([seen > 0, bare]).toEqual([true, []]);
  },
);

test("a page whose late part comes after the rest ends with its own end", async () => {
  const slow = createServer(async (request, response) => {
    // Longer than a page waits for its news.
    if (/overview_news/.test(request.url ?? "")) await new Promise((go) => setTimeout(go, 1_500));
    const { host: _, connection: __, ...headers } = request.headers;
    const answer = await fetch(supabase.url + request.url, { headers: headers as Record<string, string> });
    response.writeHead(answer.status, { "Content-Type": answer.headers.get("Content-Type") ?? "" });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => slow.listen(0, "127.0.0.1", resolve));
  const { port } = slow.address() as AddressInfo;
  const late = await startDashboard({
    SUPABASE_URL: `http://127.0.0.1:${port}`,
    SUPABASE_ANON_KEY: supabase.anonKey,
  });
  try {
    const headers = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Chrome/142.0 Safari/537.36" };
    const html = await (await fetch(late.url, { headers })).text();
    expect(html.match(/<\/html>/g)).toHaveLength(1);
    expect(html).toMatch(/<\/body><\/html>$/);
    expect(html).toContain("streamController.close()");
  } finally {
    await late.stop();
    slow.closeAllConnections();
    slow.close();
  }
});

const head = (html: string, pattern: RegExp) => pattern.exec(html)?.[1]?.replaceAll("&amp;", "&");

describe("a page's head", () => {
  test.each([
    ["/", "/", "/og.png"],
    ["/?window=7d&sort=tps", "/?window=7d", "/og.png?window=7d"],
    [ENDPOINT, ENDPOINT, `/og${ENDPOINT}.png`],
    ["/status", "/status", "/og.png"],
  ])("of %s names its one address and an image with its figures", async (path, page, image) => {
    const html = await text(path);
    expect(head(html, /<link rel="canonical" href="([^"]+)"/)).toBe(URL_SET + page);
    expect(head(html, /<meta property="og:image" content="([^"]+)"/)).toBe(URL_SET + image);
    expect(head(html, /<title>([^<]+)<\/title>/)).toMatch(/ \| Speeds & co$/);
    expect(html).toContain('rel="alternate" type="application/atom+xml"');
    const answer = await fetch(dashboard.url + image);
    expect([answer.status, answer.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    await answer.arrayBuffer();
  });
});

describe("a page's description", () => {
  const described = async (path: string, server = dashboard) =>
    head(await text(path, server), /<meta name="description" content="([^"]+)"/);

  test.each([
    [
      "/",
      /^Simulated: Lowest TTFT \d+ ms \(\S+ .+?\), Highest TPS [\d.,]+ tok\/s \(.+?\), Cheapest .+, Most reliable .+\. TTFT, /,
    ],
    ["/models/gpt-oss-20b", /^Simulated: Lowest TTFT \d+ ms \(Groq .+?\), .+\. TTFT, /],
    [
      "/providers/groq",
      /^Simulated: TTFT p50 \d+ ms to \d+ ms, Output speed [\d.]+ tok\/s to [\d.]+ tok\/s\. State, /,
    ],
    [ENDPOINT, /^Simulated: TTFT p50 \d+ ms, Output speed [\d.,]+ tok\/s, /],
  ])("of %s has its figures, and says that they are simulated", async (path, words) => {
    expect(await described(path)).toMatch(words);
  });

  test("leaves out what is locked", async () => {
    expect(await described("/", locking)).toMatch(
      /^Simulated: Cheapest \$[\d.]+ for 1,000 requests \(.+?\)\. /,
    );
    expect(await described("/providers/groq", locking)).toMatch(/^State, /);
    expect(await described(ENDPOINT, locking)).toMatch(
      /^Simulated: Total latency p50 [\d.]+ s, Cost of 1,000 requests \$[\d.]+\. /,
    );
  });
});

describe("the image", () => {
  async function picture(path: string, server = dashboard) {
    const response = await fetch(server.url + path);
    expect([response.status, response.headers.get("Content-Type")]).toEqual([200, "image/png"]);
    const bytes = Buffer.from(await response.arrayBuffer());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    const idat = bytes.indexOf("IDAT");
    const pixels = inflateSync(bytes.subarray(idat + 4, idat + 4 + bytes.readUInt32BE(idat - 4)));
    return { size: [bytes.readUInt32BE(16), bytes.readUInt32BE(20)], bytes, pixels };
  }

  test.each([
    "/og.png",
    "/og.png?window=7d",
    "/og/models/gpt-oss-20b.png",
    "/og/providers/groq.png",
    `/og${ENDPOINT}.png`,
    `/og${COMPARISON.replace("?", ".png?")}`,
  ])("%s is 1200 x 630, small, and something is on it", async (path) => {
    const { size, bytes, pixels } = await picture(path);
    expect(size).toEqual([1_200, 630]);
    expect(pixels).toHaveLength(1_201 * 630);
    expect(pixels.filter((pixel) => pixel !== 0).length).toBeGreaterThan(20_000);
    expect(bytes.length).toBeLessThan(60_000);
  });

  test("of what is not measured is not there", async () => {
    for (const path of [
      "/og/models/nobody/nothing.png",
      "/og/methodology.png",
      "/og/.png",
      "/og/compare.png",
    ]) {
      const answer = await fetch(dashboard.url + path);
      expect(answer.status, path).toBe(404);
      await answer.arrayBuffer();
    }
  });

  test("has less on it where metrics are locked", async () => {
    const ink = async (server: DashboardServer) =>
      (await picture(`/og${ENDPOINT}.png`, server)).pixels.filter((pixel) => pixel !== 0).length;
    expect(await ink(locking)).toBeLessThan((await ink(dashboard)) * 0.85);
  });
});

describe("what may stand in a frame", () => {
  test.each([
    "/embed",
    "/embed/models/gpt-oss-20b",
    "/embed/providers/groq",
    `/embed${ENDPOINT}`,
    `/embed${COMPARISON}`,
  ])("%s: no script, and small", async (path) => {
    const response = await fetch(dashboard.url + path);
    const html = await response.text();
    expect(response.status).toBe(200);
    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(15 * 1_024);
    expect(html).not.toContain("<script");
    const policy = response.headers.get("Content-Security-Policy") ?? "";
    expect(policy).toContain("frame-ancestors *");
    expect(policy).not.toContain("script-src");
    expect(response.headers.get("X-Frame-Options")).toBeNull();
    expect(html).toContain("Simulated data.");
  });

  test("is that alone", async () => {
    for (const path of ["/", ENDPOINT, "/api", "/embedded"]) {
      const response = await fetch(dashboard.url + path);
      await response.arrayBuffer();
      expect(response.headers.get("Content-Security-Policy"), path).toContain("frame-ancestors 'none'");
      expect(response.headers.get("X-Frame-Options"), path).toBe("DENY");
    }
  });

  test("shows an endpoint's chart, and neither chart nor figures of what is locked", async () => {
    expect(await text(`/embed${ENDPOINT}`)).toContain('<path class="line"');
    const html = await text(`/embed${ENDPOINT}`, locking);
    expect(html).not.toContain("<path");
    expect(html).not.toMatch(/TTFT|tok\/s|Success rate/);
    expect(html).toContain("Total latency p50");
  });
});

test("robots are told of the sitemap, and the sitemap of pages that are there", async () => {
  expect(await text("/robots.txt")).toContain(`Sitemap: ${URL_SET}/sitemap.xml`);
  const map = await text("/sitemap.xml");
  const paths = [...map.matchAll(/<loc>([^<]+)<\/loc>/g)].map(([, address = ""]) =>
    address.replace(URL_SET, ""),
  );
  expect(paths).toContain(ENDPOINT);
  // Those of one address; the others are about something measured.
  const pages = readdirSync("app/routes").filter((file) => file.endsWith(".tsx") && !file.includes("$"));
  expect(pages.length).toBeGreaterThan(5);
  for (const file of pages) expect(paths).toContain(`/${file.replace(/\.?(_index)?\.tsx$/, "")}`);
  for (const path of paths) {
    const answer = await fetch(dashboard.url + path, { redirect: "manual" });
    await answer.arrayBuffer();
    expect([path, answer.status]).toEqual([path, 200]);
  }
});
