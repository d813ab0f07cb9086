/** The rooms that biome.json keeps apart: what is forbidden is imported from each of them, and must be refused. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, matchesGlob, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";

const NODE = ["node:fs", "node:fs/promises"];
const SUPABASE = "@supabase/supabase-js";

/** By a file of each room: files of this project and packages that it must not import. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  "app/routes/_index.tsx": ["workers/benchmark/config.ts", "local/settings.ts", SUPABASE, ...NODE],
  "app/lib/calculations.ts": ["workers/dashboard/headers.ts", "local/settings.ts", SUPABASE, ...NODE],
  "app/data/reader.server.ts": ["workers/benchmark/store/client.ts", "local/settings.ts", ...NODE],
  "workers/settings/setting.ts": [
    "workers/benchmark/config.ts",
    "app/lib/format.ts",
    "local/settings.ts",
    SUPABASE,
    ...NODE,
  ],
  "workers/dashboard/index.ts": ["workers/benchmark/config.ts", "local/settings.ts", SUPABASE, ...NODE],
  "workers/benchmark/config.ts": ["app/lib/format.ts", "local/settings.ts", SUPABASE, ...NODE],
  "workers/benchmark/jobs/budget.ts": ["app/lib/format.ts", "local/settings.ts", SUPABASE, ...NODE],
  "workers/benchmark/coordinator/ledger.ts": ["app/lib/format.ts", "local/settings.ts", SUPABASE, ...NODE],
  ...Object.fromEntries(
    ["probe/measure.ts", "providers/openai.ts", "catalog/price.ts", "watch/incidents.ts"].map((file) => [
      `workers/benchmark/${file}`,
      [
        "workers/benchmark/store/client.ts",
        "workers/benchmark/coordinator/ledger.ts",
        "workers/benchmark/coordinator.ts",
        "workers/benchmark/jobs/budget.ts",
        "supabase/database.types.ts",
        "app/lib/format.ts",
        "local/settings.ts",
        SUPABASE,
        ...NODE,
      ],
    ]),
  ),
  "workers/benchmark/store/client.ts": [
    "workers/benchmark/probe/stream/sse.ts",
    "workers/benchmark/probe/network/exchange.ts",
    "workers/benchmark/probe/measure.ts",
    "workers/benchmark/probe/index.ts",
    "workers/benchmark/providers/openai.ts",
    "workers/benchmark/coordinator/ledger.ts",
    "workers/benchmark/coordinator.ts",
    "workers/benchmark/jobs/budget.ts",
    "app/lib/format.ts",
    "local/settings.ts",
    ...NODE,
  ],
};

const cases = Object.entries(FORBIDDEN).flatMap(([importer, all]) =>
  all.map((imported) => ({ importer, imported })),
);
const isFile = (imported: string) => /\.tsx?$/.test(imported);
const specifierOf = (importer: string, imported: string) =>
  isFile(imported) ? relative(dirname(importer), imported).replace(/^(?!\.)/, "./") : imported;

const diagnostics = z.object({
  diagnostics: z.array(
    z.looseObject({ category: z.string(), location: z.looseObject({ path: z.unknown() }) }),
  ),
});

describe("the guards between rooms", () => {
  const directory = mkdtempSync(join(tmpdir(), "benchmark-engine-guards-"));
  const refused = new Set<string>();
  const fileOf = (importer: string, index: number) => join(dirname(importer), `guard-${index}.ts`);

  beforeAll(() => {
    cpSync("biome.json", join(directory, "biome.json"));
    for (const [index, { importer, imported }] of cases.entries()) {
      const file = join(directory, fileOf(importer, index));
      mkdirSync(dirname(file), { recursive: true });
      const line = `import * as it from ${JSON.stringify(specifierOf(importer, imported))};\nexport default it;\n`;
      writeFileSync(file, line);
    }
    // What a room may import shows that the guard does not refuse everything.
    writeFileSync(
      join(directory, "workers/benchmark/probe/guard-free.ts"),
      'export * from "../config.ts";\n',
    );
    for (const { category, location } of lint(directory)) {
      if (category === "lint/style/noRestrictedImports") refused.add(JSON.stringify(location.path));
    }
  });
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(cases)("keep $imported out of $importer's room", ({ importer, imported }) => {
    expect(existsSync(importer), `${importer} is there`).toBe(true);
    if (isFile(imported)) expect(existsSync(imported), `${imported} is there`).toBe(true);
    const index = cases.findIndex((one) => one.importer === importer && one.imported === imported);
    expect([...refused].some((path) => path.includes(`guard-${index}.ts`))).toBe(true);
  });

  it("let through what may be imported", () => {
    expect([...refused].filter((path) => path.includes("guard-free"))).toEqual([]);
  });

  it("have no pattern that no import of this test meets", () => {
    const settings = z
      .object({ overrides: z.array(z.unknown()) })
      .parse(JSON.parse(readFileSync("biome.json", "utf8")));
    const groups = [...JSON.stringify(settings.overrides).matchAll(/"group":(\[[^\]]*\])/g)].map(
      ([, group]) => z.array(z.string()).parse(JSON.parse(group ?? "")),
    );
    const idle = groups.flatMap((group) =>
      group.filter(
        (pattern) =>
          !cases.some(({ importer, imported }) =>
            // Node's glob takes "../" for something that ** does not match.
            matchesGlob(specifierOf(importer, imported).replace(/^(\.\.?\/)+/, ""), pattern),
          ),
      ),
    );
    expect(groups.length).toBeGreaterThan(0);
    expect(idle).toEqual([]);
  });
});

function lint(directory: string) {
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const args = [
    biome,
    "lint",
    "--reporter=json",
    "--max-diagnostics=none",
    "--only=style/noRestrictedImports",
  ];
  try {
    execFileSync(process.execPath, [...args, "."], { cwd: directory, encoding: "utf8", stdio: "pipe" });
  } catch (error) {
    const { stdout } = z.object({ stdout: z.string() }).parse(error);
    return diagnostics.parse(JSON.parse(stdout)).diagnostics;
  }
  return [];
}
