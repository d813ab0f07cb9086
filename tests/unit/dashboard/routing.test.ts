import { createRequestHandler, type ServerBuild } from "@remix-run/cloudflare";
import { describe, expect, test } from "vitest";
import { narrowRoutes } from "../../../workers/dashboard/routing.ts";

/** Routes as Remix makes them of files; each answers with its name and what it read in the address. */
const ROUTES = [
  { id: "routes/_index", index: true },
  { id: "routes/status", path: "status" },
  { id: "routes/models._index", path: "models", index: true },
  { id: "routes/models.$identity", path: "models/:identity" },
  { id: "routes/models.$provider.$", path: "models/:provider/*" },
  { id: "routes/api.v1.$", path: "api/v1/*" },
  { id: "routes/api.v1.results", path: "api/v1/results" },
  { id: "routes/feed[.]xml", path: "feed.xml" },
  { id: "routes/docs", path: "docs/:lang?" },
  { id: "routes/team", path: "team" },
  { id: "routes/team.members", path: "members", parentId: "routes/team" },
];

function buildOf(routes: readonly { id: string; path?: string; index?: boolean; parentId?: string }[]) {
  const answer =
    (id: string) =>
    ({ params }: { params: unknown }) =>
      Response.json({ id, params });
  const all = [{ id: "root", path: "" }, ...routes];
  return {
    mode: "production",
    basename: "/",
    future: { v3_singleFetch: true },
    isSpaMode: false,
    publicPath: "/",
    assetsBuildDirectory: "",
    entry: { module: { default: () => new Response(null), handleError: () => {} } },
    assets: {
      routes: Object.fromEntries(all.map(({ id }) => [id, { id }])),
      version: "1",
      url: "",
      entry: {},
    },
    routes: Object.fromEntries(
      all.map((route) => [
        route.id,
        {
          parentId: route.id === "root" ? undefined : "root",
          ...route,
          module: { loader: answer(route.id) },
        },
      ]),
    ),
  } as unknown as ServerBuild;
}

const build = buildOf(ROUTES);
const narrow = narrowRoutes(build, (part) => createRequestHandler(part));
const whole = createRequestHandler(build);

describe("with fewer routes to look at, each address is answered as by all of them", () => {
  test.each([
    "/",
    "/status",
    "/status/",
    "/Status",
    "/models",
    "/models/gpt-oss-20b",
    "/models/groq/openai/gpt-oss-20b",
    "/models/groq/a/b/c/d/e/f/g/h/i",
    "/models/groq/openai%2Fgpt-oss-20b",
    "/models/%E2%9C%93/x",
    "/models/groq/v1.data",
    "/MODELS/groq",
    "/m%6fdels/groq",
    "//models",
    "/models//x",
    "/api",
    "/api/v1",
    "/api/v1/results",
    "/api/v1/results/more",
    "/feed.xml",
    "/docs",
    "/docs/en",
    "/docs/en/more",
    "/team/members",
    "/nowhere",
    "/_root",
    "/constructor",
    "/__proto__/x",
    "/_root.data",
    "/status.data",
    "/models.data",
    "/models/groq/a/b.data",
    "/nowhere.data",
  ])("%s", async (path) => {
    const [ours, theirs] = await Promise.all(
      [narrow, whole].map(async (handle) => {
        const response = await handle(new Request(`https://site.test${path}`));
        return { status: response.status, body: await response.text() };
      }),
    );
    expect(ours).toEqual(theirs);
  });
});

test("an address is matched against the routes of its first segment and its number of segments", async () => {
  const looked: string[][] = [];
  const handle = narrowRoutes(build, (part) => async () => {
    looked.push(Object.keys(part.routes).filter((id) => id !== "root"));
    expect(Object.keys(part.assets.routes)).toEqual(Object.keys(part.routes));
    return new Response(null);
  });
  const ask = (path: string) => handle(new Request(`https://site.test${path}`));
  for (const path of ["/", "/models", "/models/groq/a/b", "/models/groq/a/b/c", "/team/members"])
    await ask(path);
  expect(looked).toEqual([
    ["routes/_index"],
    ["routes/models._index"],
    ["routes/models.$provider.$"],
    ["routes/models.$provider.$"],
    ["routes/team", "routes/team.members"],
  ]);
});
