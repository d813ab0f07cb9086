import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";
import { messageOf } from "./local/errors.ts";
import { installPackages } from "./local/packages.ts";

// Here and not in the launcher: `npx vitest` comes by here too.
try {
  installPackages("tests");
} catch (error) {
  console.error(messageOf(error));
  process.exit(1);
}

// One Postgres for all tests of a run; each test file gets a database of its own in it.
const globalSetup = ["tests/support/supabase-server.ts"];

const workers = {
  // Tests wait for sockets, databases and browsers more than they compute.
  maxWorkers: availableParallelism() + 1,
  // Files share what their worker has loaded: loading it anew for each took a fifth of the CPU. What a test changes outside
  // its file (environment, globals, spies) it puts back.
  isolate: false,
  // A busy machine takes longer than the second that is the default.
  expect: { poll: { timeout: 10_000 } },
};

const memory = "tests/worker/many.test.ts";

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          ...workers,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "database",
          include: ["tests/database/**/*.test.ts"],
          globalSetup,
          ...workers,
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "worker",
          globalSetup,
          ...workers,
          // These wait the most: for deadlines, alarms and restarts.
          maxWorkers: availableParallelism() + 3,
          sequence: { groupOrder: 1 },
          include: ["tests/worker/**/*.test.ts"],
          exclude: [memory],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      // After the others, alone: a busy machine collects garbage late, which looks like memory that grows.
      {
        test: {
          name: "memory",
          globalSetup,
          include: [memory],
          hookTimeout: 120_000,
          sequence: { groupOrder: 2 },
        },
      },
      // Long fault runs, on demand: npm run soak.
      { test: { name: "soak", globalSetup, include: ["tests/worker/**/*.soak.ts"], hookTimeout: 120_000 } },
      {
        test: {
          name: "e2e",
          globalSetup,
          ...workers,
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
