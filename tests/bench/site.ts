/**
 * The production build as a visitor meets it: an embedded database with results, the dashboard in workerd,
 * and before it what Cloudflare adds on the way, compression.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { constants, createGzip } from "node:zlib";
import pg from "pg";
import { build } from "../../local/build/index.ts";
import { startEmbeddedSupabase } from "../../local/supabase/index.ts";
import { resetSupabase } from "../../local/supabase/reset.ts";
import { WINDOWS } from "../../workers/benchmark/store/rows.ts";
import { getChromium, HOW_TO_GET_CHROMIUM } from "../e2e/support/chromium.ts";
import { startDashboard } from "../e2e/support/dashboard.ts";
import { history } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";

const WEEK_HOURS = 7 * 24;
const COMPRESSED = /^(text\/|application\/(javascript|json|manifest)|image\/svg)/;

export interface Stoppable {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * @param say gets a line on what is going on
 * @param fill puts the results into the empty database
 */
export async function startSite(
  say: (line: string) => void,
  fill: (sql: pg.Pool) => Promise<void>,
): Promise<Stoppable & { readonly supabase: { readonly url: string; readonly anonKey: string } }> {
  await build({ say, targets: ["dashboard", "worker-dashboard"] });
  const dataDirectory = await mkdtemp(join(tmpdir(), "benchmark-engine-bench-"));
  const supabase = await startEmbeddedSupabase({ dataDirectory, port: 0, durable: false });
  const stops: (() => Promise<unknown>)[] = [() => supabase.stop(), () => resetSupabase(dataDirectory)];
  const stop = async () => {
    for (const step of stops) await step();
  };
  try {
    const sql = new pg.Pool({ connectionString: supabase.databaseUrl, max: 1 });
    await fill(sql).finally(() => sql.end());
    const dashboard = await startDashboard({
      SUPABASE_URL: supabase.url,
      SUPABASE_ANON_KEY: supabase.anonKey,
    });
    stops.unshift(() => dashboard.stop());
    const edge = await startEdge(dashboard.url);
    stops.unshift(() => edge.stop());
    return { url: edge.url, supabase, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A week of seven endpoints. */
export async function fillWeek(sql: pg.Pool): Promise<void> {
  const { runs, results } = history({ until: new Date(), hours: WEEK_HOURS, simulated: true });
  await insert(sql, runs, results);
  await sql.query("analyze");
  await makeAhead(sql, "local");
}

/** What the engine has the database make after a run. */
export async function makeAhead(sql: pg.Pool, location: string): Promise<void> {
  for (const { window, part } of WINDOWS) {
    await sql.query("select public.engine_refresh_windows($1, $2, $3)", [window, part, location]);
  }
}

/** Passes everything on, compressed as it streams where the visitor takes it. */
async function startEdge(upstream: string): Promise<Stoppable> {
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const headers = {
      "user-agent": request.headers["user-agent"] ?? "",
      accept: request.headers.accept ?? "*/*",
    };
    const got = await fetch(upstream + request.url, { headers, redirect: "manual" });
    got.headers.forEach((value, name) => {
      if (!["content-encoding", "content-length", "transfer-encoding", "connection"].includes(name))
        response.setHeader(name, value);
    });
    const zip =
      COMPRESSED.test(got.headers.get("content-type") ?? "") &&
      /\bgzip\b/.test(String(request.headers["accept-encoding"] ?? ""));
    if (zip) response.setHeader("content-encoding", "gzip");
    response.writeHead(got.status);
    if (got.body === null) {
      response.end();
      return;
    }
    const body = Readable.fromWeb(got.body as ReadableStream<Uint8Array>);
    if (zip) await pipeline(body, createGzip({ flush: constants.Z_SYNC_FLUSH }), response);
    else await pipeline(body, response);
  };
  const server = createServer((request, response) => {
    // A visitor who leaves ends the pipe; there is nobody to tell.
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A Chromium of its own for each measurement, since a used one has its caches warm. */
export async function startChromium(): Promise<{ port: number; stop(): Promise<void> }> {
  const path = await getChromium();
  if (path === null) throw new Error(HOW_TO_GET_CHROMIUM);
  const profile = await mkdtemp(join(tmpdir(), "benchmark-engine-chromium-"));
  const flags = [
    "--headless=new",
    "--remote-debugging-port=0",
    `--user-data-dir=${profile}`,
    "--no-first-run",
    "--disable-extensions",
    "--disable-background-networking",
    ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    "about:blank",
  ];
  // A group of its own: Debian's program is a script, and does not hand on the signal that ends it.
  const child = spawn(path, flags, { stdio: ["ignore", "ignore", "pipe"], detached: true });
  // All of its processes hold that pipe, and write into the profile until they end.
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stop = async () => {
    if (child.pid !== undefined) process.kill(-child.pid);
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 5 });
  };
  let said = "";
  const port = await new Promise<number>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      said += chunk;
      const found = /DevTools listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    });
    child.once("error", reject);
    void gone.then(() => reject(new Error(`Chromium ended before it was ready: ${said.slice(-300)}`)));
  });
  return { port, stop };
}
