import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { SetupError } from "../errors.ts";
import { runScript } from "../script.ts";
import { projectRoot } from "../tools.ts";

/*
 * `npm run decisions` writes the index of docs/decisions/README.md from the heads of the decisions. `--check`, part of
 * `npm run check`, writes nothing and fails on a decision without index entry, or with a head that is not as the
 * template's.
 */

export interface DecisionFile {
  readonly file: string;
  readonly text: string;
}

interface Decision {
  readonly number: string;
  readonly title: string;
  readonly status: string;
  readonly subject: string;
  readonly file: string;
}

const BEGIN = "<!-- index: made by npm run decisions -->";
const END = "<!-- /index -->";
const HEAD =
  /^# (\d{4})\. (.+)\n\n- Status: (accepted|superseded by \d{4})\n- Subject: (.+)\n- Date: \d{4}-\d{2}(?:-\d{2})?\n\n/;

/** @throws SetupError with a line for each fault. */
export function readDecisions(files: readonly DecisionFile[]): readonly Decision[] {
  const decisions: Decision[] = [];
  const faults: string[] = [];
  for (const [n, { file, text }] of [...files].sort((a, b) => (a.file < b.file ? -1 : 1)).entries()) {
    const [, number = "", title = "", status = "", subject = ""] = HEAD.exec(text) ?? [];
    const wanted = `${String(n + 1).padStart(4, "0")}-${slugOf(title)}.md`;
    if (number === "") faults.push(`${file}: its head is not as template.md's`);
    else if (file !== wanted || !file.startsWith(number)) {
      faults.push(`${file}: by number and title it is ${wanted}, with that number in its heading`);
    }
    decisions.push({ number, title, status, subject, file });
  }
  const numbers = new Set(decisions.map(({ number }) => number));
  for (const { file, status } of decisions) {
    const successor = /^superseded by (\d{4})$/.exec(status)?.[1];
    if (successor && !numbers.has(successor)) faults.push(`${file}: there is no decision ${successor}`);
  }
  if (faults.length > 0) throw new SetupError(`Decisions out of order:\n${faults.join("\n")}`);
  return decisions;
}

/** README.md with the index of these decisions, by subject. @throws SetupError where it has no place for one. */
export function withIndex(readme: string, decisions: readonly Decision[]): string {
  const before = readme.indexOf(BEGIN);
  const after = readme.indexOf(END);
  if (before < 0 || after < before)
    throw new SetupError("docs/decisions/README.md has no place for its index.");
  const subjects = [...new Set(decisions.map(({ subject }) => subject))].sort();
  const parts = subjects.map((subject) => {
    const rows = decisions
      .filter((decision) => decision.subject === subject)
      .map(({ number, title, status, file }) => `| ${number} | [${title}](${file}) | ${status} |`);
    return `## ${subject}\n\n| | decision | status |\n|---|---|---|\n${rows.join("\n")}\n`;
  });
  return `${readme.slice(0, before)}${BEGIN}\n\n${parts.join("\n")}\n${readme.slice(after)}`;
}

function slugOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll("'", "")
    .replaceAll(/[^a-z\d]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}

function run(check: boolean): void {
  const folder = join(projectRoot, "docs/decisions");
  const files = readdirSync(folder)
    .filter((file) => /^\d/.test(file))
    .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));
  const path = join(folder, "README.md");
  const readme = readFileSync(path, "utf8");
  const written = withIndex(readme, readDecisions(files));
  if (written === readme) return;
  if (check) {
    throw new SetupError("The index of docs/decisions/README.md is out of date: npm run decisions");
  }
  writeFileSync(path, written);
}

await runScript(import.meta.url, async () => run(process.argv.includes("--check")));
