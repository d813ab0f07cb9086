import { createHash } from "node:crypto";
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { SkippedTarget } from "../../workers/benchmark/jobs/target.ts";
import type { OutboxItem, ResultRow } from "../../workers/benchmark/store/rows.ts";
import { codeOf } from "../errors.ts";
import { startTimeOf } from "../processes.ts";
import type { DatabaseIdentity } from "./database-identity.ts";

/** The first line: whose rows these are, and where they belong. */
export interface Header {
  readonly kind: "file";
  readonly runId: string;
  readonly database: DatabaseIdentity;
  /** Targets that the run has left out so far. */
  readonly skipped: readonly SkippedTarget[];
  /** What it had yet to ask when this line was written; requests that began since then stand below. Older files have none. */
  readonly planned?: readonly PlannedTarget[];
}

/** A place in the run's queue, and what it comes to when the run is cut off before it. */
export interface PlannedTarget {
  readonly position: number;
  readonly ifNeverAsked: SkippedTarget;
}

/** A request that is under way, as the row that it comes to when nobody sees its end. */
export interface Begin {
  readonly kind: "begin";
  readonly position: number;
  readonly row: ResultRow;
}

export type Line = OutboxItem | Begin;

export interface Contents {
  readonly header: Header;
  readonly lines: readonly Line[];
  /** Lines that a crash cut short in the middle of their writing. */
  readonly torn: readonly string[];
  readonly lastWrite: Date;
}

const NAME = /^unsaved-([0-9a-f-]{36})(?:\.held-(\d+)-([0-9a-f]{8}|unknown))?\.jsonl$/;

/**
 * `logs/unsaved-<run>.jsonl`: what a terminal run has yet to save. While a process works with it, the name says
 * which one (`….held-<pid>-<mark of its start>.jsonl`), so that taking a file over is one rename: of two
 * processes that want the same one, one gets it, and nobody takes a living process's.
 */
export class UnsavedFile {
  readonly runId: string;
  readonly #directory: string;
  #name: string;

  private constructor(directory: string, runId: string, name: string) {
    this.#directory = directory;
    this.runId = runId;
    this.#name = name;
  }

  /** The file of a run of this process; it is there from the first `replace` on. */
  static ofThisProcess(directory: string, runId: string): UnsavedFile {
    mkdirSync(directory, { recursive: true });
    return new UnsavedFile(directory, runId, heldName(runId));
  }

  /** Files that no living process holds. */
  static free(directory: string): UnsavedFile[] {
    return namesIn(directory).flatMap((name) => {
      const [, runId, pid, mark] = NAME.exec(name) ?? [];
      if (runId === undefined) return [];
      if (pid !== undefined && mark !== undefined && isLiving(Number(pid), mark)) return [];
      return [new UnsavedFile(directory, runId, name)];
    });
  }

  get path(): string {
    return join(this.#directory, this.#name);
  }

  /** Where refused rows of this run are kept. */
  get rejectedPath(): string {
    return join(this.#directory, `rejected-${this.runId}.jsonl`);
  }

  /** Takes a free file over. @returns false where another process was quicker. */
  claim(): boolean {
    const taken = heldName(this.runId);
    try {
      renameSync(this.path, join(this.#directory, taken));
    } catch (error) {
      if (codeOf(error) === "ENOENT") return false;
      throw error;
    }
    rmSync(`${this.path}.new`, { force: true });
    this.#name = taken;
    return true;
  }

  /** Lets go of the file, for any later process to take. */
  release(): void {
    const free = `unsaved-${this.runId}.jsonl`;
    renameSync(this.path, join(this.#directory, free));
    this.#name = free;
  }

  append(line: Line): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`);
  }

  /** Writes the whole file anew; a crash leaves the old or the new one. */
  replace(header: Header, lines: readonly Line[]): void {
    const text = [header, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
    writeFileSync(`${this.path}.new`, text, { mode: 0o600 });
    renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
  }

  /** Keeps an item that the database will never take, with its reason. An item is kept once, however often it comes. */
  reject(item: OutboxItem | string, reason: string): void {
    const kept = JSON.stringify(item);
    if (readIfThere(this.rejectedPath)?.includes(`"item":${kept}}\n`)) return;
    appendFileSync(this.rejectedPath, `{"reason":${JSON.stringify(reason)},"item":${kept}}\n`, {
      mode: 0o600,
    });
  }

  /** @returns null where the file is gone, or its first line says nothing of whose it is. */
  read(): Contents | null {
    const text = readIfThere(this.path);
    const [first, ...rest] = (text ?? "").split("\n").filter((line) => line.trim() !== "");
    const header = first === undefined ? null : (parse(first) as Header | null);
    if (header?.kind !== "file") return null;
    const read = rest.map((text) => ({ text, line: parse(text) as Line | null }));
    return {
      header,
      lines: read.flatMap(({ line }) => (line === null ? [] : [line])),
      torn: read.flatMap(({ text, line }) => (line === null ? [text] : [])),
      lastWrite: statSync(this.path).mtime,
    };
  }
}

function heldName(runId: string): string {
  return `unsaved-${runId}.held-${process.pid}-${markOf(startTimeOf(process.pid))}.jsonl`;
}

/** Tells a process from a later one of the same number. */
function markOf(started: string | null): string {
  return started === null ? "unknown" : createHash("sha256").update(started).digest("hex").slice(0, 8);
}

function isLiving(pid: number, mark: string): boolean {
  const started = startTimeOf(pid);
  if (started !== null) return markOf(started) === mark;
  // Where the system tells no start, the number alone must do.
  return mark === "unknown" && exists(pid);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is there, and somebody else's.
    return codeOf(error) === "EPERM";
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    // No directory: nothing was ever left unsaved.
    if (codeOf(error) === "ENOENT") return [];
    throw error;
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (codeOf(error) === "ENOENT") return null;
    throw error;
  }
}

/** Written by this module and by nothing else, so that what parses is what was written. */
function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
