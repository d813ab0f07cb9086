import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createReader, ReadError, type ReadFailure } from "../../../app/data/reader.server.ts";

/* How the dashboard asks PostgREST, on the wire, and what it makes of answers that are none. */

type Answer = { readonly status: number; readonly body: string } | "hang up";

const KEY = "sb_publishable_reader_test";
let server: Server;
let url = "";
let asked: IncomingMessage[] = [];
let answer: Answer = { status: 200, body: "null" };

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request);
    if (answer === "hang up") request.socket.destroy();
    else response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked = [];
  answer = { status: 200, body: "null" };
});

const questions = () => asked.map(({ method, url: address }) => `${method} ${address}`);

describe("a question", () => {
  test("names its parameters but those that are null, and lists as Postgres writes them", async () => {
    answer = { status: 200, body: '{"a":[1]}' };
    const reader = createReader(url, KEY);
    expect(await reader.call("dashboard_previous", { time_window: "7d", at_location: null })).toEqual({
      a: [1],
    });
    await reader.call("catalog_changes", { of_provider: "a&b=c/é {", kinds: ["price", 'a,"b\\'] });
    await reader.call("known_values", {});
    expect(questions()).toEqual([
      "GET /rest/v1/rpc/dashboard_previous?time_window=7d",
      `GET /rest/v1/rpc/catalog_changes?of_provider=${encodeURIComponent("a&b=c/é {")}&kinds=${encodeURIComponent('{"price","a,\\"b\\\\"}')}`,
      "GET /rest/v1/rpc/known_values",
    ]);
  });

  test("shows a publishable key as such, and a legacy one as a token too", async () => {
    await createReader(url, KEY).call("known_values", {});
    await createReader(url, "a.legacy.key").call("known_values", {});
    expect(asked.map(({ headers }) => [headers.apikey, headers.authorization])).toEqual([
      [KEY, undefined],
      ["a.legacy.key", "Bearer a.legacy.key"],
    ]);
  });
});

test.each<[string, Answer, ReadFailure, string]>([
  ["a function that is not there", { status: 404, body: '{"code":"PGRST202"}' }, "not_migrated", "PGRST202"],
  ["a key that is refused", { status: 401, body: '{"message":"Invalid API key"}' }, "refused", "401"],
  ["a statement that is cut off", { status: 500, body: '{"code":"57014"}' }, "timed_out", "57014"],
  ["a project that is paused", { status: 540, body: "<html>paused</html>" }, "unreachable", "540"],
  ["an error of the database", { status: 400, body: '{"code":"22P02"}' }, "failed", "22P02"],
  ["a page in place of an answer", { status: 200, body: "<html>sign in</html>" }, "failed", "200"],
  ["an answer that breaks off", { status: 200, body: '{"endpoints":[' }, "failed", "200"],
  ["a connection that is cut", "hang up", "unreachable", "no answer, TypeError"],
])("%s is an error of its kind, without the key", async (_, given, failure, told) => {
  answer = given;
  const error = await createReader(url, KEY)
    .call("known_values", {})
    .then(
      () => null,
      (thrown: unknown) => thrown,
    );
  expect(error).toBeInstanceOf(ReadError);
  expect(error).toMatchObject({ failure, message: `known_values: ${told}` });
});
