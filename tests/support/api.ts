import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { parse } from "csv-parse/sync";
import { expect } from "vitest";

export interface ListBody {
  simulated: boolean;
  page: { limit: number; next_cursor: string | null; next: string | null };
  data: Record<string, unknown>[];
  /** Of endpoints. */
  as_of?: string | null;
}

/** Follows a list to its end. Fails when the pages do not end. */
export async function readAll(origin: string, address: string): Promise<ListBody[]> {
  const pages: ListBody[] = [];
  for (let next: string | null = address; next !== null; ) {
    const response = await fetch(origin + next);
    expect(response.status, next).toBe(200);
    const body = (await response.json()) as ListBody;
    pages.push(body);
    expect(pages.length, "pages without an end").toBeLessThan(500);
    next = body.page.next;
    expect(response.headers.get("Link")).toBe(next === null ? null : `<${next}>; rel="next"`);
  }
  return pages;
}

type Json = Record<string, unknown>;

/** Checks bodies against the schemas of an OpenAPI 3.1 document, as JSON Schema 2020-12 says. */
export function bodyChecker(document: Json): (pointer: string, body: unknown) => void {
  // The document's own words (example, description) are no rules; strict would refuse them.
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: true });
  addFormats.default(ajv);
  ajv.addSchema({ ...document, $id: "https://test.invalid/openapi.json" });
  return (pointer, body) => {
    const check = ajv.compile({ $ref: `https://test.invalid/openapi.json#${pointer}` });
    expect(check(body), JSON.stringify(check.errors?.slice(0, 3))).toBe(true);
  };
}

/** RFC 4180 as strictly as csv-parse reads it: rows of one length, CRLF, no stray or open quotation mark. */
export function parseCsv(text: string): string[][] {
  return parse(text, { record_delimiter: "\r\n" }) as string[][];
}

export interface ProblemBody {
  type: string;
  title: string;
  status: number;
  detail: string;
  errors: { parameter: string; detail: string }[];
}

/** A problem's body; `errors` is empty where it has none. */
export async function readProblem(response: Response): Promise<ProblemBody> {
  return { errors: [], ...((await response.json()) as Omit<ProblemBody, "errors">) };
}
