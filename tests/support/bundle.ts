import { build, type Plugin } from "vite";

/** One module for workerd with all that it imports, but for the runtime's own modules. */
export async function bundleForWorkerd(entry: string, ...plugins: Plugin[]): Promise<string> {
  const result = await build({
    configFile: false,
    logLevel: "silent",
    plugins,
    define: { "process.env.NODE_ENV": JSON.stringify("production") },
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: ["es"], fileName: "entry" },
      rollupOptions: { external: [/^cloudflare:/], output: { inlineDynamicImports: true } },
    },
  });
  const output = Array.isArray(result) ? result[0] : result;
  if (output === undefined || !("output" in output)) throw new Error(`${entry} made no bundle`);
  return output.output[0].code;
}
