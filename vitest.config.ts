import { defineConfig } from "vitest/config";

// One Postgres for all tests of a run; each test file gets a database of its own in it.
const globalSetup = ["tests/support/supabase-server.ts"];

// Waits for sockets, databases and browsers more than it computes.
const everyCore = { maxWorkers: "100%" };

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["tests/unit/**/*.test.{ts,tsx}"],
          ...everyCore,
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: "database",
          include: ["tests/database/**/*.test.ts"],
          globalSetup,
          ...everyCore,
          testTimeout: 30_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: "worker",
          globalSetup,
          ...everyCore,
          include: ["tests/worker/**/*.test.ts"],
          exclude: ["tests/worker/stack*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      // The whole stack as a user starts it, alone: it promises how soon it is up.
      {
        test: {
          name: "stack",
          globalSetup,
          include: ["tests/worker/stack*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      // Long fault runs, on demand: npm run soak.
      { test: { name: "soak", globalSetup, include: ["tests/worker/**/*.soak.ts"], hookTimeout: 120_000 } },
      {
        test: {
          name: "e2e",
          globalSetup,
          ...everyCore,
          include: ["tests/e2e/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
