import * as z from "zod";
import { redactSecrets } from "../../workers/benchmark/probe/redact.ts";
import { findProvider } from "../../workers/benchmark/providers/registry.ts";
import { SetupError } from "../errors.ts";
import { readSettings, readVariables, secretsOf } from "../settings.ts";
import { stackControls } from "../stack/lock.ts";
import { complain, print } from "../terminal.ts";
import { projectRoot } from "../tools.ts";
import { playDrill } from "./drill.ts";
import { drillContext } from "./drill-context.ts";
import { parseOptions } from "./parse-options.ts";

const USAGE = `Usage:
  npm run alerts -- test                  sends one to each channel and says what came back
  npm run alerts -- mute PROVIDER HOURSh  tells nobody of this provider for so long; 0h ends it
  npm run alerts -- drill [PROVIDER]      the simulator plays an outage and a slow-down of it (default: groq)
                                          under npm start; takes five to ten minutes
    --url URL   of a deployed benchmark Worker (default: the local stack's)`;

const tested = z.object({
  channels: z.array(z.object({ channel: z.string(), ok: z.boolean(), reason: z.string() })),
});
const muted = z.object({ provider: z.string(), until: z.string().nullable() });

/** `npm run alerts`: asks the coordinator through its admin API. @returns the exit code */
async function alerts(argv: string[]): Promise<number> {
  const { values, positionals } = parseOptions(argv, {
    url: { type: "string" },
    help: { type: "boolean", short: "h" },
  });
  const [action, provider, time = ""] = positionals;
  const hours = Number(/^(\d+(?:\.\d+)?)h$/.exec(time)?.[1] ?? Number.NaN);
  if (values.help) {
    print(USAGE);
    return 0;
  }
  if (action === "drill" && positionals.length <= 2 && values.url === undefined) {
    await drill(provider ?? "groq");
    return 0;
  }
  const knows =
    (action === "test" && positionals.length === 1) ||
    (action === "mute" && provider !== undefined && Number.isFinite(hours) && positionals.length === 3);
  if (!knows) {
    complain(USAGE);
    return 2;
  }
  const settings = readSettings(projectRoot, process.env);
  const token = settings.benchmark.ADMIN_TOKEN;
  if (token === undefined)
    throw new SetupError("ADMIN_TOKEN is missing: the admin API is closed without it.");
  const base = values.url ?? `http://127.0.0.1:${settings.benchmarkPort}`;
  const ask = async (path: string, body?: object) => {
    const response = await fetch(new URL(path, base), {
      method: "POST",
      headers: { authorization: `Bearer ${token}` },
      redirect: "error",
      ...(body ? { body: JSON.stringify(body) } : {}),
    }).catch(() => {
      throw new SetupError(`Nothing answers at ${base}: start it with npm start, or name it with --url.`);
    });
    if (!response.ok) throw new SetupError(`${base} answers ${path} with status ${response.status}.`);
    return response.json();
  };
  if (action === "mute") {
    const { until } = muted.parse(await ask("/api/alerts/mute", { provider, hours }));
    print(until === null ? `${provider} is told of again.` : `${provider} is muted until ${until}.`);
    return 0;
  }
  const { channels } = tested.parse(await ask("/api/alerts/test"));
  for (const { channel, ok, reason } of channels)
    print(`${channel.padEnd(10)} ${ok ? "ok" : "FAILED"}  ${reason}`);
  if (channels.length === 0) print("No channel is set up; docs/alerts.md says how.");
  return channels.every(({ ok }) => ok) ? 0 : 1;
}

/** @throws SetupError where no stack runs that plays this provider; Error where an incident does not come or go. */
async function drill(slug: string): Promise<void> {
  const settings = readSettings(projectRoot, process.env);
  const provider = findProvider(slug);
  if (!provider) throw new SetupError(`There is no provider ${slug}.`);
  if (settings.benchmark[provider.keyVariable ?? ""] !== undefined)
    throw new SetupError(`${provider.name} has an API key: only a simulated provider can be made to fail.`);
  const controls = stackControls(settings.localDirectory);
  if (!controls)
    throw new SetupError("No stack with simulated providers runs here: start it with npm start first.");
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort(new SetupError("Stopped; the provider answers as usual again.")));
  await playDrill(
    provider.name,
    drillContext(slug, controls, `http://127.0.0.1:${settings.dashboardPort}`, stop.signal),
  );
}

try {
  process.exitCode = await alerts(process.argv.slice(2));
} catch (error) {
  const wrongWords = error instanceof TypeError && "code" in error;
  process.exitCode = wrongWords ? 2 : 1;
  const secrets = secretsOf(readVariables(projectRoot, process.env).variables);
  complain(redactSecrets(error instanceof Error ? error.message : String(error), secrets));
}
