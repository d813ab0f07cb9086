import { cloudflareDevProxyVitePlugin, vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { getLoadContext } from "./app/data/load-context.server.ts";
import { markdownPages } from "./app/lib/markdown.ts";
import remixConfig from "./remix.config.js";

export default defineConfig(({ command }) => ({
  plugins: [
    // The dev server runs loaders in Node with the bindings of wrangler.toml and the settings that
    // `npm run dev` hands over in a file, or .dev.vars.
    command === "serve" &&
      cloudflareDevProxyVitePlugin({
        persist: false,
        ...(process.env.DASHBOARD_ENV_FILE ? { envFiles: [process.env.DASHBOARD_ENV_FILE] } : {}),
        getLoadContext: ({ context }) => getLoadContext(context.cloudflare.env, ""),
      }),
    remix(remixConfig),
    markdownPages(),
    tailwindcss(),
  ],
  // Without this React's development server is bundled into the Worker.
  define: command === "build" ? { "process.env.NODE_ENV": JSON.stringify("production") } : {},
  // Loaded late, found late: the dev server would then bundle React a second time and reload the page.
  optimizeDeps: { include: ["chart.js", "react-chartjs-2"] },
  ssr: {
    resolve: { conditions: ["workerd", "worker", "browser"] },
    // Everything goes into the Worker's one bundle; in dev, CommonJS packages must stay outside it.
    noExternal: command === "build" ? true : undefined,
  },
  build: {
    target: "es2022",
    // Three kilobytes less for every page than esbuild makes of React and the router.
    minify: "terser",
    terserOptions: { compress: { passes: 2 } },
    assetsInlineLimit: 0,
    // Pages share much and little at a time: what is smaller than this goes with its neighbours, which saves a
    // page half its requests and some of its bytes.
    rollupOptions: { output: { experimentalMinChunkSize: 5_000 } },
  },
}));
