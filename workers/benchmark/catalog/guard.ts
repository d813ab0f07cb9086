/** A list that lost or gained so much that it is not believed yet, as it is remembered between syncs. */
export interface HeldList {
  /** How many syncs in a row have seen such a list. */
  readonly syncs: number;
  /** One line for a person. */
  readonly reason: string;
  /** ISO time of the first of them. */
  readonly at: string;
  /** A person has looked: the next list is taken as it is. */
  readonly accepted: boolean;
}

/** What a person has said beforehand of the list that is about to come. */
export interface Accept {
  readonly shrink: boolean;
  readonly growth: boolean;
}
export const ACCEPT_NOTHING: Accept = { shrink: false, growth: false };

/** A list that stays so in as many syncs is no slip. */
const BELIEVED_IN_SYNCS = 3;
/** With fewer models than this, all of them may well be replaced at once. */
const FEW = 4;
/** No provider brings out more at once: it has opened its doors to everybody's models, or its list is another's. */
const MANY_NEW = 1_000;

export interface ListSizes {
  /** Models that the provider was known to offer, and those of them that are listed still. */
  readonly offered: number;
  readonly left: number;
  /** Chat models in the list, and those of them that nobody knew. */
  readonly chat: number;
  readonly added: number;
}

export interface Judgement {
  /** Whether what is missing may be retired, and what is new taken. */
  readonly retire: boolean;
  readonly add: boolean;
  /** What is remembered from now on. */
  readonly held: HeldList | null;
}

/**
 * Judges a list by what it lost and gained. Whatever it holds back it lets go by itself in the third sync in a row, or
 * as soon as a person says so.
 */
export function judgeList(sizes: ListSizes, held: HeldList | null, accept: Accept, now: Date): Judgement {
  const { offered, left, chat, added } = sizes;
  const lost = left < offered;
  const shrank = lost && (Math.max(chat, left) * 2 < offered || (offered >= FEW && left * 2 < offered));
  const grew = added > MANY_NEW;
  const syncs = (held?.syncs ?? 0) + 1;
  const accepted = held?.accepted === true || syncs >= BELIEVED_IN_SYNCS;
  const holdShrink = shrank && !accept.shrink && !accepted;
  const holdGrowth = grew && !accept.growth && !accepted;
  const reasons = [
    holdShrink
      ? `of ${offered} models known so far it lists ${left} (${chat} in all): nothing is retired until three syncs have seen it (this is ${ordinal(syncs)}) or you say --accept-shrink`
      : null,
    holdGrowth
      ? `it lists ${added} models that nobody knew: none is taken until three syncs have seen them (this is ${ordinal(syncs)}) or you say --accept-growth`
      : null,
  ].filter((reason) => reason !== null);
  return {
    retire: !holdShrink,
    add: !holdGrowth,
    held:
      reasons.length === 0
        ? null
        : { syncs, reason: reasons.join("; "), at: held?.at ?? now.toISOString(), accepted: false },
  };
}

function ordinal(n: number): string {
  return n === 1 ? "the first" : "the second";
}
