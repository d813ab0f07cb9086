import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_TOKEN, type BenchmarkWorker, startBenchmarkWorker } from "../support/benchmark-worker.ts";
import { roomInPeriod } from "../support/clock.ts";

// No database behind it: a request must be refused before anything is asked of one.
const settings = {
  SUPABASE_URL: "http://127.0.0.1:9",
  SUPABASE_SERVICE_ROLE: "sb_secret_nobody-listens-there",
};
const ROUTES = [
  ["POST", "/api/benchmark"],
  ["POST", "/api/sync-prices"],
  ["POST", "/api/sync-models"],
  ["POST", "/api/models"],
  ["POST", "/api/providers"],
  ["GET", "/api/status"],
] as const;

let open: BenchmarkWorker;
let closed: BenchmarkWorker;

beforeAll(async () => {
  open = await startBenchmarkWorker({ settings });
  closed = await startBenchmarkWorker({ settings: { ...settings, ADMIN_TOKEN: "" } });
});
afterAll(async () => {
  await open.stop();
  await closed.stop();
});

describe.each(ROUTES)("%s %s", (method, path) => {
  it("is closed where no token is configured, whatever is shown", async () => {
    for (const authorization of ["", "Bearer ", `Bearer ${ADMIN_TOKEN}`]) {
      const { status, body } = await closed.fetch(path, {
        method,
        headers: authorization ? { authorization } : {},
      });
      expect({ status, body }).toEqual({ status: 403, body: { error: "closed" } });
    }
  });

  it("answers 401 without a readable token and tells nothing more", async () => {
    const malformed = [
      "",
      "Basic YWRtaW46YWRtaW4=",
      "Bearer",
      `Bearer ${ADMIN_TOKEN} x`,
      ADMIN_TOKEN,
      `Bearer ${"x".repeat(600)}`,
    ];
    for (const authorization of malformed) {
      const { status, body, headers } = await open.fetch(path, {
        method,
        headers: authorization ? { authorization } : {},
      });
      expect({ status, body }).toEqual({ status: 401, body: { error: "unauthorized" } });
      expect(headers.get("www-authenticate")).toBe("Bearer");
    }
  });

  it("answers 403 to a wrong token, also to one that only begins or ends like the right one", async () => {
    for (const token of ["x", ADMIN_TOKEN.slice(0, -1), `${ADMIN_TOKEN}x`, ADMIN_TOKEN.toUpperCase()]) {
      const { status, body } = await open.fetch(path, {
        method,
        headers: { authorization: `Bearer ${token}` },
      });
      expect({ status, body }).toEqual({ status: 403, body: { error: "forbidden" } });
    }
  });

  it("takes no token from the URL", async () => {
    const { status } = await open.fetch(`${path}?token=${ADMIN_TOKEN}&access_token=${ADMIN_TOKEN}`, {
      method,
    });
    expect(status).toBe(401);
  });

  it("answers the wrong method with 405 and names the right one", async () => {
    const other = method === "GET" ? "POST" : "GET";
    const { status, headers } = await open.fetch(path, {
      method: other,
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
    });
    expect(status).toBe(405);
    expect(headers.get("allow")).toBe(method);
  });
});

describe("the benchmark Worker", () => {
  it("has nothing anywhere else, and sends security headers with everything", async () => {
    for (const path of ["/", "/api", "/api/benchmark/", "/__proto__", "/constructor"]) {
      const { status, headers } = await open.fetch(path);
      expect(status).toBe(404);
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("strict-transport-security")).toContain("max-age=");
      expect(headers.get("cache-control")).toBe("no-store");
    }
  });

  it("never writes the token it was shown to its log", async () => {
    await open.fetch("/api/status", { headers: { authorization: "Bearer wrong-token-shown-here" } });
    expect(JSON.stringify(open.events)).not.toContain("wrong-token-shown-here");
    expect(JSON.stringify(open.events)).not.toContain(ADMIN_TOKEN);
  });

  it("lets nobody try tokens without end", async () => {
    const narrow = await startBenchmarkWorker({ settings, requestsPerMinute: 5 });
    try {
      // Miniflare counts by the minute of the clock.
      await roomInPeriod(60_000, 10_000);
      const answers = [];
      for (let attempt = 0; attempt < 8; attempt++) {
        answers.push(
          await narrow.fetch("/api/status", { headers: { authorization: `Bearer guess-${attempt}` } }),
        );
      }
      expect(answers.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403, 429, 429, 429]);
      expect(answers.at(-1)?.headers.get("retry-after")).toBe("60");
    } finally {
      await narrow.stop();
    }
  });
});
