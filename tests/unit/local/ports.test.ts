import { createServer } from "node:net";
import { expect, it } from "vitest";
import { findFreePort } from "../../../local/stack/ports.ts";

it("finds ports that can be taken, and none of those that systems hand out to connections going out", async () => {
  const found = await Promise.all(Array.from({ length: 50 }, findFreePort));
  // Linux hands out from 32,768 on, macOS and Windows from 49,152.
  expect(found.filter((port) => port < 1_024 || port >= 32_768)).toEqual([]);
  expect(new Set(found).size).toBeGreaterThan(40);
  for (const port of new Set(found)) {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject).listen(port, "127.0.0.1", resolve);
    });
    await new Promise((resolve) => server.close(resolve));
  }
});
