import type { Alert } from "../alerts/event.ts";
import { plainName } from "../alerts/event.ts";
import { notice, providerName } from "../alerts/messages.ts";
import type { CatalogChange } from "../catalog/changes.ts";
import type { StoredModel } from "../store/catalog-sync.ts";
import type { Store } from "../store/index.ts";

/** A model that runs ask, as it was known before a change. */
type Known = StoredModel & { readonly provider: string };

/**
 * The store, telling what a change of the catalog means for the models that are measured: one alert for each provider and
 * kind of news, however many models it is about.
 */
export function tellingStore(store: Store, tell: (alert: Alert) => void, dashboardUrl: string | null): Store {
  const known = new Map<string, Known>();
  return {
    ...store,
    async catalog(provider) {
      const answer = await store.catalog(provider);
      for (const { provider: slug, models } of answer) {
        for (const model of models) known.set(model.id, { ...model, provider: slug });
      }
      return answer;
    },
    async applyCatalog(change, origin) {
      const written = await store.applyCatalog(change, origin);
      for (const alert of catalogAlerts(change, known, origin.at, dashboardUrl)) tell(alert);
      return written;
    },
  };
}

/** What a change says of models that are active; others are offered by the hundred and measured by nobody. */
export function catalogAlerts(
  change: CatalogChange,
  known: ReadonlyMap<string, Known>,
  at: Date,
  dashboardUrl: string | null,
): Alert[] {
  const measured = <T extends { readonly id: string }>(changes: readonly T[]) =>
    changes.flatMap((entry) => {
      const model = known.get(entry.id);
      return model?.active ? [{ model, entry }] : [];
    });
  const successor = (name: string | null) => (name === null ? "" : `; its successor is ${plainName(name)}`);
  const news = [
    ...measured(change.retired).map(({ model, entry }) => ({
      kind: "model.retired" as const,
      provider: model.provider,
      line: `${plainName(model.name)} is not offered any more${successor(entry.successor)}.`,
    })),
    ...measured(change.announced)
      .filter(({ entry }) => entry.retiresAt !== null)
      .map(({ model, entry }) => ({
        kind: "model.announced" as const,
        provider: model.provider,
        line: `${plainName(model.name)} retires on ${entry.retiresAt?.slice(0, 10)}${successor(entry.successor)}.`,
      })),
    ...measured(change.prices)
      .filter(({ model }) => model.price !== null)
      .map(({ model, entry }) => ({
        kind: "price.changed" as const,
        provider: model.provider,
        line: `${plainName(model.name)}: $${model.price?.input} in and $${model.price?.output} out per million tokens until now, $${entry.input} and $${entry.output} from now on.`,
      })),
  ];
  const titles = {
    "model.retired": (name: string) => `${name} has retired models that are measured`,
    "model.announced": (name: string) => `${name} is going to retire models that are measured`,
    "price.changed": (name: string) => `${name} has changed prices of models that are measured`,
  };
  const groups = new Map<string, typeof news>();
  for (const entry of news) {
    const key = `${entry.kind} ${entry.provider}`;
    groups.set(key, [...(groups.get(key) ?? []), entry]);
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (!first) return [];
    const { kind, provider } = first;
    return notice(
      {
        kind,
        key: `${provider}-${at.toISOString()}`,
        provider,
        severity: kind === "model.retired" ? "warning" : "info",
        title: titles[kind](providerName(provider)),
        lines: group.map(({ line }) => line),
        page: kind === "price.changed" ? "/prices" : "/models",
      },
      at.getTime(),
      dashboardUrl,
    );
  });
}
