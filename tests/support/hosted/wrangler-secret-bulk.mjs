/** Stands in for `wrangler deploy`: hands the same secrets file to wrangler's own `secret bulk`. */
import { spawnSync } from "node:child_process";

const args = process.argv.slice(2);
const file = args[args.indexOf("--secrets-file") + 1];
const wrangler = "node_modules/wrangler/bin/wrangler.js";
const { status } = spawnSync(process.execPath, [wrangler, "secret", "bulk", file, "--name", "a-worker"], {
  stdio: ["ignore", "ignore", "inherit"],
});
process.exit(status ?? 1);
