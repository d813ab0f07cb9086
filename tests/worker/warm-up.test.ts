import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Log, LogLevel, Miniflare } from "miniflare";
import { afterEach, describe, expect, it } from "vitest";
import { bundleForWorkerd } from "../support/bundle.ts";

/* What the dashboard runs while its isolate starts. Needs `npm run build`. */

const pathOf = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

let worker: Miniflare | undefined;
afterEach(() => worker?.dispose());

/** A Worker without settings, and what it logs. */
function start(contents: string) {
  const logged: string[] = [];
  worker = new Miniflare({
    log: new Log(LogLevel.NONE),
    modules: [{ type: "ESModule", path: "index.js", contents }],
    compatibilityDate: "2026-07-01",
    handleRuntimeStdio: (stdout: Readable, stderr: Readable) => {
      for (const stream of [stdout, stderr]) stream.on("data", (chunk: Buffer) => logged.push(String(chunk)));
    },
  });
  const { dispatchFetch } = worker;
  return { logged, get: (path: string) => dispatchFetch(`http://dashboard.example${path}`) };
}

describe("where a Worker has no timers, signals or random values, the warm-up makes", () => {
  it("the overview and an endpoint's page, whole, with the sample's figures", async () => {
    const bundle = await bundleForWorkerd(pathOf("tests/support/warm-up-worker.ts"));
    const [overview = "", endpoint = "", ...others] = (await (
      await start(bundle).get("/")
    ).json()) as string[];
    expect(others).toEqual([]);
    for (const page of [overview, endpoint])
      expect([page.slice(0, 5), page.slice(-7)]).toEqual(["<html", "</html>"]);
    expect(overview).toContain("<title>How fast are AI providers right now?");
    for (const provider of ["a", "b", "c"])
      expect(overview).toContain(`href="/models/sample-${provider}/sample/model-1"`);
    expect(overview).toContain("$0.10 / $0.30 → $0.075 / $0.30");
    expect(endpoint).toContain("<title>sample/model-1 at Sample A: how fast is it?");
    expect(endpoint).toContain("A sample of an answer");
  });
});

describe("the dashboard", () => {
  it("starts without a word and shows nothing of the sample", async () => {
    const { get, logged } = start(readFileSync(pathOf("build/worker-dashboard/index.js"), "utf8"));
    const response = await get("/methodology");
    expect(response.status).toBe(200);
    expect(await response.text()).not.toContain("sample-a");
    expect(logged).toEqual([]);
  });

  it("answers where the warm-up fails, and says in its log that it did", async () => {
    const bundle = await bundleForWorkerd(pathOf("workers/dashboard/index.ts"), {
      name: "broken-sample",
      setup: ({ onLoad }) =>
        onLoad({ filter: /workers\/dashboard\/sample\.ts$/ }, () => ({
          contents: `export const SHOWN = { provider: "a", model: "b" };
            export const sampleReader = { async call(name) { throw new Error("no " + name); } };`,
        })),
    });
    const { get, logged } = start(bundle);
    expect((await get("/methodology")).status).toBe(200);
    const events = logged
      .join("")
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ level }) => level === "error")).toEqual([
      expect.objectContaining({ event: "warm_up_failed", message: "Error: no dashboard_endpoints" }),
    ]);
  });
});
