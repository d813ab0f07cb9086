import { createServer } from "node:net";
import { codeOf, SetupError } from "./supabase/errors.ts";

/**
 * Makes sure that a port on 127.0.0.1 can be taken.
 *
 * @throws SetupError naming the port and the setting that moves it.
 */
export function requireFreePort(port: number, setting: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (error) => {
      const code = codeOf(error);
      const why = code === "EADDRINUSE" ? "is taken" : `cannot be used here (${code})`;
      reject(new SetupError(`port ${port} ${why}: stop what uses it, or set ${setting} to a free one`));
    });
    server.listen(port, "127.0.0.1", () => server.close(() => resolve()));
  });
}
