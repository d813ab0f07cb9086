/** Items by key, in the order in which the keys first appear. */
export function groupBy<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const name = key(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}

/** By code unit: the server and every browser agree, whatever their language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

interface Named {
  readonly provider: string;
  readonly model: string;
}

export function compareNames(a: Named, b: Named): number {
  return compareText(a.provider, b.provider) || compareText(a.model, b.model);
}
