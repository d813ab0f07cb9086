import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { rehearse } from "../../../local/cli/rehearse.ts";

afterEach(() => vi.restoreAllMocks());

describe("a rehearsal", () => {
  it("asks nobody but ourselves, sends a body and closes what it opened", async () => {
    const asked: { host: string; method: string }[] = [];
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => {
      asked.push({ host: new URL(String(input)).host, method: init?.method ?? "GET" });
      return real(input, init);
    });
    await rehearse();
    expect(asked.map(({ method }) => method)).toEqual(
      Array.from({ length: 5 }, () => ["GET", "POST"]).flat(),
    );
    const [host] = asked.map((request) => request.host);
    expect(asked.every((request) => request.host === host && host?.startsWith("127.0.0.1:"))).toBe(true);
    // The port is free again: nothing listens on it any more.
    const port = Number(host?.split(":")[1]);
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, "127.0.0.1", resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  });
});
