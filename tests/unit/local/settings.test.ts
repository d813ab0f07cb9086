import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseEnvFile } from "../../../local/env-file.ts";
import { BENCHMARK_SETTINGS, readSettings, settingNames, stateDirectory } from "../../../local/settings.ts";
import { projectRoot } from "../../../local/tools.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const devVars = (text: string) => writeFileSync(join(root, ".dev.vars"), text);
const key = "k".repeat(24);
const project = {
  SUPABASE_URL: "https://abc.supabase.co/",
  SUPABASE_ANON_KEY: `sb_publishable_${key}`,
  SUPABASE_SERVICE_ROLE: `sb_secret_${key}`,
};

describe("the Workers' state", () => {
  it("is kept apart for each database, so that nothing that waits for one reaches another", () => {
    const of = (environment: Record<string, string>) => stateDirectory(readSettings(root, environment));
    const hosted = of(project);
    expect(of({})).toBe(join(root, ".local", "state", "embedded"));
    expect(hosted).toMatch(/state.[0-9a-f]{12}$/);
    expect(of({ ...project, SUPABASE_URL: "https://abc.supabase.co" })).toBe(hosted);
    expect(of({ ...project, SUPABASE_URL: "https://xyz.supabase.co" })).not.toBe(hosted);
  });
});

describe("the stack's settings", () => {
  it("need nothing at all", () => {
    expect(readSettings(root, {})).toMatchObject({
      dashboardPort: 8787,
      benchmarkPort: 8788,
      supabasePort: 54321,
      localDirectory: join(root, ".local"),
      logDirectory: join(root, "logs"),
      supabase: null,
      withKey: [],
      notes: [],
    });
  });

  it("come from .dev.vars, and the environment wins", () => {
    devVars(`DASHBOARD_PORT=9000\nBENCHMARK_PORT=9001\nOPENAI_API_KEY='sk-${key}'\nGROQ_API_KEY=\n`);
    const settings = readSettings(root, { BENCHMARK_PORT: "9002", PATH: "/bin" });
    expect(settings).toMatchObject({ dashboardPort: 9000, benchmarkPort: 9002, withKey: ["OpenAI"] });
    expect(settings.benchmark).toEqual({ OPENAI_API_KEY: `sk-${key}` });
    expect(settings.withoutKey).toContain("Groq");
  });

  it("can be hidden for one start by an empty value in the environment", () => {
    devVars(`OPENAI_API_KEY=${key}\nDASHBOARD_PORT=9000\n`);
    expect(readSettings(root, { OPENAI_API_KEY: "", DASHBOARD_PORT: "" })).toMatchObject({
      dashboardPort: 8787,
      benchmark: {},
    });
  });

  it("give the dashboard no secret", () => {
    const settings = readSettings(root, {
      ...project,
      OPENAI_API_KEY: key,
      ADMIN_TOKEN: key,
      LOCKED_METRICS: "cost,value",
    });
    expect(settings.dashboard).toEqual({ LOCKED_METRICS: "cost,value" });
    expect(settings.supabase?.url).toBe("https://abc.supabase.co");
  });

  it("name what nobody reads", () => {
    devVars("OPENAI_KEY=x\n");
    expect(readSettings(root, {}).notes).toEqual([
      ".dev.vars: OPENAI_KEY is not a setting of this project and is not used.",
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ["DASHBOARD_PORT", { DASHBOARD_PORT: "http" }],
    ["DASHBOARD_PORT", { DASHBOARD_PORT: "70000" }],
    ["BENCHMARK_PORT", { DASHBOARD_PORT: "9000", BENCHMARK_PORT: "9000" }],
    ["SUPABASE_URL", { SUPABASE_URL: "abc.supabase.co" }],
    ["SUPABASE_ANON_KEY", { SUPABASE_URL: "https://abc.supabase.co" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: "" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: "short" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: project.SUPABASE_ANON_KEY }],
    ["SUPABASE_ANON_KEY", { ...project, SUPABASE_ANON_KEY: project.SUPABASE_SERVICE_ROLE }],
    ["OPENAI_API_KEY", { OPENAI_API_KEY: "sk-one sk-two" }],
    ["GROQ_BASE_URL", { GROQ_BASE_URL: "localhost" }],
    ["ADMIN_TOKEN", { ADMIN_TOKEN: "short" }],
    ["PROBE_REGION", { PROBE_REGION: "mars" }],
    ["BENCHMARK_BUDGET_USD", { BENCHMARK_BUDGET_USD: "much" }],
    ["PROBE_IDLE_TIMEOUT_MS", { PROBE_IDLE_TIMEOUT_MS: "-5" }],
    ["LOCKED_METRICS", { LOCKED_METRICS: "everything" }],
  ])("refuse a malformed %s with one line that names it and keeps its value to itself", (name, values) => {
    const error = thrownBy(() => readSettings(root, values));
    expect(error.name).toBe("SetupError");
    expect(error.message).toContain(name);
    expect(error.message).not.toContain("\n");
    expect(error.message).not.toContain("sk-one");
    expect(error.message).not.toContain(project.SUPABASE_SERVICE_ROLE);
  });

  it("say so when .dev.vars is a folder", () => {
    mkdirSync(join(root, ".dev.vars"));
    const error = thrownBy(() => readSettings(root, {}));
    expect(error.name).toBe("SetupError");
    expect(error.message).toMatch(/^\.dev\.vars cannot be read \(it is a folder\)/);
  });

  it("say which line of .dev.vars cannot be read", () => {
    devVars("OPENAI_API_KEY=x\nsk-pasted-alone\n");
    const { message } = thrownBy(() => readSettings(root, {}));
    expect(message).toContain(".dev.vars, line 2");
    expect(message).not.toContain("sk-pasted-alone");
  });
});

describe(".dev.vars.example", () => {
  const text = readFileSync(join(projectRoot, ".dev.vars.example"), "utf8");

  it("lists every setting once, each under a comment, and no other", () => {
    const lines = text.split("\n");
    const names = lines.filter((line) => /^[A-Z]/.test(line)).map((line) => line.replace(/=.*/, ""));
    expect([...names].sort()).toEqual(settingNames().sort());
    for (const [index, line] of lines.entries()) {
      if (/^[A-Z]/.test(line)) expect(lines[index - 1], line).toMatch(/^# /);
    }
  });

  it("changes nothing as it is", () => {
    expect([...parseEnvFile(text).values.values()].every((value) => value === "")).toBe(true);
    writeFileSync(join(root, ".dev.vars"), text);
    expect(readSettings(root, {})).toEqual({
      ...readSettings(mkdtempRoot(), {}),
      localDirectory: join(root, ".local"),
      logDirectory: join(root, "logs"),
    });
  });

  it("knows every setting that the benchmark Worker reads", () => {
    const source = readFileSync(join(projectRoot, "workers/benchmark/config.ts"), "utf8");
    const read = [...source.matchAll(/^ {2}([A-Z][A-Z_]+): optional\(/gm)].map(([, name]) => name);
    expect(read.length).toBeGreaterThan(10);
    const elsewhere = ["SUPABASE_URL", "SUPABASE_SERVICE_ROLE", "SIMULATOR_URL"];
    expect(read.filter((name) => !elsewhere.includes(name ?? "")).sort()).toEqual(
      [...BENCHMARK_SETTINGS].sort(),
    );
  });
});

function mkdtempRoot(): string {
  // Never made: a folder without .dev.vars reads as one without settings.
  return join(tmpdir(), "settings-nowhere");
}

function thrownBy(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("nothing was thrown");
}
