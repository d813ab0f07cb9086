/** Commands whose database is something else that answers: a captive portal, a proxy, a server that means harm. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startTerminal } from "../support/terminal.ts";

/** A window's title, a colour, text turned round, a line of its own. */
const OBEYED = "\u001b]0;owned\u0007\u001b[31m\u009b2J\u202eevil\u2028";
let server: Server;
let logs: string;

beforeAll(async () => {
  logs = mkdtempSync(join(tmpdir(), "hostile-"));
  server = createServer((request, response) => {
    const isJson = request.url?.length !== undefined && request.url.length % 2 === 0;
    response.writeHead(400, { "content-type": isJson ? "application/json" : "text/html" });
    response.end(
      isJson ? JSON.stringify({ code: OBEYED, message: OBEYED, hint: OBEYED }) : OBEYED.repeat(20),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.close();
  rmSync(logs, { recursive: true });
});

it.each([
  "models list",
  "models list openai",
  "prices",
  "benchmark --provider openai",
  "sync-models",
  "sync-prices",
  "providers list",
  "providers show openai",
])("%s prints nothing that a terminal obeys, and writes nothing of it into a log", async (command) => {
  const { port } = server.address() as AddressInfo;
  const settings = {
    SUPABASE_URL: `http://127.0.0.1:${port}`,
    SUPABASE_SERVICE_ROLE: "a-key-of-nobody-for-tests",
    OPENAI_API_KEY: "a-key-for-tests-only",
  };
  const { code, stdout, stderr } = await startTerminal(command.split(" "), settings, logs).ended;
  expect(code).not.toBe(0);
  expect(stderr).toMatch(/owned|400|database|Supabase/i);
  const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), "utf8"));
  for (const text of [stdout, stderr, ...written])
    expect(text.match(/(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu)).toBe(null);
});
