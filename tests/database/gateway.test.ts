import { createClient } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import { describe, expect, it } from "vitest";
import { requireSupabase } from "../../local/build/hosted.ts";
import { useSupabase } from "../support/supabase.ts";

describe("the gateway, like a hosted project's", () => {
  const supabase = useSupabase();
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${supabase.url}${path}`, { headers, redirect: "manual" });
  const providers = "/rest/v1/providers?select=slug";

  it("passes the start's check of a project with the right keys, of either style", async () => {
    const { url, anonKey, serviceRoleKey, legacyKeys } = supabase;
    await requireSupabase({ url, anonKey, serviceRole: serviceRoleKey });
    await requireSupabase({ url, anonKey: legacyKeys.anon, serviceRole: legacyKeys.serviceRole });
  });

  it.each<[string, () => { anonKey?: string; serviceRole?: string }, RegExp]>([
    [
      "a publishable key where the secret one belongs",
      () => ({ serviceRole: supabase.anonKey }),
      /SUPABASE_SERVICE_ROLE .*must be the secret/,
    ],
    [
      "a legacy anon key there",
      () => ({ serviceRole: supabase.legacyKeys.anon }),
      /SUPABASE_SERVICE_ROLE .*must be the secret/,
    ],
    [
      "another project's secret key",
      () => ({ serviceRole: `sb_secret_${"x".repeat(31)}` }),
      /does not accept SUPABASE_SERVICE_ROLE/,
    ],
    [
      "another project's publishable key",
      () => ({ anonKey: `sb_publishable_${"x".repeat(31)}` }),
      /does not accept SUPABASE_ANON_KEY/,
    ],
  ])("fails that check with %s, in one line", async (_what, wrong, line) => {
    const { url, anonKey, serviceRoleKey } = supabase;
    const check = requireSupabase({ url, anonKey, serviceRole: serviceRoleKey, ...wrong() });
    await expect(check).rejects.toThrow(line);
    await expect(check).rejects.not.toThrow(/\n/);
  });

  it("answers 401 with a JSON message when no key is shown", async () => {
    const answer = await get(providers);
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(await answer.json()).toMatchObject({ message: "No API key found in request" });
  });

  it.each([
    ["an unknown apikey", () => ({ apikey: "sb_publishable_wrong" })],
    ["an unknown Bearer token alone", () => ({ authorization: "Bearer wrong" })],
    [
      "an unknown sb_ token beside a right apikey",
      () => ({ apikey: supabase.anonKey, authorization: "Bearer sb_secret_wrong" }),
    ],
    [
      "a right Bearer token beside an unknown apikey",
      () => ({ apikey: "wrong", authorization: `Bearer ${supabase.anonKey}` }),
    ],
    ["an empty apikey", () => ({ apikey: "" })],
    ["a truncated key", () => ({ apikey: supabase.serviceRoleKey.slice(0, -1) })],
  ])("answers 401 to %s", async (_what, headers) => {
    const answer = await get(providers, headers());
    expect(answer.status).toBe(401);
    expect(await answer.json()).toHaveProperty("message");
  });

  it.each([
    ["apikey header", () => ({ apikey: supabase.anonKey })],
    ["Bearer token", () => ({ authorization: `Bearer ${supabase.anonKey}` })],
    ["old-style apikey", () => ({ apikey: supabase.legacyKeys.anon })],
    [
      "old-style key in both places",
      () => ({ apikey: supabase.legacyKeys.anon, authorization: `bearer ${supabase.legacyKeys.anon}` }),
    ],
  ])("lets a reader in with the key as %s", async (_what, headers) => {
    const answer = await get(providers, headers());
    expect(answer.status).toBe(200);
    expect(await answer.json()).toContainEqual({ slug: "openai" });
  });

  it("takes the key as query parameter and leaves the other parameters as they are", async () => {
    const answer = await get(
      `${providers}&slug=in.(openai,"groq")&apikey=${supabase.anonKey}&order=slug.desc`,
    );
    expect(await answer.json()).toEqual([{ slug: "openai" }, { slug: "groq" }]);
  });

  it("turns each kind of key into its role", async () => {
    const write = async (key: string) => {
      const client = createClient(supabase.url, key, { auth: { persistSession: false } });
      return (await client.from("providers").update({ logo_url: "/logos/groq.svg" }).eq("slug", "groq"))
        .status;
    };
    expect(await write(supabase.serviceRoleKey)).toBe(204);
    expect(await write(supabase.legacyKeys.serviceRole)).toBe(204);
    expect(await write(supabase.anonKey)).toBe(401);
    expect(await write(supabase.legacyKeys.anon)).toBe(401);
  });

  it("lets a Bearer token of a signed-in user decide the role, and PostgREST refuse a forged one", async () => {
    const user = await supabase.authenticated();
    expect((await user.from("providers").select("slug").eq("slug", "groq")).data).toEqual([{ slug: "groq" }]);
    const forged = await new SignJWT({ role: "service_role" })
      .setProtectedHeader({ alg: "HS256" })
      .sign(new TextEncoder().encode("x".repeat(64)));
    const answer = await get(providers, { apikey: supabase.anonKey, authorization: `Bearer ${forged}` });
    expect(answer.status).toBe(401);
  });

  it("answers a browser's preflight without a key", async () => {
    const answer = await fetch(`${supabase.url}${providers}`, {
      method: "OPTIONS",
      headers: { origin: "http://localhost:8787", "access-control-request-method": "GET" },
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get("access-control-allow-methods")).toContain("GET");
  });

  it("answers other paths with 404 and /health without a key", async () => {
    expect((await get("/auth/v1/user", { apikey: supabase.anonKey })).status).toBe(404);
    expect((await get("/rest/v1evil/providers", { apikey: supabase.anonKey })).status).toBe(404);
    expect((await get("/health")).status).toBe(200);
  });

  it("passes HEAD, counts, ranges and conflicts through unchanged", async () => {
    const head = await supabase.anon.from("providers").select("id", { count: "exact", head: true });
    expect(head).toMatchObject({ status: 200, data: null });
    expect(head.count).toBeGreaterThanOrEqual(4);
    const part = await supabase.anon.from("providers").select("slug").order("slug").range(1, 2);
    expect(part.data).toHaveLength(2);
    const twice = await supabase.service.from("providers").insert({ name: "Groq", slug: "groq" });
    expect(twice.status).toBe(409);
  });

  it("never answers with more than 1,000 rows, as hosted projects", async () => {
    const run = await supabase.service
      .from("runs")
      .insert({ run_name: "rows", triggered_by: "system" })
      .select()
      .single();
    if (run.error) throw run.error;
    const rows = Array.from({ length: 1_050 }, () => ({
      run_id: run.data.id,
      input_tokens: 1,
      output_tokens: 1,
      total_latency_ms: 1,
      cost_usd: 0,
    }));
    expect((await supabase.service.from("benchmark_results").insert(rows)).error).toBeNull();
    const read = await supabase.anon
      .from("benchmark_results")
      .select("id", { count: "exact" })
      .eq("run_id", run.data.id);
    expect(read.data).toHaveLength(1_000);
    expect(read.count).toBe(1_050);
  });

  it("carries texts of several megabytes both ways unharmed", async () => {
    const run = await supabase.service
      .from("runs")
      .insert({ run_name: "big", triggered_by: "system" })
      .select()
      .single();
    if (run.error) throw run.error;
    const text = "é漢🙂\n".repeat(400_000);
    const { data, error } = await supabase.service
      .from("benchmark_results")
      .insert({
        run_id: run.data.id,
        input_tokens: 1,
        output_tokens: 1,
        total_latency_ms: 1,
        cost_usd: 0,
        response_text: text,
      })
      .select("response_text")
      .single();
    expect(error).toBeNull();
    expect(data?.response_text === text).toBe(true);
  });

  it("serves a hundred requests at once over kept connections", async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => supabase.anon.from("providers").select("slug").eq("slug", "openai")),
    );
    expect(answers.every((answer) => answer.data?.length === 1)).toBe(true);
  });

  it("cuts an anonymous statement after 3 seconds and the service's after 8", async () => {
    await supabase.sql.query(`
      create function public.wait(seconds double precision) returns void
        language sql set search_path = '' as 'select pg_catalog.pg_sleep(seconds)';
      grant execute on function public.wait(double precision) to anon, service_role;
    `);
    const wait = async (key: string, seconds: number) => {
      const started = performance.now();
      const client = createClient(supabase.url, key, { auth: { persistSession: false } });
      // The event trigger's message may still be on its way to PostgREST.
      let answer = await client.rpc("wait", { seconds });
      while (answer.error?.code === "PGRST202") answer = await client.rpc("wait", { seconds });
      return { code: answer.error?.code, seconds: (performance.now() - started) / 1000 };
    };
    const [anon, patient, service] = await Promise.all([
      wait(supabase.anonKey, 20),
      wait(supabase.serviceRoleKey, 4),
      wait(supabase.serviceRoleKey, 20),
    ]);
    expect(anon.code).toBe("57014");
    expect(anon.seconds).toBeGreaterThan(2.8);
    expect(anon.seconds).toBeLessThan(5);
    expect(patient.code).toBeUndefined();
    expect(service.code).toBe("57014");
    expect(service.seconds).toBeGreaterThan(7.8);
    expect(service.seconds).toBeLessThan(10);
  });
});
