import type { KnownModel } from "./changes.ts";
import { identify } from "./identity.ts";
import type { Price } from "./listed.ts";

type Priced = Pick<KnownModel, "name" | "available" | "price"> & { readonly identity: string | null };

/** What providers charge for the same model, beside one of them. */
export interface PeerPrices {
  readonly byIdentity: ReadonlyMap<string, readonly Price[]>;
  /** Nothing for a name that says that it is given away: its price is no slip, whatever others charge. */
  of(model: { readonly name: string; readonly identity: string | null }): readonly Price[];
}

/** @param provider slug of the one whose own prices do not count. */
export function peerPrices(
  catalog: readonly { readonly provider: string; readonly models: readonly Priced[] }[],
  provider: string,
): PeerPrices {
  const byIdentity = new Map<string, Price[]>();
  for (const { provider: slug, models } of catalog) {
    if (slug === provider) continue;
    for (const { identity, available, price } of models) {
      if (identity === null || !available || price === null) continue;
      byIdentity.set(identity, [...(byIdentity.get(identity) ?? []), price]);
    }
  }
  return {
    byIdentity,
    of: ({ name, identity }) => {
      const read = identify(provider, name);
      if (read.serving.includes("free")) return [];
      return byIdentity.get(identity ?? read.canonical) ?? [];
    },
  };
}
