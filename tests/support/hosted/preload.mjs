/**
 * Loaded before every Node program that a test starts (NODE_OPTIONS=--import): the world beyond this machine as a
 * deployment meets it. Requests to hosted addresses go to local servers; wrangler, and npx with what it would
 * fetch, are played by what is below. Any Node reads this file, the one that npm runs on too.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const worldFile = process.env.HOSTED_WORLD;
const program = process.argv[1] ?? "";

if (worldFile !== undefined) {
  rerouteFetch();
  const args = process.argv.slice(2);
  if (/wrangler[\\/]bin[\\/]wrangler\.js$/.test(program)) await leave(playWrangler(args));
  // npm's own program, or the link to it on the PATH.
  if (/npx(-cli\.js)?$/.test(program)) await leave(playNpx(args[0] === "--yes" ? args.slice(1) : args));
}

function readWorld() {
  return JSON.parse(readFileSync(worldFile, "utf8"));
}

/** Notes a call, and what it changed. */
function record(call, change = {}) {
  const world = readWorld();
  // In one step: others read it meanwhile.
  const file = `${worldFile}.${process.pid}`;
  writeFileSync(file, JSON.stringify({ ...world, ...change, calls: [...world.calls, call] }));
  renameSync(file, worldFile);
}

async function leave(played) {
  const { code = 0, out = "", err = "" } = (await played) ?? {};
  // Written at once: the process ends before a stream would be empty.
  if (out) writeSync(1, `${out}\n`);
  if (err) writeSync(2, `${err}\n`);
  process.exit(code);
}

function rerouteFetch() {
  const { fetch } = globalThis;
  globalThis.fetch = (input, init) => {
    const address = String(input instanceof Request ? input.url : input);
    const route = Object.entries(readWorld().routes).find(([hosted]) => address.startsWith(hosted));
    if (route === undefined) return fetch(input, init);
    const local = route[1] + address.slice(route[0].length);
    return input instanceof Request ? fetch(new Request(local, input), init) : fetch(local, init);
  };
}

async function playNpx([tool, ...args]) {
  if (/^supabase@\d/.test(tool ?? "")) return playSupabase(`npx ${tool}`, args);
  if (tool === "wrangler") return playWrangler(args);
  return { code: 1, err: `npx ${tool} is not played` };
}

async function playSupabase(name, args) {
  record([name, ...args].join(" "));
  const refFile = join(process.cwd(), "supabase", ".temp", "project-ref");
  if (args[0] === "login") return void record("(supabase login)", { supabaseLogin: true });
  if (!readWorld().supabaseLogin) return { code: 1, err: "Access token not provided." };
  if (args[0] === "link") {
    mkdirSync(join(refFile, ".."), { recursive: true });
    writeFileSync(refFile, args[args.indexOf("--project-ref") + 1]);
    return {};
  }
  if (args.slice(0, 2).join(" ") !== "db push") return { code: 1, err: `supabase ${args[0]} is not played` };
  if (!args.includes("--linked")) return { code: 1, err: "failed to connect to the local database" };
  if (!existsSync(refFile)) return { code: 1, err: "Cannot find project ref. Have you run supabase link?" };
  return { out: await pushMigrations() };
}

/** With the project's own code, which records them as the CLI does. */
async function pushMigrations() {
  const load = (path) => import(pathToFileURL(join(process.cwd(), path)).href);
  const [{ applyMigrations, readMigrations }, { withClient }] = await Promise.all([
    load("local/supabase/migrations.ts"),
    load("local/supabase/database.ts"),
  ]);
  const migrations = await readMigrations(join(process.cwd(), "supabase", "migrations"));
  const applied = await withClient(readWorld().databaseUrl, (client) => applyMigrations(client, migrations));
  return applied.length === 0 ? "Remote database is up to date." : applied.join("\n");
}

async function playWrangler(args) {
  record(["wrangler", ...args.map((arg) => (existsSync(arg) ? "FILE" : arg))].join(" "));
  const world = readWorld();
  if (args[0] === "login") return void record("(wrangler login)", { wranglerLogin: true });
  if (args[0] === "whoami") {
    if (!world.wranglerLogin) return { code: 1, out: JSON.stringify({ loggedIn: false }) };
    return { out: JSON.stringify({ loggedIn: true, accounts: world.accounts }) };
  }
  if (!world.wranglerLogin) return { code: 1, err: "You are not authenticated." };
  const config = args[args.indexOf("--config") + 1] ?? "";
  const worker = config.includes("benchmark/wrangler.toml")
    ? "benchmark-engine-worker"
    : "benchmark-engine-dashboard";
  if (args[0] === "secret") return { out: JSON.stringify([{ name: "GROQ_API_KEY", type: "secret_text" }]) };
  if (args[0] !== "deploy") return { code: 1, err: `wrangler ${args[0]} is not played` };
  const secretsFile = args[args.indexOf("--secrets-file") + 1];
  record("(deployed)", {
    secretsFiles: [...world.secretsFiles, secretsFile],
    deployed: { ...world.deployed, [worker]: JSON.parse(readFileSync(secretsFile, "utf8")) },
  });
  if (world.wranglerHangs) await new Promise((resolve) => setTimeout(resolve, 60_000));
  const targets = [`https://${worker}.example.workers.dev`];
  if (worker === "benchmark-engine-worker") targets.push("schedule: */15 * * * *");
  writeFileSync(
    process.env.WRANGLER_OUTPUT_FILE_PATH ?? "",
    `${JSON.stringify({ type: "wrangler-session" })}\n${JSON.stringify({ type: "deploy", targets })}\n`,
  );
  return { out: `Uploaded ${worker}` };
}
