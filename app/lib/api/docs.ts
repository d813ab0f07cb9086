import type { OpenApiDocument } from "./openapi.ts";

/** What the documentation page shows, all of it taken from the OpenAPI document. */
export interface ApiDocs {
  readonly description: string;
  readonly operations: readonly OperationDocs[];
}

export interface OperationDocs {
  readonly id: string;
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly samples: readonly { readonly label: string; readonly source: string }[];
  readonly parameters: readonly ParameterDocs[];
  /** Of an entry where the answer is a list. */
  readonly fields: readonly FieldDocs[];
  readonly answers: readonly {
    readonly status: string;
    readonly description: string;
    readonly type: string;
  }[];
}

export interface ParameterDocs {
  readonly name: string;
  readonly place: string;
  readonly takes: string;
  readonly description: string;
}

export interface FieldDocs {
  readonly name: string;
  readonly type: string;
  readonly description: string;
}

type Json = Readonly<Record<string, unknown>>;

/** The document as people read it. */
export function apiDocs(document: OpenApiDocument): ApiDocs {
  const root = document as unknown as Json;
  return {
    description: document.info.description,
    operations: Object.entries(document.paths).map(([path, { get }]) => ({
      id: get.operationId,
      path,
      summary: get.summary,
      description: get.description,
      samples: get["x-codeSamples"].map(({ label, source }) => ({ label, source })),
      parameters: get.parameters.map((parameter) => ({
        name: parameter.name,
        place: parameter.in,
        takes: takes(parameter.schema),
        description: parameter.description,
      })),
      fields: fieldsOf(root, get.responses),
      answers: Object.entries(get.responses).map(([status, answer]) => {
        const resolved = resolve(root, answer);
        return {
          status: status === "default" ? "else" : status,
          description: String(resolved.description ?? ""),
          type: Object.keys(asJson(resolved.content))[0] ?? "",
        };
      }),
    })),
  };
}

function fieldsOf(root: Json, responses: Json): FieldDocs[] {
  const content = asJson(resolve(root, responses["200"]).content);
  const body = resolve(root, asJson(content["application/json"]).schema);
  const properties = asJson(body.properties);
  const entry = asJson(asJson(asJson(properties.data).items).properties);
  return Object.entries(Object.keys(entry).length > 0 ? entry : properties).map(([name, schema]) => ({
    name,
    type: typeOf(asJson(schema)),
    description: String(asJson(schema).description ?? ""),
  }));
}

/** What a parameter takes, in words. */
function takes(schema: Json): string {
  const usual = schema.default === undefined ? "" : `; default ${String(schema.default)}`;
  if (Array.isArray(schema.enum)) return `one of ${schema.enum.join(", ")}${usual}`;
  if (schema.type === "integer") return `a number from ${schema.minimum} to ${schema.maximum}${usual}`;
  if (schema.type === "boolean") return "true or false";
  if (Array.isArray(schema.anyOf)) return "a time or a day";
  return schema.format === "uuid" ? "a UUID" : "text";
}

function typeOf(schema: Json): string {
  if (Array.isArray(schema.anyOf)) return schema.anyOf.map((one) => typeOf(asJson(one))).join(" or ");
  if (Array.isArray(schema.enum)) return schema.enum.join(", ");
  if (schema.format === "date-time") return "time";
  if (schema.format === "uuid") return "UUID";
  if (schema.type === "array") return "list";
  if (schema.type === "object") {
    const inside = Object.keys(asJson(schema.properties));
    return inside.length > 0 ? `{ ${inside.join(", ")} }` : "object";
  }
  const type = Array.isArray(schema.type) ? schema.type.join(" or ") : String(schema.type ?? "anything");
  return type.replace("string", "text");
}

/** Follows `#/…` within the document. */
function resolve(root: Json, value: unknown): Json {
  const json = asJson(value);
  if (typeof json.$ref !== "string") return json;
  return json.$ref
    .replace(/^#\//, "")
    .split("/")
    .reduce((at, part) => asJson(at[part]), root);
}

function asJson(value: unknown): Json {
  return typeof value === "object" && value !== null ? (value as Json) : {};
}
