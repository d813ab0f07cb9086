import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

/** The checkout's top folder. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** wrangler's own program: run with our Node, since ending `npx` would leave it behind. */
export const wranglerBin = (root: string) => join(root, "node_modules", "wrangler", "bin", "wrangler.js");
export const remixBin = (root: string) => join(root, "node_modules", "@remix-run", "dev", "dist", "cli.js");
