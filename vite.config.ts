import { fileURLToPath } from "node:url";
import { cloudflareDevProxyVitePlugin, vitePlugin as remix } from "@remix-run/dev";
import tailwindcss from "@tailwindcss/vite";
import { defineConfig } from "vite";
import { getLoadContext } from "./app/data/load-context.server.ts";
import { lateParts, leanRemix } from "./local/build/browser-code.ts";
import { devDoors } from "./local/build/dev-doors.ts";
import { makeFonts } from "./local/build/fonts.ts";
import { makeLetters } from "./local/build/letters.ts";
import { markdownPages } from "./local/build/markdown.ts";
import { missingModules } from "./local/build/missing-modules.ts";
import remixConfig from "./remix.config.js";

const fonts = fileURLToPath(new URL("build/fonts", import.meta.url));
await makeFonts(fileURLToPath(new URL("app/tailwind.css", import.meta.url)), fonts);
await makeLetters(fonts);

/** Folders and files that the dev server may hand to a browser. */
const SERVED = ["app", "build/fonts", "docs/metrics.md", "node_modules", "public"];

export default defineConfig(({ command, isSsrBuild }) => ({
  resolve: { alias: { "@fonts": fonts } },
  plugins: [
    // The dev server runs loaders in Node with the bindings of wrangler.toml and the settings that
    // `npm run dev` hands over in a file, or .dev.vars.
    command === "serve" &&
      cloudflareDevProxyVitePlugin({
        persist: false,
        ...(process.env.DASHBOARD_ENV_FILE ? { envFiles: [process.env.DASHBOARD_ENV_FILE] } : {}),
        getLoadContext: ({ context }) => getLoadContext(context.cloudflare.env, ""),
      }),
    devDoors(),
    remix(remixConfig),
    missingModules(),
    leanRemix(remixConfig.future ?? {}),
    lateParts(fileURLToPath(new URL("app/components/ui/late.tsx", import.meta.url))),
    markdownPages(),
    tailwindcss(),
  ],
  // Without this React's development server is bundled into the Worker.
  define: command === "build" ? { "process.env.NODE_ENV": JSON.stringify("production") } : {},
  // Loaded late, found late: the dev server would then bundle React a second time and reload the page.
  optimizeDeps: {
    include: ["chart.js", "react-chartjs-2"],
    // This esbuild cannot write for browsers as old as Vite has in mind.
    esbuildOptions: { target: "es2022" },
  },
  ssr: {
    resolve: { conditions: ["workerd", "worker", "browser"] },
    // Everything goes into the Worker's one bundle; in dev, CommonJS packages must stay outside it.
    noExternal: command === "build" ? true : undefined,
  },
  server: {
    fs: {
      // Vite hands out whatever lies under the project's root: settings, keys, the local database. What pages are made of,
      // and nothing else.
      allow: SERVED.map((path) => fileURLToPath(new URL(path, import.meta.url))),
      deny: [".env", ".env.*", "*.{crt,pem,key}", "**/.git/**", ".dev.vars*", "**/.local/**", "**/logs/**"],
    },
  },
  build: {
    target: "es2022",
    // Three kilobytes less for every page than esbuild makes of React and the router, for six seconds of CPU: not for
    // a first `npm start`, and not for what no browser fetches.
    minify: isSsrBuild || process.env.BUILD_MINIFIER === "esbuild" ? "esbuild" : "terser",
    // Nothing here calls an arrow function with `new` or asks it for `arguments`.
    terserOptions: {
      ecma: 2020,
      compress: { passes: 3, ecma: 2020, unsafe_arrows: true, unsafe_methods: true },
    },
    assetsInlineLimit: 0,
    rollupOptions: isSsrBuild
      ? {}
      : {
          output: { experimentalMinChunkSize: 1_000, manualChunks: nameChunk },
        },
  },
}));

/** What most pages have in common, under app/. */
const SHARED = [
  "components/ui/",
  "components/charts/legend",
  "components/charts/series-box",
  "components/charts/use-canvas",
  "components/filters/",
  "components/charts/span-drag",
  "components/charts/sparkline",
  "components/share/",
  "components/metrics/columns",
  "components/metrics/leaders",
  "components/metrics/stability-indicator",
  "components/metrics/value-score",
  "components/incidents/state-line",
  ...[
    "calculations",
    "failures",
    "format",
    "incidents",
    "in-script",
    "leaders",
    "meta",
    "models-path",
    "open-tab",
    "problem",
    "provider-marks",
    "ranking",
    "share/share",
    "site",
    "queries",
    "query",
    "scale",
    "schedule",
    "speed-bars",
    "stability",
    "theme",
    "words",
  ].map((name) => `lib/${name}.`),
].map((part) => `/app/${part}`);

/** Small parts that pages about a model, a provider or an incident have in common: a file each would be two requests too many. */
const DETAILS = [
  "components/charts/series-chart.",
  "components/endpoint/failure-list.",
  "components/endpoint/unknown-model.",
  "components/models/change-list.",
  "lib/models-words.",
].map((part) => `/app/${part}`);

/** Chart.js and what draws with it, which a page loads late or never. */
const CHARTS = ["/node_modules/chart.js/", "/node_modules/react-chartjs-2/", "canvas.client."];

/** One file each: in pieces they would be six more requests, and compress worse. */
function nameChunk(id: string): string | null {
  if (CHARTS.some((part) => id.includes(part))) return "charts";
  if (DETAILS.some((part) => id.includes(part))) return "details";
  // An endpoint's page comes to life part by part, and its readers scroll.
  if (/^[^\0].*\/app\/components\/endpoint\/[\w-]+\.late\./.test(id)) return "endpoint";
  return id.includes("preload-helper") || SHARED.some((part) => id.includes(part)) ? "shared" : null;
}
