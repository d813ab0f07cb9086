import { z } from "zod";
import type { LockableMetric } from "../locks.ts";
import { PROBLEM_TYPE } from "./http.ts";
import { type Answer, type Operation, operations } from "./operations.ts";
import type { Parameter, Parameters } from "./parameters.ts";
import { problemSchema } from "./schemas.ts";

type Json = Record<string, unknown>;

/** The version of the API's shape, not of the program. */
const API_VERSION = "1.0.0";

/**
 * The OpenAPI 3.1 document of this server, made of what the addresses themselves read and answer by.
 * https://spec.openapis.org/oas/v3.1.1.html
 * @param origin where this server is reached, without a slash at the end
 */
export function openApiDocument(origin: string, locked: ReadonlySet<LockableMetric>) {
  const all = operations(locked);
  return {
    openapi: "3.1.1",
    info: {
      title: "Benchmark Engine",
      version: API_VERSION,
      summary: "Independent measurements of AI inference providers.",
      description:
        "Public read-only data: no key, any origin, GET and HEAD only. Durations are milliseconds, money is USD, timestamps are RFC 3339. Data from the built-in simulator is marked `simulated` and says nothing about a provider. Metrics that are locked on this server are absent. Responses may be 30 seconds old; send `If-None-Match` to check cheaply for changes.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: origin }],
    security: [],
    externalDocs: { url: `${origin}/api`, description: "Documentation" },
    paths: Object.fromEntries(all.map((operation) => [operation.path, { get: describe(operation, origin) }])),
    components: {
      schemas: Object.fromEntries([
        ...all.flatMap(({ answers }) =>
          answers.flatMap(({ schema }) => (schema === null ? [] : [[schema.name, jsonSchema(schema.json)]])),
        ),
        ["Problem", jsonSchema(problemSchema)],
      ]) as Json,
      responses: {
        BadParameter: problem("Invalid parameter; `errors` names each."),
        Unavailable: problem("The figures could not be read; see `title` and `detail`."),
      },
    },
  };
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>;

function describe(operation: Operation, origin: string) {
  return {
    operationId: operation.id,
    summary: operation.summary,
    description: operation.description,
    parameters: [
      ...parameters("path", operation.pathParameters ?? {}),
      ...parameters("query", operation.query),
      ...(operation.tagged
        ? [
            {
              name: "If-None-Match",
              in: "header",
              description: "The ETag of a response you have; 304 if it is not modified.",
              schema: { type: "string" },
              example: '"0123456789abcdef0123456789abcdef"',
            },
          ]
        : []),
    ],
    responses: responses(operation),
    "x-codeSamples": operation.examples.map(({ summary, address, status }) => ({
      lang: "Shell",
      label: status === 200 ? summary : `${summary} (${status})`,
      source: `curl '${origin}${address}'`,
      "x-status": status,
    })),
  };
}

function parameters(place: "path" | "query", list: Parameters) {
  return Object.entries(list).map(([name, parameter]: [string, Parameter<unknown>]) => ({
    name,
    in: place,
    ...(place === "path" ? { required: true } : {}),
    description: parameter.description,
    schema: parameter.schema,
    example: parameter.example,
  }));
}

function responses({ answers, tagged, query }: Operation): Json {
  const made: Json = {};
  for (const answer of answers) made[answer.status] = response(answer, tagged);
  if (tagged) made[304] = { description: "Not modified." };
  if (!(400 in made)) made[400] = { $ref: "#/components/responses/BadParameter" };
  if (Object.keys(query).length > 0) made.default = { $ref: "#/components/responses/Unavailable" };
  return made;
}

function response({ description, mediaType, schema, sample }: Answer, tagged: boolean): Json {
  const content = schema === null ? { type: "string" } : { $ref: `#/components/schemas/${schema.name}` };
  return {
    description,
    ...(tagged
      ? { headers: { ETag: { description: "Changes with the content.", schema: { type: "string" } } } }
      : {}),
    content: {
      [mediaType]: { schema: content, ...(sample === undefined ? {} : { example: sample }) },
    },
  };
}

function problem(description: string) {
  return {
    description,
    content: { [PROBLEM_TYPE]: { schema: { $ref: "#/components/schemas/Problem" } } },
  };
}

function jsonSchema(schema: z.ZodType): Json {
  const { $schema: _, ...made } = z.toJSONSchema(schema, {
    target: "draft-2020-12",
    override({ jsonSchema }) {
      // A format says it all, and in fewer words than the pattern zod puts beside it.
      if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
  return made;
}
