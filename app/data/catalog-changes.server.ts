import { z } from "zod";
import { compile } from "../lib/compiled-schema.ts";
import {
  CATALOG_EVENT_KINDS,
  type CatalogEventKind,
  describeChange,
  EVENT_WORDS,
} from "../lib/models-words.ts";
import { time } from "../lib/schema.ts";
import type { Reader } from "./reader.server.ts";

const side = z.record(z.string(), z.unknown()).nullable();

/** One event of the catalogue, as read functions give it. */
export const changeSchema = z.object({
  at: time,
  kind: z.enum(CATALOG_EVENT_KINDS),
  provider: z.string(),
  provider_name: z.string(),
  model: z.string(),
  before: side,
  after: side,
});
const listedChanges = z.array(changeSchema.extend({ id: z.guid() }));
/** The database's answer as changes. @throws ZodError where it is not what was agreed. */
export const parseChanges = compile(listedChanges);
export type CatalogChange = z.infer<typeof listedChanges>[number];

/** A change in words. */
export interface ChangeRow {
  readonly at: string;
  readonly kind: CatalogEventKind;
  readonly provider: string;
  readonly provider_name: string;
  readonly model: string;
  readonly title: string;
  readonly detail: string | null;
}

export interface ChangesQuery {
  /** ISO. */
  readonly since: string;
  readonly atMost: number;
  /** Null: every provider. */
  readonly provider?: string | null;
  /** None: of every kind. */
  readonly kinds?: readonly CatalogEventKind[];
}

/**
 * What changed in the catalogue since a moment, newest first; beyond the limit each provider's newest.
 * @throws {ReadError} where the database gives no answer; ZodError where the answer is not what was agreed.
 */
export async function readChanges(
  reader: Reader,
  { since, atMost, provider = null, kinds }: ChangesQuery,
): Promise<readonly CatalogChange[]> {
  const answer = await reader.call("catalog_changes", {
    since,
    at_most: atMost,
    of_provider: provider,
    ...(kinds === undefined ? {} : { kinds: [...kinds] }),
  });
  return parseChanges(answer);
}

export function toChangeRow({
  at,
  kind,
  provider,
  provider_name,
  model,
  before,
  after,
}: z.infer<typeof changeSchema>): ChangeRow {
  return {
    at,
    kind,
    provider,
    provider_name,
    model,
    title: EVENT_WORDS[kind].one,
    detail: describeChange(kind, before, after),
  };
}
