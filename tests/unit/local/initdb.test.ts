import { expect, it } from "vitest";
import { causeIn } from "../../../local/supabase/postgres.ts";

it.each([
  [
    "a full disk",
    `creating subdirectories ... ok
running bootstrap script ... 2026-11-28 16:00:00.000 UTC [42] FATAL:  could not write to file "pg_wal/xlogtemp.42": No space left on device
child process exited with exit code 1
initdb: removing contents of data directory "/tmp/x"`,
    /No space left on device$/,
  ],
  [
    "a folder of somebody else's",
    `initdb: error: could not access directory "/srv/data": Permission denied
initdb: removing data directory "/srv/data"`,
    /Permission denied$/,
  ],
  ["nothing that it names", "creating configuration files ... ok\nkilled", /^killed$/],
])("what is said of an initdb that failed names the cause: %s", (_what, log, line) => {
  expect(causeIn(log)).toMatch(line);
});
