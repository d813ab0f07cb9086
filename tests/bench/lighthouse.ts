/**
 * The pages as Lighthouse judges them: production build, cold cache, median of three, with simulated throttling on a
 * phone and on a desktop, against what the project promises.
 */
import { loadPeer } from "./peers.ts";
import { table } from "./report.ts";
import { fillWeek, type Stoppable, startChromium, startSite } from "./site.ts";
import { percentile } from "./statistics.ts";
import type { Verdict } from "./verdicts.ts";

/** As much of Lighthouse's report as is read here. */
interface Report {
  readonly runtimeError?: { readonly code: string; readonly message: string } | undefined;
  readonly categories: Readonly<
    Record<string, { readonly score: number | null; readonly auditRefs: readonly AuditRef[] }>
  >;
  readonly audits: Readonly<
    Record<
      string,
      { readonly score: number | null; readonly numericValue?: number; readonly details?: unknown }
    >
  >;
}

interface AuditRef {
  readonly id: string;
  readonly weight: number;
}

/** Judges one address in the Chromium that listens on `port`; undefined where Lighthouse gives no report. */
export type JudgePage = (address: string, port: number, form: Form) => Promise<Report | undefined>;

const RUNS = 3;
/** Lighthouse loses a trace now and then, and says to run it again; that is no judgement of the page. */
const LOST_TRACE: ReadonlySet<string> = new Set(["NO_NAVSTART", "NO_TRACING_STARTED"]);
const ATTEMPTS = 3;
const ENDPOINT = "groq/openai/gpt-oss-20b";
/** Every page that this site can show; one run's has its id. Nothing fails in the week that is measured: no incident. */
const PAGES: readonly {
  readonly name: string;
  readonly path: string | ((site: string) => Promise<string>);
}[] = [
  { name: "/", path: "/" },
  { name: "the models", path: "/models" },
  { name: "a model's page", path: "/models/gpt-oss-20b" },
  { name: "an endpoint's page", path: `/models/${ENDPOINT}` },
  { name: "a provider's page", path: "/providers/groq" },
  {
    name: "/compare",
    path: `/compare?with=${ENDPOINT}&with=openrouter/openai/gpt-oss-20b`,
  },
  { name: "/status", path: "/status" },
  { name: "/prices", path: "/prices" },
  { name: "/runs", path: "/runs" },
  { name: "a run's page", path: pathOfRun },
  { name: "/methodology", path: "/methodology" },
  { name: "/api", path: "/api" },
];
const FORMS = ["mobile", "desktop"] as const;
type Form = (typeof FORMS)[number];

/** What the pages are held to. Sizes in bytes as transferred, times in ms. */
const LIMITS = {
  mobile: { performance: 97, lcp: 2_000 },
  desktop: { performance: 100, lcp: 500 },
  others: 100,
  blocking: 50,
  shift: 0.01,
  script: 175 * 1024,
  requests: 12,
} as const;

/** One page on one form factor; scores 0 to 100. */
export interface PageMeasurement {
  readonly page: string;
  readonly form: Form;
  readonly performance: number;
  readonly accessibility: number;
  readonly bestPractices: number;
  readonly seo: number;
  readonly fcp: number;
  readonly lcp: number;
  readonly blocking: number;
  readonly shift: number;
  /** JavaScript as transferred, compressed, what the charts bring when in view included. */
  readonly script: number;
  readonly requests: number;
  /** Audits of the judged categories that were not passed whole. */
  readonly failed: readonly string[];
}

/** Measures all pages; a browser at a time, so that they do not slow each other. */
export async function measurePages(say: (line: string) => void): Promise<PageMeasurement[]> {
  const site = await startSite(say, fillWeek);
  const measured: PageMeasurement[] = [];
  try {
    for (const { name, path: known } of PAGES) {
      const path = typeof known === "string" ? known : await known(site.url);
      const { status } = await fetch(site.url + path);
      if (status !== 200) throw new Error(`${name} answers ${status}`);
      for (const form of FORMS) {
        const runs: [PageMeasurement, ...PageMeasurement[]] = [await measureOnce(site, name, path, form)];
        while (runs.length < RUNS) runs.push(await measureOnce(site, name, path, form));
        measured.push(mediansOf(runs));
        say(
          `${name}, ${form}: ${runs.map(({ performance, lcp, blocking }) => `${performance} (LCP ${Math.round(lcp)} ms, TBT ${Math.round(blocking)} ms)`).join(", ")}`,
        );
      }
    }
    return measured;
  } finally {
    await site.stop();
  }
}

async function pathOfRun(site: string): Promise<string> {
  const { data } = (await (await fetch(`${site}/api/v1/runs?limit=1`)).json()) as { data: { id: string }[] };
  return `/runs/${data[0]?.id}`;
}

async function measureOnce(
  site: Stoppable,
  page: string,
  path: string,
  form: Form,
): Promise<PageMeasurement> {
  for (let attempt = 1; ; attempt += 1) {
    const lhr = await judge(site, path, form);
    const error = lhr?.runtimeError;
    if (lhr !== undefined && error === undefined) return toMeasurement(lhr, page, form);
    if (attempt === ATTEMPTS || !LOST_TRACE.has(error?.code ?? ""))
      throw new Error(`${page}: ${error?.message ?? "Lighthouse gave no answer"}`);
  }
}

async function judge(site: Stoppable, path: string, form: Form): Promise<Report | undefined> {
  const { judgePage } = await loadPeer("lighthouse");
  const browser = await startChromium();
  try {
    return await judgePage(site.url + path, browser.port, form);
  } finally {
    await browser.stop();
  }
}

function toMeasurement(lhr: Report, page: string, form: Form): PageMeasurement {
  const score = (category: string) => Math.round((lhr.categories[category]?.score ?? 0) * 100);
  const value = (audit: string) => lhr.audits[audit]?.numericValue ?? Number.NaN;
  const requests = networkRequests(lhr.audits["network-requests"]?.details);
  return {
    page,
    form,
    performance: score("performance"),
    accessibility: score("accessibility"),
    bestPractices: score("best-practices"),
    seo: score("seo"),
    fcp: value("first-contentful-paint"),
    lcp: value("largest-contentful-paint"),
    blocking: value("total-blocking-time"),
    shift: value("cumulative-layout-shift"),
    script: requests
      .filter(({ resourceType }) => resourceType === "Script")
      .reduce((sum, { transferSize }) => sum + transferSize, 0),
    requests: requests.length,
    failed: Object.values(lhr.categories).flatMap((category) =>
      category.auditRefs.flatMap(({ id, weight }) => {
        const audit = lhr.audits[id];
        return weight > 0 && audit?.score !== null && audit !== undefined && audit.score < 0.9 ? [id] : [];
      }),
    ),
  };
}

interface NetworkRequest {
  readonly resourceType: string;
  readonly transferSize: number;
}

function networkRequests(details: unknown): NetworkRequest[] {
  const items = (details as { items?: readonly Partial<NetworkRequest>[] } | undefined)?.items ?? [];
  return items.map(({ resourceType = "", transferSize = 0 }) => ({ resourceType, transferSize }));
}

/** Each figure's own median: a run that is in the middle for one of them need not be for another. */
function mediansOf(runs: readonly [PageMeasurement, ...PageMeasurement[]]): PageMeasurement {
  const median = (figure: (run: PageMeasurement) => number) => percentile(runs.map(figure), 50) ?? Number.NaN;
  return {
    ...runs[0],
    performance: median((run) => run.performance),
    accessibility: median((run) => run.accessibility),
    bestPractices: median((run) => run.bestPractices),
    seo: median((run) => run.seo),
    fcp: median((run) => run.fcp),
    lcp: median((run) => run.lcp),
    blocking: median((run) => run.blocking),
    shift: median((run) => run.shift),
    script: median((run) => run.script),
    requests: median((run) => run.requests),
    failed: [...new Set(runs.flatMap((run) => run.failed))],
  };
}

export function judgePages(measured: readonly PageMeasurement[]): Verdict[] {
  return measured.flatMap((one) => {
    const limits = LIMITS[one.form];
    const verdict = (about: string, pass: boolean, detail: string): Verdict => ({
      about: `${one.page}, ${one.form}: ${about}`,
      pass,
      detail,
    });
    const others = [one.accessibility, one.bestPractices, one.seo];
    return [
      verdict(
        "performance",
        one.performance >= limits.performance,
        `${one.performance} of at least ${limits.performance}`,
      ),
      verdict("largest paint", one.lcp <= limits.lcp, `${Math.round(one.lcp)} of at most ${limits.lcp} ms`),
      verdict(
        "accessibility, best practices, SEO",
        others.every((score) => score >= LIMITS.others),
        `${others.join(", ")}${one.failed.length > 0 ? ` (${one.failed.join(", ")})` : ""}`,
      ),
      verdict(
        "blocking and shift",
        one.blocking <= LIMITS.blocking && one.shift <= LIMITS.shift,
        `${Math.round(one.blocking)} ms of at most ${LIMITS.blocking}, ${one.shift.toFixed(3)} of at most ${LIMITS.shift}`,
      ),
      verdict(
        "weight",
        one.script <= LIMITS.script && one.requests <= LIMITS.requests,
        `${(one.script / 1024).toFixed(0)} KiB of JavaScript in ${one.requests} requests, of at most ${LIMITS.script / 1024} in ${LIMITS.requests}`,
      ),
    ];
  });
}

export function pageTable(measured: readonly PageMeasurement[]): string {
  const head = [
    "page",
    "form",
    "perf.",
    "a11y",
    "best pr.",
    "SEO",
    "FCP ms",
    "LCP ms",
    "TBT ms",
    "CLS",
    "JS KiB",
    "requests",
  ];
  return table([
    head,
    ...measured.map((one) => [
      one.page,
      one.form,
      ...[one.performance, one.accessibility, one.bestPractices, one.seo].map(String),
      ...[one.fcp, one.lcp, one.blocking].map((value) => value.toFixed(0)),
      one.shift.toFixed(3),
      (one.script / 1024).toFixed(0),
      String(one.requests),
    ]),
  ]);
}
