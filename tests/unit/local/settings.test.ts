import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { declaredTwice, exampleFile, settingsPage } from "../../../local/build/settings-files.ts";
import { parseEnvFile } from "../../../local/env-file.ts";
import { readSettings, settingGroups, stateDirectory } from "../../../local/settings.ts";
import { projectRoot } from "../../../local/tools.ts";
import { optionalSetting, setting } from "../../../workers/settings/setting.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "settings-"));
});
afterEach(() => rmSync(root, { recursive: true }));

const devVars = (text: string) => writeFileSync(join(root, ".dev.vars"), text, { mode: 0o600 });
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
      ADMIN_TOKEN: "0123456789abcdef0123",
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
    ["SUPABASE_PORT", { SUPABASE_PORT: "0" }],
    ["SUPABASE_PORT", { SUPABASE_PORT: "54321x" }],
    ["BENCHMARK_PORT", { DASHBOARD_PORT: "9000", BENCHMARK_PORT: "9000" }],
    ["SUPABASE_URL", { SUPABASE_URL: "abc.supabase.co" }],
    ["SUPABASE_ANON_KEY", { SUPABASE_URL: "https://abc.supabase.co" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: "" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: "short" }],
    ["SUPABASE_SERVICE_ROLE", { ...project, SUPABASE_SERVICE_ROLE: project.SUPABASE_ANON_KEY }],
    ["SUPABASE_ANON_KEY", { ...project, SUPABASE_ANON_KEY: project.SUPABASE_SERVICE_ROLE }],
    ["SUPABASE_ANON_KEY", { ...project, SUPABASE_ANON_KEY: ` ${project.SUPABASE_SERVICE_ROLE}` }],
    ["SUPABASE_ANON_KEY", { ...project, SUPABASE_ANON_KEY: `"${project.SUPABASE_ANON_KEY}"` }],
    ["SUPABASE_ANON_KEY", { ...project, SUPABASE_ANON_KEY: key, SUPABASE_SERVICE_ROLE: key }],
    ["SUPABASE_URL", { ...project, SUPABASE_URL: "http://abc.supabase.co" }],
    ["PRICE_FEED_URL", { PRICE_FEED_URL: "http://models.dev/api.json" }],
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

describe("the files that follow from the declared settings", () => {
  const text = readFileSync(join(projectRoot, ".dev.vars.example"), "utf8");

  it("are up to date", () => {
    expect(exampleFile(settingGroups)).toBe(text);
    expect(settingsPage(settingGroups)).toBe(readFileSync(join(projectRoot, "docs/settings.md"), "utf8"));
  });

  it("have every setting that a person may write, under its sentence, and none that the stack hands over", () => {
    const groups = [
      {
        title: "Both",
        settings: {
          ONE: setting({ sentence: "Does this.", schema: z.string(), default: "a" }),
          TWO: optionalSetting({ sentence: "Told.", schema: z.string(), unset: "no", internal: true }),
        },
      },
    ];
    expect(exampleFile(groups)).toMatch(/# Does this\. Default: a\nONE=\n$/);
    expect(settingsPage(groups)).toMatch(/\| `ONE` \| Does this\. \| a \|\n$/);
  });

  it("change nothing as they are", () => {
    expect([...parseEnvFile(text).values.values()].every((value) => value === "")).toBe(true);
    writeFileSync(join(root, ".dev.vars"), text, { mode: 0o600 });
    expect(readSettings(root, {})).toEqual({
      ...readSettings(mkdtempRoot(), {}),
      localDirectory: join(root, ".local"),
      logDirectory: join(root, "logs"),
    });
  });

  it("name a setting that is declared twice, in two groups or in two places of the source", () => {
    const settings = { ONE: setting({ sentence: "", schema: z.string(), default: "" }) };
    const group = { title: "", settings };
    expect(declaredTwice([group, group], [])).toEqual(["ONE"]);
    expect(declaredTwice([group], ["{ ONE: setting({", "x = {\n  ONE: optionalSetting({"])).toEqual(["ONE"]);
    expect(declaredTwice([group], ["{ ONE: setting({"])).toEqual([]);
  });
});

describe("a file of settings", () => {
  it.runIf(process.platform !== "win32")("that others may read is said to be so", () => {
    writeFileSync(join(root, ".dev.vars"), `OPENAI_API_KEY=${key}\n`, { mode: 0o644 });
    expect(readSettings(root, {}).notes).toEqual([
      ".dev.vars may be read by other users of this machine; it holds keys: chmod 600 .dev.vars",
    ]);
    chmodSync(join(root, ".dev.vars"), 0o600);
    expect(readSettings(root, {}).notes).toEqual([]);
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
