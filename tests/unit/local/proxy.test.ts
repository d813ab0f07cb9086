import { createServer, type IncomingHttpHeaders, request, type Server } from "node:http";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findFreePort } from "../../../local/stack/ports.ts";
import { isToolPath, type LocalProxy, startProxy } from "../../../local/stack/proxy.ts";

interface Seen {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let wrangler: Server;
let proxy: LocalProxy;
let port: number;
let seen: Seen[] = [];

beforeAll(async () => {
  wrangler = createServer(async (asked, answer) => {
    let body = "";
    for await (const piece of asked.setEncoding("utf8")) body += piece;
    seen.push({ method: asked.method, url: asked.url, headers: asked.headers, body });
    if (asked.url === "/breaks-off") {
      answer.writeHead(200, { "content-length": "1000" });
      answer.write("half", () => setTimeout(() => answer.destroy(), 50));
      return;
    }
    answer.writeHead(201, { "x-own": "yes" }).end(`answer to ${asked.url}`);
  });
  await new Promise<void>((resolve) => wrangler.listen(0, "127.0.0.1", resolve));
  const address = wrangler.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  port = await findFreePort();
  proxy = await startProxy({
    port,
    target: address.port,
    isKnown: (path) => !isToolPath(path),
    isForOtherSites: (path) => path.startsWith("/api/v1/"),
  });
});
afterAll(async () => {
  await proxy.stop();
  wrangler.close();
});

/** Sends the target as it stands; fetch would tidy it up, and set Host and Origin as it likes. */
function ask(
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET",
  body = "",
): Promise<{ status: number; text: string; headers: IncomingHttpHeaders }> {
  seen = [];
  return new Promise((resolve, reject) => {
    const options = {
      host: "127.0.0.1",
      port,
      path,
      method,
      headers: { host: `localhost:${port}`, ...headers },
    };
    const asked = request(options, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (piece: string) => {
        text += piece;
      });
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, text, headers: response.headers }),
      );
      response.on("error", reject);
    });
    asked.on("error", reject).end(body);
  });
}

describe("the proxy before a local Worker", () => {
  it("passes a request and its answer on as they are", async () => {
    const { status, text, headers } = await ask("/models?q=%37d&q=a%2Fb", { "x-asked": "1" }, "POST", "body");
    expect({ status, text }).toEqual({ status: 201, text: "answer to /models?q=%37d&q=a%2Fb" });
    expect(headers["x-own"]).toBe("yes");
    expect(seen[0]).toMatchObject({ method: "POST", body: "body" });
    expect(seen[0]?.headers).toMatchObject({ host: `localhost:${port}`, "x-asked": "1" });
  });

  it.each([
    "/cdn-cgi/handler/scheduled?cron=*",
    "/cdn-cgi",
    "/CDN-CGI/mf/scheduled",
    "/%63dn-cgi/explorer",
    "/x/../cdn-cgi/handler/scheduled",
    "/x/%2e%2e/cdn-cgi/handler/scheduled",
    "/./cdn-cgi/handler/scheduled",
    "/\\cdn-cgi/handler/scheduled",
    "//cdn-cgi/handler/scheduled",
    "/__scheduled?cron=*",
    "http://127.0.0.1/cdn-cgi/handler/scheduled",
    "/%zz",
  ])("passes %s on to nobody", async (path) => {
    expect((await ask(path)).status).toBeOneOf([400, 404]);
    expect(seen).toEqual([]);
  });

  it.each([
    ["MF-Original-URL", "/cdn-cgi/explorer/api/workers"],
    ["mf-original-url", "http://localhost/cdn-cgi/handler/scheduled?cron=*"],
    ["MF-Route-Override", "x"],
    ["MF-CF-Blob", "{"],
    ["MF-Op", "GET"],
    ["X-Mf-Additional-Response-Log", "x"],
  ])("passes on nothing with %s, by which the path could be another", async (header, value) => {
    for (const path of ["/models", "/api/v1/health"])
      expect((await ask(path, { [header]: value })).status).toBe(400);
    expect(seen).toEqual([]);
  });

  it.each(["evil.example", "evil.example:80", "localhost", "127.0.0.1", "localhost.evil.example"])(
    "answers to no other name: %j",
    async (host) => {
      expect((await ask("/models", { host })).status).toBeOneOf([400, 421]);
      expect(seen).toEqual([]);
    },
  );

  it.each([
    [
      "an image on another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    ],
    [
      "a page on another port of this machine",
      { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors", origin: "http://localhost:1" },
    ],
    ["a browser that tells only the origin", { origin: "https://evil.example" }],
    ["a sandboxed frame", { origin: "null" }],
    [
      "a form that another site sends",
      {
        origin: "https://evil.example",
        "sec-fetch-site": "cross-site",
        "sec-fetch-mode": "navigate",
        "sec-fetch-dest": "document",
      },
      "POST",
    ],
    [
      "a frame on another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ],
  ] as const)(
    "refuses %s, but for what is meant for other sites",
    async (_, headers, method: string = "GET") => {
      expect((await ask("/models", headers, method)).status).toBe(403);
      expect(seen).toEqual([]);
      expect((await ask("/api/v1/results", headers, method)).status).toBe(201);
    },
  );

  it.each([
    ["its own page", { origin: "http://own", "sec-fetch-site": "same-origin" }],
    [
      "an address that was typed",
      { "sec-fetch-site": "none", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    ],
    [
      "a link that was followed from another site",
      { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
    ],
    ["a program", {}],
  ])("serves %s", async (_, headers) => {
    const own = "origin" in headers ? { ...headers, origin: `http://localhost:${port}` } : headers;
    expect((await ask("/models", own)).status).toBe(201);
  });

  it("opens no WebSocket", async () => {
    const socket = connect(port, "127.0.0.1");
    socket.write(
      `GET /cdn-cgi/mf/reload HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    let text = "";
    socket.on("data", (piece) => {
      text += piece;
    });
    await new Promise((resolve) => socket.once("close", resolve));
    expect(text).toBe("");
  });

  it("breaks an answer off where the Worker's breaks off", async () => {
    await expect(ask("/breaks-off")).rejects.toThrow();
  });
});
