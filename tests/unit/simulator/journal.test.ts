import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Simulator, startSimulator } from "../../../local/simulator/index.ts";
import { ask, BULLETS } from "./ask.ts";

let simulator: Simulator;
beforeEach(async () => {
  simulator = await startSimulator({ seed: 5, speed: 20, failures: false });
});
afterEach(() => simulator.stop());

const requestId = "0b8e0a3e-6c1a-4bb0-9d0e-0f6b3f2d7a11";

describe("the simulator's log", () => {
  it("tells warm-up from measured requests, with model, status and the id that opens the prompt", async () => {
    const list = await fetch(`${simulator.url}/openai/models`, { headers: { authorization: "Bearer x" } });
    await list.arrayBuffer();
    await ask(simulator.url, "openai", "gpt-4o-mini", { prompt: `${requestId}\n\n${BULLETS}` });
    await ask(simulator.url, "groq", "nothing-of-the-kind");

    await expect.poll(() => simulator.log().every(({ endedMs }) => endedMs !== null)).toBe(true);
    expect(simulator.log()).toMatchObject([
      { number: 1, kind: "warmup", provider: "openai", model: null, requestId: null, status: 200 },
      {
        number: 2,
        kind: "measured",
        provider: "openai",
        model: "gpt-4o-mini",
        requestId,
        status: 200,
        course: "ok",
      },
      { number: 3, kind: "measured", provider: "groq", status: 404, course: "unknown_model" },
    ]);
  });

  it("shows whether requests overlapped", async () => {
    const overlapping = () => {
      const requests = simulator.log().filter(({ kind }) => kind === "measured");
      return requests.some((one, index) =>
        requests.slice(index + 1).some((next) => next.startedMs < (one.endedMs ?? Number.POSITIVE_INFINITY)),
      );
    };
    await ask(simulator.url, "openai", "gpt-4o-mini");
    await ask(simulator.url, "groq", "openai/gpt-oss-20b");
    await expect.poll(() => simulator.log().every(({ endedMs }) => endedMs !== null)).toBe(true);
    expect(overlapping()).toBe(false);

    await Promise.all([
      ask(simulator.url, "openai", "gpt-4o-mini"),
      ask(simulator.url, "together", "openai/gpt-oss-20b"),
    ]);
    expect(overlapping()).toBe(true);
  });

  it("can be read and emptied from another process, and is not changed by a reader", async () => {
    await ask(simulator.url, "openai", "gpt-4o-mini");
    const read = async (): Promise<unknown> => (await fetch(`${simulator.url}/_log`)).json();
    const taken = simulator.log();
    expect(await read()).toMatchObject([{ number: 1, provider: "openai" }]);
    await fetch(`${simulator.url}/_log`, { method: "DELETE" });
    expect(await read()).toEqual([]);
    expect(taken).toHaveLength(1);
  });
});

describe("the simulator's pace", () => {
  it("is that of its profile: a share of the time at each speed, whatever timers do", async () => {
    const slow = await startSimulator({ seed: 2, speed: 4, failures: false });
    const fast = await startSimulator({ seed: 2, speed: 40, failures: false });
    try {
      const time = async (url: string) => {
        const began = performance.now();
        await ask(url, "together", "mistralai/Mixtral-8x7B-Instruct-v0.1");
        return performance.now() - began;
      };
      const [slowly, quickly] = [await time(slow.url), await time(fast.url)];
      // About 1.7 s of a real provider's time.
      expect(slowly).toBeGreaterThan(300);
      expect(slowly).toBeLessThan(1_200);
      expect(quickly).toBeLessThan(slowly / 2);
    } finally {
      await Promise.all([slow.stop(), fast.stop()]);
    }
  });

  it("stops at once, open streams included", async () => {
    const own = await startSimulator({ seed: 1, failures: false });
    const asked = ask(own.url, "openai", "gpt-4o-mini").catch((error: unknown) => error);
    await expect.poll(() => own.log().length).toBe(1);
    await own.stop();
    expect(await asked).toBeInstanceOf(Error);
  });

  it("refuses a port that is taken", async () => {
    const port = Number(new URL(simulator.url).port);
    await expect(startSimulator({ port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  });
});
