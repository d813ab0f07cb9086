import { createRequestHandler, type EntryContext, type ServerBuild } from "@remix-run/cloudflare";
import { describe, expect, test } from "vitest";
import { narrowRoutes } from "../../../workers/dashboard/routing.ts";

interface Route {
  readonly id: string;
  readonly path?: string;
  readonly index?: boolean;
  readonly parentId?: string;
  readonly page?: boolean;
  readonly caseSensitive?: boolean;
}

/** Routes as Remix makes them of files; each answers with its name and what it read in the address. */
const ROUTES: readonly Route[] = [
  { id: "routes/_index", index: true, page: true },
  { id: "routes/status", path: "status", page: true },
  { id: "routes/models._index", path: "models", index: true, page: true },
  { id: "routes/models.$identity", path: "models/:identity", page: true },
  { id: "routes/models.$provider.$", path: "models/:provider/*", page: true },
  { id: "routes/api.v1.$", path: "api/v1/*" },
  { id: "routes/api.v1.results", path: "api/v1/results" },
  { id: "routes/feed[.]xml", path: "feed.xml" },
  { id: "routes/docs", path: "docs/:lang?", page: true },
  { id: "routes/team", path: "team", page: true },
  { id: "routes/team.members", path: "members", parentId: "routes/team", page: true },
];

function buildOf(routes: readonly Route[]) {
  const answer =
    (id: string) =>
    ({ params }: { params: unknown }) =>
      Response.json({ id, params });
  const all: Route[] = [{ id: "root", path: "", page: true }, ...routes];
  return {
    mode: "production",
    basename: "/",
    future: { v3_singleFetch: true },
    isSpaMode: false,
    publicPath: "/",
    assetsBuildDirectory: "",
    entry: {
      module: {
        default: (_: Request, status: number, __: Headers, { staticHandlerContext }: EntryContext) =>
          Response.json(
            staticHandlerContext.matches.map(({ route, params }) => ({ id: route.id, params })),
            { status },
          ),
        handleError: () => {},
      },
    },
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
          module: { loader: answer(route.id), ...(route.page === true ? { default: () => null } : {}) },
        },
      ]),
    ),
  } as unknown as ServerBuild;
}

const build = buildOf(ROUTES);
const narrow = narrowRoutes(build, (part) => createRequestHandler(part));
const exact = (routes: readonly Route[]) =>
  createRequestHandler(buildOf(routes.map((route) => ({ ...route, caseSensitive: true }))));
const whole = { data: exact(ROUTES.filter(({ page }) => page)), documents: exact(ROUTES) };

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
    "/status.data?_routes=routes/status",
    "/team/members.data?_routes=root",
    "/nowhere.data",
    "/api/v1/results.data",
    "/feed.xml.data",
  ])("%s", async (path) => {
    const isData = new URL(path, "https://site.test").pathname.endsWith(".data");
    const [ours, theirs] = await Promise.all(
      [narrow, isData ? whole.data : whole.documents].map(async (handle) => {
        const response = await handle(new Request(`https://site.test${path}`));
        return { status: response.status, body: await response.text() };
      }),
    );
    expect(ours).toEqual(theirs);
  });
});

test.each([
  ["/Status", 404],
  ["/API/v1/results", 404],
  ["/feed.xml", 200],
  ["/Feed.xml", 404],
  ["/feed.xml.data", 404],
  ["/api/v1/results.data", 404],
  ["/status.data", 200],
  ["/status.data?_routes=routes/status", 200],
  ["/status.data?_routes=routes/models._index", 400],
  ["/status.data?_routes=routes/status,x", 400],
  ["/status.data?_routes=routes/status&_routes=routes/status", 400],
  ["/status.data?_routes=", 400],
  ["/nowhere.data?_routes=x", 400],
])("%s has the status %d: one address for each answer, and data of pages only", async (path, status) => {
  expect((await narrow(new Request(`https://site.test${path}`))).status).toBe(status);
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
