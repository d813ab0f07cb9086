/** Vite's dev server as `npm run dev` starts it, in a copy of the checkout that has secrets lying about. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { findFreePort } from "../../local/stack/ports.ts";
import { projectRoot, remixBin } from "../../local/tools.ts";

const CANARY = "canary-that-no-browser-may-see";
/** Files that a developer has in a checkout and a page has no business with. */
const PRIVATE = [
  ".dev.vars",
  ".dev.vars.production",
  ".env",
  ".env.local",
  ".git/config",
  ".local/supabase/keys.json",
  ".local/dashboard.env",
  "logs/unsaved-1.jsonl",
  "logs/benchmark_engine_20261128.log",
  "build/worker-benchmark/notes.js",
  "supabase/.temp/pooler-url",
  "workers/benchmark/notes.ts",
  "workers/benchmark/.dev.vars",
  "local/notes.json",
  "tests/notes.ts",
  "server.key",
  "server.pem",
  "id_ed25519",
];
const COPIED = ["app", "docs", "local", "public", "supabase", "workers", "build/fonts"];
const COPIED_FILES = ["package.json", "remix.config.js", "tsconfig.json", "vite.config.ts", "wrangler.toml"];

let root: string;
let port: number;
let server: ChildProcess;
let output = "";

beforeAll(async () => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dev-server-")));
  for (const path of [...COPIED, ...COPIED_FILES]) {
    // Without the developer's own settings, and without the link to them: the canaries would be written into them.
    const filter = (source: string) => basename(source) !== ".dev.vars";
    cpSync(join(projectRoot, path), join(root, path), { recursive: true, filter });
  }
  symlinkSync(join(projectRoot, "node_modules"), join(root, "node_modules"));
  for (const path of PRIVATE) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `// ${CANARY}\n`);
  }
  const settings = join(root, ".local", "dashboard.env");
  writeFileSync(settings, `# ${CANARY}\nSUPABASE_URL='http://127.0.0.1:9'\nSUPABASE_ANON_KEY='nobody'\n`);
  const editor = join(root, "editor.sh");
  writeFileSync(editor, `#!/bin/sh\necho "$@" > "${join(root, "opened")}"\n`, { mode: 0o755 });
  port = await findFreePort();
  server = spawn(
    process.execPath,
    [remixBin(root), "vite:dev", "--host", "127.0.0.1", "--port", String(port), "--strictPort"],
    {
      cwd: root,
      env: { PATH: process.env.PATH, DASHBOARD_ENV_FILE: settings, LAUNCH_EDITOR: editor },
      stdio: "pipe",
      detached: true,
    },
  );
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on("data", (piece) => {
      output += piece;
    });
  }
  const until = Date.now() + 90_000;
  while ((await get("/app/root.tsx").catch(() => null))?.status !== 200) {
    if (server.exitCode !== null || Date.now() > until)
      throw new Error(`The dev server did not start:\n${output}`);
    await sleep(200);
  }
}, 120_000);
afterAll(async () => {
  const ended = new Promise((resolve) => server.once("exit", resolve));
  // Its whole group: it has started workerd, which would outlive it.
  if (server.pid !== undefined) process.kill(-server.pid, "SIGKILL");
  await ended;
  rmSync(root, { recursive: true, force: true });
});

/** The target is sent as it stands: fetch would tidy it up first. */
function get(
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port, path, headers: { accept: "*/*", ...headers }, timeout: 20_000 },
      (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (piece: string) => {
          body += piece;
        });
        response.on("end", () => resolve({ status: response.statusCode ?? 0, body }));
      },
    );
    asked.on("timeout", () => asked.destroy(new Error(`no answer: ${path}`)));
    asked.on("error", reject).end();
  });
}

it("hands out what pages are made of", async () => {
  for (const path of ["/app/root.tsx", "/app/tailwind.css", "/favicon.svg", "/@vite/client"]) {
    expect((await get(path)).status, path).toBe(200);
  }
});

const FOREIGN: readonly Readonly<Record<string, string>>[] = [
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
  { origin: "http://localhost:3000", "sec-fetch-site": "same-site" },
  { host: "evil.example" },
];

it("opens no file in an editor, and answers no page of another site", async () => {
  for (const path of ["/__open-in-editor?file=.dev.vars", "/%5f_open-in-editor?file=/etc/hostname"])
    expect((await get(path)).status, path).toBe(404);
  expect(existsSync(join(root, "opened"))).toBe(false);
  for (const path of ["/", "/@vite/client", "/app/root.tsx"]) {
    for (const headers of FOREIGN) expect((await get(path, headers)).status, path).toBeOneOf([403, 421]);
  }
});

const QUERIES = [
  "",
  "?raw",
  "?url",
  "?inline",
  "?import",
  "?import&raw",
  "?raw&url",
  "?raw??",
  "?import&?inline=1.wasm?init",
  "?.svg?.wasm?init",
  "?t=1",
  "?html-proxy",
];

it.each(PRIVATE)("hands out %s in no way", async (path) => {
  const absolute = join(root, path);
  const addresses = [
    `/${path}`,
    `/@fs${absolute}`,
    `/@fs/${absolute}`,
    `/@id/${absolute}`,
    `/app/../${path}`,
    `/app/%2e%2e/${path}`,
    `/@fs${root}/app/../${path}`,
    `/@fs${root}/app/%2e%2e/${path}`,
    `/@fs${root}/app/#/../../${path}`,
    `/@fs${root}//${path}`,
    `/@fs${root}/${path}/`,
    `/${path.replaceAll(".", "%2e")}`,
    `/public/../${path}`,
    `/..${absolute}`,
  ];
  const found = [];
  for (const address of addresses) {
    for (const query of QUERIES) {
      const { body } = await get(address + query);
      // A module with its text inlined has it encoded.
      if (body.includes(CANARY) || body.includes(btoa(`// ${CANARY}\n`).slice(4, 30)))
        found.push(address + query);
    }
  }
  expect(found, output.slice(-2_000)).toEqual([]);
});
