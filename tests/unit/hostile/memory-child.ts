/**
 * One measurement in a process of its own, so that its memory can be told from the test runner's.
 * Arguments: base URL, slug of the provider. Prints `{measurement, peakRssMb, tookMs}`.
 */
import { measure } from "../../../workers/benchmark/probe/index.ts";
import { findProvider } from "../../../workers/benchmark/providers/registry.ts";

const [baseUrl = "", slug = ""] = process.argv.slice(2);
const provider = findProvider(slug);
if (provider === undefined) throw new Error(`There is no provider "${slug}"`);
const start = performance.now();
const { measurement } = await measure(
  {
    id: crypto.randomUUID(),
    provider,
    model: "endless",
    reasoning: false,
    baseUrl,
    apiKey: "sk-endless-0123456789abcdef",
    prompt: "short",
    price: null,
    simulated: false,
    location: "local",
    deadlines: {
      headersMs: 2_000,
      firstTokenMs: 3_000,
      firstTokenReasoningMs: 3_000,
      idleMs: 3_000,
      totalMs: 4_000,
      maxBodyBytes: 4 * 1024 * 1024,
    },
    warmup: true,
  },
  {
    fetch: (input, init) => fetch(input, init),
    now: () => performance.now(),
    date: () => new Date(),
    colo: null,
  },
);
const tookMs = performance.now() - start;
// In KiB: https://nodejs.org/api/process.html#processresourceusage
const peakRssMb = process.resourceUsage().maxRSS / 1024;
const { response_text: text, chunk_times_ms: times, ...rest } = measurement;
const summary = { ...rest, text_bytes: Buffer.byteLength(text ?? ""), chunk_times: times?.length ?? 0 };
console.log(JSON.stringify({ measurement: summary, peakRssMb, tookMs }));
process.exit(0);
