/**
 * The dashboard of a large installation, 300 endpoints and a month of results: how long its loaders take from the
 * embedded database, and what its pages send the browser.
 */
import { gzipSync } from "node:zlib";
import { type Browser, chromium, type Page } from "playwright-core";
import { getChromium, HOW_TO_GET_CHROMIUM } from "../e2e/support/chromium.ts";
import { fillMonth, heavyAddresses } from "./month-data.ts";
import { table } from "./report.ts";
import { startSite } from "./site.ts";
import { percentile } from "./statistics.ts";
import type { Verdict } from "./verdicts.ts";

const TIMES = 7;

/** Times in ms, sizes in bytes: JavaScript as gzip leaves it, HTML as it is. */
const LIMITS = {
  loader: 80,
  /** Of the overview and of the API's endpoints, in any window; of a badge. */
  figures: 60,
  badge: 10,
  overview: 1_000,
  script: 100 * 1024,
  scriptWithCharts: 175 * 1024,
  html: 300_000,
  requests: 12,
} as const;

export interface AddressMeasurement {
  readonly address: string;
  /** Medians: the loader, as the page's Server-Timing tells it (else the whole answer), and the whole page. */
  readonly loaderMs: number;
  readonly pageMs: number | null;
  readonly html: number | null;
  readonly script: number | null;
  readonly scriptWithCharts: number | null;
  /** All that a page had asked for once every chart had been looked at. */
  readonly requests: number | null;
  /** Asked for by scripts on loading: figures that wait would be among them. */
  readonly fetches: readonly string[];
}

export async function measureMonth(say: (line: string) => void): Promise<AddressMeasurement[]> {
  const executablePath = await getChromium();
  if (executablePath === null) throw new Error(HOW_TO_GET_CHROMIUM);
  let addresses = { pages: [] as string[], programs: [] as string[] };
  const site = await startSite(say, async (sql) => {
    await fillMonth(sql, say);
    addresses = await heavyAddresses(sql);
  });
  const browser = await chromium.launch({
    executablePath,
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const measured: AddressMeasurement[] = [];
    for (const address of addresses.pages) measured.push(await measurePage(browser, site.url, address));
    for (const address of addresses.programs) {
      const { ms } = await timed(site.url + address);
      measured.push({
        address,
        loaderMs: ms,
        pageMs: null,
        html: null,
        script: null,
        scriptWithCharts: null,
        requests: null,
        fetches: [],
      });
    }
    return measured;
  } finally {
    await browser.close();
    await site.stop();
  }
}

async function measurePage(browser: Browser, site: string, address: string): Promise<AddressMeasurement> {
  const url = new URL(address, site);
  const whole = await timed(url.href);
  const still = await visit(browser, url.href, { charts: false });
  const moving = await visit(browser, url.href, { charts: true });
  return {
    address,
    loaderMs: whole.loaderMs ?? whole.ms,
    pageMs: whole.ms,
    html: whole.bytes,
    script: still.script,
    scriptWithCharts: moving.script,
    requests: moving.requests,
    fetches: moving.fetches,
  };
}

/** Medians of several, after one that nobody counts. */
async function timed(url: string): Promise<{ ms: number; loaderMs: number | null; bytes: number }> {
  const times: number[] = [];
  const loaderTimes: number[] = [];
  let bytes = 0;
  for (let round = 0; round <= TIMES; round += 1) {
    const began = performance.now();
    const response = await fetch(url, { headers: { "accept-encoding": "identity" }, redirect: "manual" });
    bytes = (await response.arrayBuffer()).byteLength;
    if (response.status !== 200) throw new Error(`${url} answers ${response.status}`);
    if (round === 0) continue;
    times.push(performance.now() - began);
    const loader = /\bloader;dur=(\d+)/.exec(response.headers.get("server-timing") ?? "")?.[1];
    if (loader !== undefined) loaderTimes.push(Number(loader));
  }
  return { ms: percentile(times, 50) ?? Number.NaN, loaderMs: percentile(loaderTimes, 50), bytes };
}

/** Loads a page with an empty cache and, for its charts, scrolls through it. */
async function visit(browser: Browser, url: string, { charts }: { charts: boolean }) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  try {
    const page = await context.newPage();
    // A chart takes over when it comes into view: with this none ever does.
    if (!charts)
      await page.addInitScript("IntersectionObserver = class { observe(){} unobserve(){} disconnect(){} }");
    const scripts: Promise<number>[] = [];
    const fetches: string[] = [];
    let requests = 0;
    page.on("request", (request) => {
      requests += 1;
      if (["fetch", "xhr"].includes(request.resourceType())) fetches.push(new URL(request.url()).pathname);
    });
    page.on("response", (response) => {
      if (response.request().resourceType() === "script")
        scripts.push(response.body().then((body) => gzipSync(body).byteLength));
    });
    await page.goto(url, { waitUntil: "networkidle" });
    if (charts) await scrollThrough(page);
    const sizes = await Promise.all(scripts);
    return { script: sizes.reduce((sum, size) => sum + size, 0), requests, fetches };
  } finally {
    await context.close();
  }
}

async function scrollThrough(page: Page): Promise<void> {
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  for (let top = 0; top < height; top += 600) {
    await page.evaluate((y) => window.scrollTo(0, y), top);
    await page.waitForTimeout(50);
  }
  await page.waitForLoadState("networkidle");
}

function loaderLimit(address: string): number {
  const { pathname } = new URL(address, "http://localhost");
  if (pathname === "/" || pathname === "/api/v1/endpoints") return LIMITS.figures;
  return pathname.startsWith("/badge/") ? LIMITS.badge : LIMITS.loader;
}

export function judgeMonth(measured: readonly AddressMeasurement[]): Verdict[] {
  return measured.flatMap((one) => {
    const verdict = (what: string, pass: boolean, detail: string): Verdict => ({
      about: `a month of 300 endpoints, ${one.address}: ${what}`,
      pass,
      detail,
    });
    const verdicts = [
      verdict(
        "loader",
        one.loaderMs <= loaderLimit(one.address),
        `${one.loaderMs.toFixed(0)} ms of at most ${loaderLimit(one.address)}`,
      ),
    ];
    if (one.address === "/" && one.pageMs !== null)
      verdicts.push(
        verdict(
          "whole page",
          one.pageMs <= LIMITS.overview,
          `${one.pageMs.toFixed(0)} ms of at most ${LIMITS.overview}`,
        ),
      );
    for (const [what, value, limit] of [
      ["JavaScript before a chart takes over", one.script, LIMITS.script],
      ["JavaScript in all", one.scriptWithCharts, LIMITS.scriptWithCharts],
      ["HTML", one.html, LIMITS.html],
      ["requests", one.requests, LIMITS.requests],
    ] as const) {
      if (value !== null) verdicts.push(verdict(what, value <= limit, `${value} of at most ${limit}`));
    }
    if (one.pageMs !== null)
      verdicts.push(
        verdict("no fetch on loading", one.fetches.length === 0, one.fetches.join(", ") || "none"),
      );
    return verdicts;
  });
}

export function monthTable(measured: readonly AddressMeasurement[]): string {
  const kib = (value: number | null) => (value === null ? "" : (value / 1024).toFixed(1));
  return table([
    ["a month of 300 endpoints", "loader ms", "page ms", "HTML kB", "JS KiB", "with charts", "requests"],
    ...measured.map((one) => [
      one.address.length > 60 ? `${one.address.slice(0, 57)}...` : one.address,
      one.loaderMs.toFixed(0),
      one.pageMs?.toFixed(0) ?? "",
      one.html === null ? "" : (one.html / 1000).toFixed(0),
      kib(one.script),
      kib(one.scriptWithCharts),
      one.requests?.toString() ?? "",
    ]),
  ]);
}
