import { build, type Plugin } from "esbuild";

/** One module for workerd with all that it imports, but for the runtime's own modules; made as wrangler makes one. */
export async function bundleForWorkerd(entry: string, ...plugins: Plugin[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [entry],
    plugins,
    bundle: true,
    write: false,
    format: "esm",
    target: "es2023",
    conditions: ["workerd", "worker", "browser"],
    define: { "process.env.NODE_ENV": '"production"' },
    external: ["cloudflare:*"],
  });
  const [output] = outputFiles;
  if (output === undefined) throw new Error(`${entry} made no bundle`);
  return output.text;
}
