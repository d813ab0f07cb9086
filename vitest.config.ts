import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// One Postgres for all tests of a run; each test file gets a database of its own in it.
const globalSetup = ["tests/support/supabase-server.ts"];

// Tests wait for sockets, databases and browsers more than they compute.
const workers = { maxWorkers: availableParallelism() + 2 };

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
          include: ["tests/worker/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
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
