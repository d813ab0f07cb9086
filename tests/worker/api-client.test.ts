/** A client generated from the OpenAPI document, type-checked, and used against the running server. */
import { execFileSync } from "node:child_process";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString } from "openapi-typescript";
import { afterAll, beforeAll, expect, it } from "vitest";
import { history } from "../e2e/support/history.ts";
import { insert } from "../e2e/support/results.ts";
import { useSupabase } from "../support/supabase.ts";
import { useDashboard } from "../support/use-dashboard.ts";

const supabase = useSupabase();
const dashboard = useDashboard(supabase);
// Inside the project, so that the client finds openapi-fetch.
const folder = resolve(`tests/.artifacts/api-client-${process.pid}`);

beforeAll(async () => {
  const { runs, results } = history({ until: new Date(), hours: 26, simulated: true });
  await insert(supabase.sql, runs, results);
  await mkdir(folder, { recursive: true });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** What somebody would write with the types: a name that the document does not have is an error here. */
const CONSUMER = `
import createClient from "openapi-fetch";
import type { paths } from "./api.d.ts";

export async function fastest(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });
  const { data, error } = await client.GET("/api/v1/endpoints", {
    params: { query: { window: "24h", sort: "total_latency", limit: 3 } },
  });
  if (error !== undefined) throw new Error(error.detail);
  return data.data.map(({ provider, model, ttft, total_latency, reliability }) => {
    const ms: number | null = total_latency.p50;
    const share: number | null = reliability.uptime;
    return { provider, model, ms, ttft: ttft.p50, share, n: ttft.n };
  });
}

export async function timeouts(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });
  const { data } = await client.GET("/api/v1/results", { params: { query: { limit: 2, detail: "basic" } } });
  return data?.data.map(({ id, ttft_ms, total_latency_ms, error_kind }) => ({ id, ttft_ms, total_latency_ms, error_kind }));
}

export async function refused(baseUrl: string) {
  const client = createClient<paths>({ baseUrl });
  // @ts-expect-error no such window
  const { error } = await client.GET("/api/v1/endpoints", { params: { query: { window: "2d" } } });
  return error;
}
`;

interface Consumer {
  fastest(baseUrl: string): Promise<{ provider: string; model: string; ms: number | null; n: number }[]>;
  timeouts(baseUrl: string): Promise<{ id: string; ttft_ms: number | null }[] | undefined>;
  refused(baseUrl: string): Promise<{ status: number } | undefined>;
}

it("reads what the server answers, by types that hold", async () => {
  const document = await (await fetch(`${dashboard.url}/api/v1/openapi.json`)).text();
  await writeFile(join(folder, "api.d.ts"), astToString(await openapiTS(document)));
  await writeFile(join(folder, "consumer.ts"), CONSUMER);
  const options =
    "--noEmit --strict --skipLibCheck --module esnext --moduleResolution bundler --target es2022";
  const typescript = [
    "tests/node_modules/typescript/bin/tsc",
    ...options.split(" "),
    "--allowImportingTsExtensions",
  ];
  let complaints = "";
  try {
    execFileSync(process.execPath, [...typescript, join(folder, "consumer.ts")], { encoding: "utf8" });
  } catch (error) {
    complaints = (error as { stdout: string }).stdout;
  }
  expect(complaints).toBe("");
  const consumer = (await import(pathToFileURL(join(folder, "consumer.ts")).href)) as Consumer;
  const endpoints = await consumer.fastest(dashboard.url);
  const response = await fetch(`${dashboard.url}/api/v1/endpoints?window=24h&sort=total_latency&limit=3`);
  const { data } = (await response.json()) as {
    data: { provider: string; model: string; total_latency: { p50: number | null }; ttft: { n: number } }[];
  };
  expect(endpoints).toMatchObject(
    data.map(({ provider, model, total_latency, ttft }) => ({
      provider,
      model,
      ms: total_latency.p50,
      n: ttft.n,
    })),
  );
  expect(endpoints).toHaveLength(3);
  const times = endpoints.map(({ ms }) => ms ?? 0);
  expect(times).toEqual([...times].sort((a, b) => a - b));
  expect(await consumer.timeouts(dashboard.url)).toHaveLength(2);
  expect(await consumer.refused(dashboard.url)).toMatchObject({ status: 400 });
});

it("the document says what each figure is measured in", async () => {
  const document = (await (await fetch(`${dashboard.url}/api/v1/openapi.json`)).json()) as {
    components: {
      schemas: { EndpointPage: { properties: { data: { items: { properties: Record<string, object> } } } } };
    };
  };
  const { properties } = document.components.schemas.EndpointPage.properties.data.items;
  const units = Object.entries(properties).flatMap(([name, schema]) =>
    "x-unit" in schema ? [[name, schema["x-unit"]]] : [],
  );
  expect(Object.fromEntries(units)).toMatchObject({
    ttft: "ms",
    answer_ttft: "ms",
    total_latency: "ms",
    stability: "ms",
    tps: "tokens/s",
    success_rate: "share",
    reliability: "share",
    cost: "USD",
  });
});
