/** A server of our own plays GitHub's page of the release, and hands out an archive that the system's tar made. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  postgrestChoice,
  type ReleaseOptions,
  releasedPostgrest,
} from "../../../local/supabase/postgrest-release.ts";

const FILE = "postgrest-v14.5-ubuntu-aarch64.tar.xz";
const PROGRAM = `#!/bin/sh\necho "PostgREST 14.5"\n# ${"padding ".repeat(4_000)}\n`;

let top: string;
let archive: Buffer;
let server: Server;
let base: string;
let said: string[];
/** What the server sends for the archive, and the digest that its page names. */
let send: (response: ServerResponse) => void;
let digest: string | undefined;
let asked: string[];

beforeEach(async () => {
  top = mkdtempSync(join(tmpdir(), "postgrest-release-"));
  writeFileSync(join(top, "postgrest"), PROGRAM);
  chmodSync(join(top, "postgrest"), 0o755);
  execFileSync("tar", ["-cJf", join(top, FILE), "-C", top, "postgrest"]);
  archive = readFileSync(join(top, FILE));
  digest = `sha256:${sha256(archive)}`;
  said = [];
  asked = [];
  send = (response) => response.writeHead(200, { "content-length": archive.length }).end(archive);
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    if (request.url === `/files/${FILE}`) return send(response);
    if (request.url !== "/release") return response.writeHead(404).end();
    const asset = { name: FILE, browser_download_url: `${base}/files/${FILE}`, size: archive.length, digest };
    response.end(JSON.stringify({ tag_name: "v14.5", assets: [{ ...asset, name: "another.zip" }, asset] }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  base = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(top, { recursive: true, force: true });
});

const sha256 = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const directory = () => join(top, "kept");
const fetchIt = (more: Partial<ReleaseOptions> = {}) =>
  releasedPostgrest({
    directory: directory(),
    say: (line) => said.push(line),
    system: "linux-arm64",
    page: `${base}/release`,
    ...more,
  });
const kept = () => (existsSync(directory()) ? readdirSync(directory()) : []);

describe("the PostgREST of a system that npm has none for", () => {
  it("is fetched once, compared with the checksum that the page names, unpacked and kept", async () => {
    const file = await fetchIt();
    expect(execFileSync(file, { encoding: "utf8" })).toBe("PostgREST 14.5\n");
    expect(said[0]).toBe(`npm has no PostgREST for linux arm64: fetching ${FILE} …`);
    expect(said.at(-1)).toMatch(/^ {2}100 % of \d+\.\d MB$/);
    const requests = asked.length;
    expect(await fetchIt()).toBe(file);
    expect(asked).toHaveLength(requests);
  });

  it("is refused when its checksum is another than the page's, and nothing of it is kept", async () => {
    digest = `sha256:${"0".repeat(64)}`;
    await expect(fetchIt()).rejects.toThrow(
      new RegExp(`does not have the checksum it should \\(SHA-256 ${sha256(archive)}, not 0{64}\\)`),
    );
    expect(kept()).toEqual([]);
  });

  it.each<[string, (response: ServerResponse) => void]>([
    [
      "with its length told",
      (response) => {
        response.writeHead(200, { "content-length": archive.length });
        response.write(archive.subarray(0, archive.length / 2), () => response.destroy());
      },
    ],
    [
      "in chunks",
      (response) => response.write(archive.subarray(0, archive.length / 2), () => response.destroy()),
    ],
  ])("is refused when half of it came (%s), and comes whole at the next start", async (_how, half) => {
    const whole = send;
    send = half;
    await expect(fetchIt()).rejects.toThrow(/broke off after 0\.0 MB \(.+\): start again/);
    expect(kept()).toEqual([]);
    send = whole;
    expect(existsSync(await fetchIt())).toBe(true);
  });

  it("is refused when it ends early as if it were whole", async () => {
    send = (response) => response.end(archive.subarray(0, archive.length / 2));
    await expect(fetchIt()).rejects.toThrow(/does not have the checksum/);
    expect(kept()).toEqual([]);
  });

  it("is given up when nothing more comes", async () => {
    send = (response) => {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 100));
    };
    await expect(fetchIt({ patienceMs: 300 })).rejects.toThrow(
      /broke off after 0\.0 MB \(nothing came any more\)/,
    );
    expect(kept()).toEqual([]);
  });

  it("is given up at once when the start is", async () => {
    const ending = new AbortController();
    send = (response) => response.write(archive.subarray(0, 100), () => ending.abort());
    await expect(fetchIt({ signal: ending.signal })).rejects.toThrow(/broke off|cannot be fetched/);
    expect(kept()).toEqual([]);
  });

  it("names the reason and the ways out when there is no network", async () => {
    await expect(fetchIt({ page: "http://127.0.0.1:1/release" })).rejects.toThrow(
      /cannot be fetched from http:\/\/127\.0\.0\.1:1\/release \(.+\): .*POSTGREST_BIN.*brew install postgrest.*SUPABASE_URL/,
    );
    expect(kept()).toEqual([]);
  });

  it("names the status when the page refuses", async () => {
    await expect(fetchIt({ page: `${base}/nothing` })).rejects.toThrow(/\/nothing answers with status 404/);
  });

  it("is not fetched without a checksum", async () => {
    digest = undefined;
    await expect(fetchIt()).rejects.toThrow(`/release names no checksum of ${FILE}`);
    expect(asked).toEqual(["/release"]);
  });

  it("comes from another place when somebody names one with its checksum, and the page is not asked", async () => {
    const file = await fetchIt({ archive: { url: `${base}/files/${FILE}`, sha256: sha256(archive) } });
    expect(execFileSync(file, { encoding: "utf8" })).toBe("PostgREST 14.5\n");
    expect(asked).toEqual([`/files/${FILE}`]);
    await expect(
      fetchIt({ archive: { url: `${base}/files/${FILE}`, sha256: "1".repeat(64) } }),
    ).rejects.toThrow(/does not have the checksum/);
  });

  it("is fetched over https only, but for a server on this machine", async () => {
    const url = `http://mirror.example/${FILE}`;
    await expect(fetchIt({ archive: { url, sha256: sha256(archive) } })).rejects.toThrow(/over https only/);
    await expect(fetchIt({ page: "http://mirror.example/release" })).rejects.toThrow(/over https only/);
  });

  it("does not exist for every system, and then the ways out are named", async () => {
    await expect(fetchIt({ system: "sunos-x64" })).rejects.toThrow(
      /^there is no PostgREST for sunos x64: .*POSTGREST_BIN.*SUPABASE_URL/,
    );
  });

  it("is refused when it cannot be unpacked or holds no program", async () => {
    archive = Buffer.from("no archive at all");
    digest = `sha256:${sha256(archive)}`;
    await expect(fetchIt()).rejects.toThrow(/could not be unpacked \(.+\): is xz installed/);
    writeFileSync(join(top, "other"), "x");
    execFileSync("tar", ["-cJf", join(top, FILE), "-C", top, "other"]);
    archive = readFileSync(join(top, FILE));
    digest = `sha256:${sha256(archive)}`;
    await expect(fetchIt()).rejects.toThrow(/has no postgrest in it/);
    expect(kept()).toEqual([]);
  });
});

describe("the choice of a PostgREST", () => {
  it("is read from three variables, none of which needs to be set", () => {
    expect(postgrestChoice({})).toEqual({ bin: null, archive: null });
    expect(postgrestChoice({ POSTGREST_BIN: "/bin/postgrest" })).toEqual({
      bin: "/bin/postgrest",
      archive: null,
    });
    expect(postgrestChoice({ POSTGREST_URL: "https://m.example/p.tar.xz", POSTGREST_SHA256: "AB" })).toEqual({
      bin: null,
      archive: { url: "https://m.example/p.tar.xz", sha256: "ab" },
    });
  });

  it("wants a checksum with an address", () => {
    expect(() => postgrestChoice({ POSTGREST_URL: "https://m.example/p.tar.xz" })).toThrow(
      /POSTGREST_SHA256/,
    );
  });
});
