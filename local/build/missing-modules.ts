import type { Plugin } from "vite";
import { SetupError } from "../errors.ts";

const FILE = "/@remix-run/react/dist/esm/routeModules.js";
/** What Remix does where a route's code cannot be loaded: the page one is on again, and nothing of what was asked for. */
const RELOAD = /window\.location\.reload\(\);\s*return new Promise\(\(\) => \{[^}]*\}\);/;

/** A module that fails as one does whose data cannot be had: an error of its `lazy` itself leaves Remix waiting for ever. */
const FAILS = `{
  const missing = Object.assign(new Error(String(error)), { name: "NoAnswer", module: route.module });
  return { default: () => null, clientLoader: () => Promise.reject(missing) };
}`;

/**
 * Lets a route whose code cannot be loaded fail like one whose data cannot: at the address that was asked for, with an error
 * page that loads the document as soon as the server answers (components/ui/use-refresh.ts). Remix would load the page one
 * is on again, which loses the click and, without a network, the page too.
 */
export function missingModules(): Plugin {
  return {
    name: "missing-modules",
    apply: "build",
    transform(code, id) {
      if (!id.replaceAll("\\", "/").includes(FILE)) return null;
      if (!RELOAD.test(code))
        throw new SetupError("Remix loads its routes otherwise now: see local/build/missing-modules.ts");
      return { code: code.replace(RELOAD, () => FAILS), map: null };
    },
  };
}
