import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { requireSupabase, requireSupabaseKeys } from "../../../local/build/hosted.ts";

let server: Server | undefined;

afterEach(() => new Promise((done) => server?.close(done)));

/** A project that answers every request so; the keys that were shown are kept. */
async function project(status: number, body: object | string) {
  const shown: { apikey: unknown; authorization: unknown }[] = [];
  server = createServer((request, response) => {
    const { apikey, authorization } = request.headers;
    shown.push({ apikey, authorization });
    response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body));
  });
  await new Promise<void>((done) => server?.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { shown, keys: { url, anonKey: "sb_publishable_abc", serviceRole: "a.legacy.token" } };
}

describe("a project that refuses", () => {
  it.each<[string, number, object | string, RegExp]>([
    [
      "missing tables",
      404,
      { code: "PGRST205", message: "Could not find the table 'public.providers' in the schema cache" },
      /Could not find the table 'public.providers'.*PGRST205.*npm run migrate/,
    ],
    [
      "missing grants",
      401,
      { code: "42501", message: "permission denied for table providers" },
      /permission denied for table providers.*42501.*npm run migrate/,
    ],
    ["a paused project", 540, "Project paused", /"Project paused" \(HTTP 540\).*Restore/],
    ["a restricted project", 402, { message: "exceed_egress_quota" }, /exceed_egress_quota.*402.*Usage/],
    [
      "a full database",
      405,
      { code: "25006", message: "cannot execute INSERT in a read-only transaction" },
      /read-only transaction.*25006.*docs\/runs.md/,
    ],
    [
      "a clock ahead",
      401,
      { code: "PGRST303", message: "JWT issued at future" },
      /JWT issued at future.*PGRST303.*try again in a minute/,
    ],
    ["a key of another project", 401, { message: "Invalid API key" }, /Invalid API key.*copy it again/],
    ["another site", 404, "<html><h1>Not Found</h1></html>", /"Not Found".*address of a Supabase project/],
  ])("is quoted, with what to do: %s", async (_what, status, body, line) => {
    const { keys } = await project(status, body);
    const check = requireSupabase(keys);
    await expect(check).rejects.toThrow(line);
    await expect(check).rejects.not.toThrow(/\n/);
  });
});

describe("a project without our tables yet", () => {
  it("has good keys all the same", async () => {
    const { keys } = await project(404, { code: "PGRST205", message: "Could not find the table" });
    await requireSupabaseKeys(keys, { migrated: false });
  });
});

it("a new-style key travels as apikey alone, a legacy one as a token too", async () => {
  const { keys, shown } = await project(200, []);
  await requireSupabase(keys);
  expect(shown).toEqual([
    { apikey: "sb_publishable_abc", authorization: undefined },
    { apikey: "a.legacy.token", authorization: "Bearer a.legacy.token" },
  ]);
});
