/**
 * What the benchmark compares with: packages of some 210 MB that nothing else needs. They have a package of their own
 * in ./peers, which the first benchmark installs (local/packages.ts).
 */
import type { JudgePage } from "./lighthouse.ts";
import type { Reader } from "./readers/types.ts";

interface Peers {
  readonly openai: { readonly sdkReader: (now: () => number) => Reader };
  readonly lighthouse: { readonly judgePage: JudgePage };
}

/** One of them, loaded. By a computed name, so that the project's types can be checked without the peers. */
export async function loadPeer<Name extends keyof Peers>(name: Name): Promise<Peers[Name]> {
  return (await import(new URL(`./peers/${name}.ts`, import.meta.url).href)) as Peers[Name];
}
