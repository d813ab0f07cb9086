import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../errors.ts";
import { runScript } from "../script.ts";
import { type SettingGroup, settingGroups, writtenSettings } from "../settings.ts";
import { projectRoot } from "../tools.ts";

/*
 * `npm run settings` writes what follows from the declared settings: the example file and a page of the docs.
 * `--check`, part of `npm run check`, writes nothing and fails where they are out of date.
 */

const WIDTH = 111;

/** The text of `.dev.vars.example`. */
export function exampleFile(groups: readonly SettingGroup[]): string {
  const parts = groups.map((group) => {
    const lines = writtenSettings([group]).map(
      ([name, { sentence, unset }]) => `# ${sentence} Default: ${unset}\n${name}=\n`,
    );
    return `${`# --- ${group.title} `.padEnd(WIDTH, "-")}\n${lines.join("")}`;
  });
  return `# Made by \`npm run settings\`: see docs/settings.md. Copy it to .dev.vars (chmod 600) and fill in what you have.
# Everything is optional: without any of it \`npm start\` uses an embedded Supabase and a simulator. The environment
# wins over this file. Never commit .dev.vars.

${parts.join("\n")}`;
}

/** The text of `docs/settings.md`. */
export function settingsPage(groups: readonly SettingGroup[]): string {
  const parts = groups.map((group) => {
    const rows = writtenSettings([group]).map(
      ([name, { sentence, unset, secret }]) =>
        `| \`${name}\` | ${sentence}${secret ? " Secret." : ""} | ${unset} |\n`,
    );
    return `## ${group.title}\n| setting | what it does | default |\n|---|---|---|\n${rows.join("")}`;
  });
  return `# Settings
Made by \`npm run settings\` from the declarations in \`workers/settings/supabase.ts\`, \`workers/benchmark/settings.ts\`,
\`workers/benchmark/alerts/settings.ts\`, \`workers/benchmark/telemetry/settings.ts\`, \`app/data/settings.server.ts\` and \`local/machine-settings.ts\`. To add one, declare it there and run the command: validation, the
Worker's share, \`.dev.vars.example\` and this page follow.

Settings come from the environment or \`.dev.vars\`; the environment wins, and an empty value there hides the file's. White space
around a value is taken off. Addresses are https, or http on this machine, without user name or password. Keys with quotes or spaces
in them, a secret key in place of the publishable one, and tokens that could never match are refused before anything starts.

${parts.join("\n")}`;
}

/**
 * Names that are declared more than once: by two groups, or anywhere in the source by two calls.
 * @param sources the text of every file that may declare one
 */
export function declaredTwice(groups: readonly SettingGroup[], sources: readonly string[]): string[] {
  const inGroups = groups.flatMap(({ settings }) => Object.keys(settings));
  const inSources = sources.flatMap((text) =>
    [...text.matchAll(/\b([A-Z][A-Z0-9_]+): (?:optionalSetting|setting)\(/g)].map((match) => match[1] ?? ""),
  );
  return [...new Set([...repeated(inGroups), ...repeated(inSources)])];
}

const repeated = (names: readonly string[]) => names.filter((name, index) => names.indexOf(name) !== index);

function sourceFiles(): string[] {
  return ["app", "workers", "local"].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.tsx?$/.test(name))
      .map((name) => readFileSync(join(projectRoot, folder, name), "utf8")),
  );
}

function run(check: boolean): void {
  const [twice] = declaredTwice(settingGroups, sourceFiles());
  if (twice !== undefined) throw new SetupError(`${twice} is declared twice; declare it once.`);
  const files = {
    ".dev.vars.example": exampleFile(settingGroups),
    "docs/settings.md": settingsPage(settingGroups),
  };
  for (const [name, text] of Object.entries(files)) {
    const path = join(projectRoot, name);
    if (!check) writeFileSync(path, text);
    else if (readFileSync(path, "utf8") !== text) {
      throw new SetupError(`${name} is out of date; write it anew with: npm run settings`);
    }
  }
}

await runScript(import.meta.url, async () => run(process.argv.includes("--check")));
