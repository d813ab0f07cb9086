import type { ActionFunctionArgs } from "@remix-run/cloudflare";
import { answerProgram } from "../data/api-answer.server.ts";
import { problemResponse } from "../lib/api/http.ts";
import { readMessage } from "../lib/api/json-rpc.ts";

/** No stream is kept open for a client to listen to, and no session to end. */
export function loader() {
  return refusal(405, "This address answers POST: one message of the Model Context Protocol.", {
    Allow: "POST",
  });
}

export async function action({ request, context }: ActionFunctionArgs) {
  const message = await readMessage(request);
  if (!message.ok) return refusal(message.status, message.detail);
  return answerProgram(
    request,
    context.services,
    () => ({}),
    async (_query, services) => {
      // Loaded for who asks: pages and API start without it.
      const { answerMcp } = await import("../data/mcp-server.server.ts");
      const response = await answerMcp(request, message.value, services);
      response.headers.set("Cache-Control", "no-store");
      return response;
    },
  );
}

function refusal(status: number, detail: string, headers: Readonly<Record<string, string>> = {}): Response {
  return problemResponse({ type: "/api#problems", title: "Not a message of MCP", status, detail }, headers);
}
