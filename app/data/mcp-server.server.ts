import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { WebStandardStreamableHTTPServerTransport } from "@modelcontextprotocol/sdk/server/webStandardStreamableHttp.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { logFailure } from "../lib/log.ts";
import type { Services } from "./context.server.ts";
import { mcpTools, type Tool, ToolError } from "./mcp-tools.server.ts";
import { ReadError } from "./reader.server.ts";

const INSTRUCTIONS =
  "Independent measurements of LLM endpoints, made from a single location. Say n, as_of and location with a figure. Where simulated is true a built-in simulator answered: such figures say nothing about a provider. A missing metric is locked on this server.";
/** Longer texts are no argument of any tool. */
const LONGEST = 1_000;

/**
 * Answers one message of the Model Context Protocol, without a session: a server for each request, which is what a Worker
 * can promise. https://modelcontextprotocol.io/specification/2025-06-18/basic/transports
 * @param message the request's body, parsed
 */
export async function answerMcp(
  request: Request,
  message: unknown,
  services: Extract<Services, { ok: true }>,
): Promise<Response> {
  const tools = mcpTools(services.lockedMetrics);
  const server = new Server(
    { name: "benchmark-engine", version: "1.0.0" },
    {
      capabilities: { tools: {} },
      instructions: INSTRUCTIONS,
      // It asks the client nothing, so there is nothing to validate; the default one costs milliseconds to make.
      jsonSchemaValidator: {
        getValidator: () => {
          throw new Error("this server asks for no input");
        },
      },
    },
  );
  server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: tools.map(describe) }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }) => {
    try {
      const tool = tools.find(({ name }) => name === params.name);
      if (tool === undefined) throw new ToolError(`There is no tool ${params.name.slice(0, 60)} here`);
      const answer = await tool.run(sentOf(params.arguments ?? {}), services);
      return { content: [{ type: "text", text: JSON.stringify(answer) }], structuredContent: answer };
    } catch (error) {
      if (!(error instanceof ToolError)) logFailure("mcp_failed", request, error);
      return { isError: true, content: [{ type: "text", text: explain(error) }] };
    }
  });
  const transport = new WebStandardStreamableHTTPServerTransport({ enableJsonResponse: true });
  await server.connect(transport);
  return transport.handleRequest(request, { parsedBody: message });
}

function describe({ name, description, parameters, required }: Tool) {
  return {
    name,
    description,
    inputSchema: {
      type: "object" as const,
      properties: Object.fromEntries(
        Object.entries(parameters).map(([parameter, { description, schema, example }]) => [
          parameter,
          { ...schema, description, examples: [example] },
        ]),
      ),
      required: [...required],
      additionalProperties: false,
    },
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  };
}

/** Arguments as a query has them, so that one reader reads both. */
function sentOf(given: Readonly<Record<string, unknown>>): URLSearchParams {
  const sent = new URLSearchParams();
  for (const [name, value] of Object.entries(given)) {
    // What models write for "not given".
    if (value === null || value === undefined) continue;
    if (typeof value === "object")
      throw new ToolError(`${name.slice(0, 60)}: must be text, a number or a boolean`);
    const text = typeof value === "number" ? plainNumber(value) : String(value);
    if (text.length > LONGEST) throw new ToolError(`${name.slice(0, 60)}: is too long`);
    sent.append(name, text);
  }
  return sent;
}

/** Without an exponent, as queries write numbers. */
function plainNumber(value: number): string {
  const text = String(value);
  return /e/i.test(text) ? value.toFixed(15).replace(/\.?0+$/, "") : text;
}

function explain(error: unknown): string {
  if (error instanceof ToolError) return error.message;
  if (error instanceof ReadError)
    return `The database did not answer (${error.failure}). Try again in a minute.`;
  return "The figures could not be read.";
}
