import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  endLeftoverGroup,
  groupMembers,
  type ProcessGroup,
  startGroup,
  thisProcess,
} from "../../../local/processes.ts";
import { takeStack } from "../../../local/stack/lock.ts";
import { requireFreePort } from "../../../local/stack/ports.ts";

const directory = () => realpathSync(mkdtempSync(join(tmpdir(), "processes-")));
let folder: string;
const started: ProcessGroup[] = [];
beforeEach(() => {
  folder = directory();
});
afterEach(async () => {
  await Promise.all(started.splice(0).map((group) => group.stop()));
  rmSync(folder, { recursive: true });
});

/** A program that starts a child of its own, says "up" and then waits; deaf ones ignore being asked to end. */
async function start(
  options: { deaf?: boolean; code?: string } = {},
): Promise<{ group: ProcessGroup; lines: string[] }> {
  const file = join(folder, "program.mjs");
  const deaf = options.deaf ? 'process.on("SIGTERM", () => {});' : "";
  writeFileSync(
    file,
    options.code ??
      `import { spawn } from "node:child_process";
       ${deaf}
       spawn(process.execPath, ["-e", 'setTimeout(() => {}, 60000)'], { stdio: "ignore" });
       setTimeout(() => {}, 60000);
       console.log("up");`,
  );
  const lines: string[] = [];
  const group = await startGroup([file], {
    name: "A program",
    cwd: folder,
    env: { PATH: process.env.PATH ?? "" },
    onLine: (line) => void lines.push(line),
  });
  started.push(group);
  return { group, lines };
}

const isGone = (group: ProcessGroup) => groupMembers(group.pid).length === 0;

describe("a process group", () => {
  it("ends with everything it started", async () => {
    const { group, lines } = await start();
    await expect.poll(() => lines).toEqual(["up"]);
    if (process.platform === "linux") await expect.poll(() => groupMembers(group.pid).length).toBe(2);
    await group.stop();
    expect(isGone(group)).toBe(true);
    expect(await group.exited).toContain("SIGTERM");
  });

  it("ends even when it will not listen", async () => {
    const { group, lines } = await start({ deaf: true });
    await expect.poll(() => lines).toEqual(["up"]);
    await group.stop();
    expect(isGone(group)).toBe(true);
    expect(await group.exited).toContain("SIGKILL");
  });

  it("says how it ended and what it said last", async () => {
    const { group } = await start({ code: 'console.error("oh no"); process.exitCode = 3;' });
    expect(await group.exited).toBe("exit code 3");
    await expect.poll(() => group.lastLines()).toEqual(["oh no"]);
  });

  it("is ended by a later start only when it is provably the recorded one", async () => {
    const { group, lines } = await start();
    await expect.poll(() => lines).toEqual(["up"]);
    // Same number, other start time, and no program of this checkout: someone else's by now.
    expect(await endLeftoverGroup({ pid: group.pid, started: "another time" }, "/somewhere/else")).toBe(
      false,
    );
    expect(isGone(group)).toBe(false);
    expect(await endLeftoverGroup(group, "/somewhere/else")).toBe(true);
    expect(isGone(group)).toBe(true);
    expect(await endLeftoverGroup(group, "/somewhere/else")).toBe(false);
  });
});

describe("what a killed start left of a group whose leader is gone", () => {
  it("is ended where its program is in this checkout's node_modules, be that a link to another folder", async () => {
    const shared = join(folder, "shared");
    const checkout = join(folder, "checkout");
    mkdirSync(shared);
    mkdirSync(checkout);
    symlinkSync(shared, join(checkout, "node_modules"), "junction");
    const program = join(shared, "program.mjs");
    writeFileSync(program, 'setTimeout(() => {}, 60000); console.log("up");');
    const lines: string[] = [];
    const group = await startGroup([program], {
      name: "A program",
      cwd: folder,
      env: { PATH: process.env.PATH ?? "" },
      onLine: (line) => void lines.push(line),
    });
    started.push(group);
    await expect.poll(() => lines).toEqual(["up"]);
    const left = { pid: group.pid, started: "another time" };
    expect(await endLeftoverGroup(left, join(folder, "elsewhere"))).toBe(false);
    expect(isGone(group)).toBe(false);
    expect(await endLeftoverGroup(left, checkout)).toBe(true);
    expect(isGone(group)).toBe(true);
  });
});

describe("the stack's lock", () => {
  it("is taken once, and free again after its release", async () => {
    const lock = await takeStack(folder, "/root");
    await expect(takeStack(folder, "/root")).rejects.toThrow(`process ${process.pid}`);
    lock.release();
    (await takeStack(folder, "/root")).release();
  });

  it("of a dead process is taken over, and what it left running is ended", async () => {
    const { group, lines } = await start();
    await expect.poll(() => lines).toEqual(["up"]);
    const owner = { pid: thisProcess().pid, started: "in another life" };
    const groups = [{ pid: group.pid, started: group.started }];
    writeFileSync(join(folder, "stack.json"), JSON.stringify({ owner, groups }));
    const lock = await takeStack(folder, "/root");
    expect(isGone(group)).toBe(true);
    lock.release();
  });

  it("that was cut short by a crash is taken over", async () => {
    writeFileSync(join(folder, "stack.json"), '{"owner":{"pi');
    (await takeStack(folder, "/root")).release();
  });
});

describe("a port", () => {
  it("that is taken is named together with the setting that moves it", async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    await expect(requireFreePort(port, "DASHBOARD_PORT")).rejects.toThrow(
      `port ${port} is taken: stop what uses it, or set DASHBOARD_PORT to a free one`,
    );
    await new Promise((resolve) => server.close(resolve));
    await sleep(10);
    await requireFreePort(port, "DASHBOARD_PORT");
  });
});
