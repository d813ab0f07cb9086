import type { Plugin } from "vite";
import { isForPrograms } from "../../workers/dashboard/preflight.ts";
import { isToolPath, refusalOf } from "../stack/proxy.ts";

/**
 * Vite's dev server answers whoever asks, a page of any site in the developer's browser included, and opens any file of this
 * machine in an editor for it (`/__open-in-editor`, which nothing here uses). It has the same doors as the proxy before a
 * built Worker has.
 */
export function devDoors(): Plugin {
  return {
    name: "dev-doors",
    apply: "serve",
    // Before any of Vite's own answers: https://vite.dev/guide/api-plugin#configureserver
    configureServer(server) {
      server.middlewares.use((request, response, next) => {
        const refusal = refusalOf(request, {
          port: server.config.server.port ?? 0,
          isKnown: (path) => !isToolPath(path),
          isForOtherSites: isForPrograms,
        });
        if (refusal === null) return next();
        response.writeHead(refusal.status, { "content-type": "text/plain; charset=utf-8" });
        response.end(`${refusal.text}\n`);
      });
    },
  };
}
