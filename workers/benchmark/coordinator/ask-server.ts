import { type Config, readKey } from "../config.ts";
import { type AskEnvironment, AskError } from "../jobs/ask-provider.ts";
import { DAY_MS, isWithinBudget, settledUsd, spentBefore, worstCaseUsd } from "../jobs/budget.ts";
import type { ProvidersEnvironment } from "../jobs/manage-providers.ts";
import { resultRow } from "../jobs/run-slice.ts";
import type { Target } from "../jobs/target.ts";
import type { Store } from "../store/index.ts";
import type { Ledger } from "./ledger.ts";

interface Asking {
  readonly env: Readonly<Record<string, unknown>>;
  readonly config: Config;
  readonly store: Store;
  readonly ledger: Ledger;
  /** What runs ask: what a price nobody knows is taken at. */
  readonly known: readonly Target[];
}

/** What asking a server works with in the coordinator. Its cost is counted where runs count theirs. @throws StoreError */
export async function askingEnvironment({
  env,
  config,
  store,
  ledger,
  known,
}: Asking): Promise<ProvidersEnvironment> {
  if (!ledger.isOpen) {
    const now = Date.now();
    ledger.open(await spentBefore(now, store, known), now);
  }
  const spendOn = (provider: string): AskEnvironment["spend"] => {
    return async (model, reasoning) => {
      const target = { provider, model, reasoning, providerId: null, modelId: null, price: null };
      const reserved = worstCaseUsd(target, known);
      const at = Date.now();
      if (!isWithinBudget(ledger.spentSince(at - DAY_MS), reserved, config.budgetUsd, false)) {
        throw new AskError("BENCHMARK_BUDGET_USD is reached: nothing more is asked");
      }
      ledger.reserve(at, reserved);
      return ({ measurement, usageReported }) => {
        const cost = settledUsd(resultRow(measurement, "", target), usageReported, reserved, known);
        ledger.settle(at, reserved, cost);
      };
    };
  };
  return {
    store,
    config,
    readKey: (variable, name) => readKey(env, variable, name),
    ask: {
      // Wrapped, because a bare `fetch` loses its `this` in Workers ("Illegal invocation").
      fetch: (input, init) => fetch(input, init),
      now: () => performance.now(),
      date: () => new Date(),
      newId: () => crypto.randomUUID(),
      wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
      spendOn,
    },
  };
}
