import { Ajv } from "ajv";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { Channel, ChannelContext } from "../../../workers/benchmark/alerts/channel.ts";
import { discordBody, discordChannel } from "../../../workers/benchmark/alerts/channels/discord.ts";
import { emailChannel } from "../../../workers/benchmark/alerts/channels/email.ts";
import { pagerdutyBody, pagerdutyChannel } from "../../../workers/benchmark/alerts/channels/pagerduty.ts";
import { slackBody, slackChannel } from "../../../workers/benchmark/alerts/channels/slack.ts";
import { webhookChannel } from "../../../workers/benchmark/alerts/channels/webhook.ts";
import type { Alert } from "../../../workers/benchmark/alerts/event.ts";
import { incidentAlert } from "../../../workers/benchmark/alerts/messages.ts";
import type { IncidentChange } from "../../../workers/benchmark/watch/types.ts";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const AT = Date.UTC(2026, 10, 28, 14, 3);
const HOSTILE = [
  "<!channel> <https://evil.example|click>",
  "@everyone <@1234> **bold** [x](https://evil.example)",
  "line\nbreak\u0000\u202e\u2028 `code` \\",
  "m".repeat(10_000),
  "\ud83d\ude80".repeat(3_000),
];

function change(models: readonly string[], how: IncidentChange["change"] = "opened"): IncidentChange {
  return {
    change: how,
    incident: {
      id: "3f1c3ad2-0000-4000-8000-000000000001",
      kind: "outage",
      provider: "groq",
      simulated: true,
      openedAt: AT,
      closedAt: how === "closed" ? AT + 600_000 : null,
      endpoints: models.map((model) => ({
        model,
        since: AT,
        until: how === "closed" ? AT + 600_000 : null,
        reason: "2 failures in a row since 14:03 UTC: server_error (HTTP 503)",
        evidence: ["a", "b"],
      })),
      revision: 1,
    },
  };
}

function alert(models: readonly string[] = ["gpt-oss-20b"], how: IncidentChange["change"] = "opened"): Alert {
  const made = incidentAlert(change(models, how), AT, "https://bench.example");
  if (!made) throw new Error("It is told to nobody.");
  return made;
}

/** Sends an alert into the hands of the test. */
async function sent(channel: Channel, what: Alert, status = 200) {
  const requests: { url: string; init: RequestInit }[] = [];
  const context: ChannelContext = {
    fetch: async (url, init) => {
      requests.push({ url, init });
      return new Response(null, { status });
    },
    now: () => Date.now(),
    timeoutMs: 1_000,
    email: null,
    print: () => undefined,
  };
  const telling = await channel.tell(what, context);
  const [request] = requests;
  return { telling, request, body: String(request?.init.body), headers: new Headers(request?.init.headers) };
}

describe("an incident's message", () => {
  it("says what, since when, the figures and whether it was simulated, and links to the incident", () => {
    expect(alert()).toMatchObject({
      kind: "incident.opened",
      title: "Groq is down: 1 endpoint",
      lines: [
        "Since 28 Nov 14:03 UTC.",
        "gpt-oss-20b: 2 failures in a row since 14:03 UTC: server_error (HTTP 503).",
      ],
      severity: "critical",
      simulated: true,
      link: "https://bench.example/incidents/3f1c3ad2-0000-4000-8000-000000000001",
    });
    expect(alert(["a"], "closed").title).toBe("Groq is up again after 10 min");
  });

  it("has an id of its own for each telling, which stays the same however often it is made", () => {
    expect(alert().id).toBe(alert().id);
    const worse = change(["a", "b"], "worse");
    const later = incidentAlert({ ...worse, incident: { ...worse.incident, revision: 2 } }, AT, null);
    expect(later?.id).not.toBe(alert().id);
    expect(later?.thread).toBe(alert().thread);
  });

  it("stays short however many endpoints there are and whatever they are called", () => {
    const many = alert(Array.from({ length: 400 }, (_, index) => `${index} ${"x".repeat(500)}`));
    expect(many.lines).toHaveLength(13);
    expect(many.lines.at(-1)).toBe("And 389 more.");
    for (const line of alert(HOSTILE).lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\u2028]/u);
  });
});

describe("the webhook", () => {
  it("is signed so that the reference library of Standard Webhooks takes it", async () => {
    const { body, headers, telling } = await sent(
      webhookChannel("https://hooks.example/x", SECRET),
      alert(HOSTILE),
    );
    expect(telling).toEqual({ ok: true, reason: "HTTP 200" });
    const verified = new Webhook(SECRET).verify(body, {
      "webhook-id": headers.get("webhook-id") ?? "",
      "webhook-timestamp": headers.get("webhook-timestamp") ?? "",
      "webhook-signature": headers.get("webhook-signature") ?? "",
    });
    expect(verified).toMatchObject({ type: "incident.opened", data: { provider: "groq", simulated: true } });
    expect(headers.get("webhook-id")).toBe(alert(HOSTILE).id);
    const other = new Webhook("whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    expect(() =>
      other.verify(body, {
        "webhook-id": headers.get("webhook-id") ?? "",
        "webhook-timestamp": headers.get("webhook-timestamp") ?? "",
        "webhook-signature": headers.get("webhook-signature") ?? "",
      }),
    ).toThrow();
  });
});

/* What each service documents of its body; the sources stand beside each. */
const ajv = new Ajv({ strict: false, allowUnionTypes: true });
// https://docs.slack.dev/reference/block-kit/blocks/header-block and /section-block, and of text objects
const slackSchema = ajv.compile({
  type: "object",
  required: ["text", "blocks"],
  additionalProperties: false,
  properties: {
    text: { type: "string", minLength: 1, maxLength: 4_000 },
    blocks: {
      type: "array",
      maxItems: 50,
      items: {
        oneOf: [
          {
            type: "object",
            required: ["type", "text"],
            additionalProperties: false,
            properties: {
              type: { const: "header" },
              text: {
                type: "object",
                additionalProperties: false,
                required: ["type", "text"],
                properties: {
                  type: { const: "plain_text" },
                  text: { type: "string", minLength: 1, maxLength: 150 },
                  emoji: { type: "boolean" },
                },
              },
            },
          },
          {
            type: "object",
            required: ["type", "text"],
            additionalProperties: false,
            properties: {
              type: { const: "section" },
              text: {
                type: "object",
                additionalProperties: false,
                required: ["type", "text"],
                properties: {
                  type: { enum: ["plain_text", "mrkdwn"] },
                  text: { type: "string", minLength: 1, maxLength: 3_000 },
                  emoji: { type: "boolean" },
                },
              },
            },
          },
        ],
      },
    },
  },
});
// https://docs.discord.com/developers/resources/webhook#execute-webhook and of embeds and allowed mentions
const discordSchema = ajv.compile({
  type: "object",
  additionalProperties: false,
  required: ["embeds", "allowed_mentions"],
  properties: {
    embeds: {
      type: "array",
      minItems: 1,
      maxItems: 10,
      items: {
        type: "object",
        additionalProperties: false,
        properties: {
          title: { type: "string", maxLength: 256 },
          description: { type: "string", maxLength: 4_096 },
          url: { type: "string" },
          timestamp: { type: "string" },
          color: { type: "integer", minimum: 0, maximum: 0xffffff },
        },
      },
    },
    allowed_mentions: {
      type: "object",
      additionalProperties: false,
      properties: { parse: { type: "array", items: { enum: ["roles", "users", "everyone"] } } },
    },
  },
});
// https://developer.pagerduty.com/docs/send-alert-event
const pagerdutySchema = ajv.compile({
  type: "object",
  additionalProperties: false,
  required: ["routing_key", "event_action", "payload"],
  properties: {
    routing_key: { type: "string", minLength: 32, maxLength: 32 },
    event_action: { enum: ["trigger", "acknowledge", "resolve"] },
    dedup_key: { type: "string", maxLength: 255 },
    payload: {
      type: "object",
      additionalProperties: false,
      required: ["summary", "source", "severity"],
      properties: {
        summary: { type: "string", maxLength: 1_024 },
        source: { type: "string", minLength: 1 },
        severity: { enum: ["critical", "warning", "error", "info"] },
        timestamp: { type: "string" },
        component: { type: "string" },
        group: { type: "string" },
        class: { type: "string" },
        custom_details: { type: "object" },
      },
    },
    client: { type: "string" },
    client_url: { type: "string" },
    links: {
      type: "array",
      items: {
        type: "object",
        required: ["href"],
        properties: { href: { type: "string" }, text: { type: "string" } },
      },
    },
  },
});

describe.each([
  { name: "Slack", body: slackBody, fits: slackSchema },
  { name: "Discord", body: discordBody, fits: discordSchema },
  { name: "PagerDuty", body: (what: Alert) => pagerdutyBody(what, "k".repeat(32)), fits: pagerdutySchema },
])("$name's body", ({ body, fits }) => {
  it.each([["an ordinary model"], ...HOSTILE.map((name) => [name.slice(0, 2_000)])])(
    "fits its documented schema for %j",
    (name) => {
      for (const how of ["opened", "worse", "closed"] as const) {
        fits(body(alert([name], how)));
        expect(fits.errors).toBeNull();
      }
      fits(body(alert(Array.from({ length: 300 }, (_, index) => `${name}${index}`))));
      expect(fits.errors).toBeNull();
    },
  );
});

describe("a hostile model name", () => {
  it("is no mention and no link in Slack", () => {
    const { text, blocks } = slackBody(alert(HOSTILE));
    expect(text).not.toMatch(/[<>]/);
    const marked = blocks.filter((block) => block.text.type === "mrkdwn");
    expect(marked.map((block) => block.text.text)).toEqual([
      "<https://bench.example/incidents/3f1c3ad2-0000-4000-8000-000000000001|Details>",
    ]);
  });

  it("is no mention and no Markdown in Discord", () => {
    const { embeds, allowed_mentions } = discordBody(alert(HOSTILE));
    expect(allowed_mentions.parse).toEqual([]);
    const bare = (embeds[0]?.description ?? "").replace(/\\./g, "");
    expect(bare).not.toMatch(/[*_`~|<>@[\]()#:]/);
  });
});

describe("PagerDuty", () => {
  it("resolves with an incident's end what its begin triggered", () => {
    const opened = pagerdutyBody(alert(), "k".repeat(32));
    const closed = pagerdutyBody(alert(["a"], "closed"), "k".repeat(32));
    expect([opened.event_action, closed.event_action]).toEqual(["trigger", "resolve"]);
    expect(opened.dedup_key).toBe(closed.dedup_key);
  });
});

describe("e-mail", () => {
  const to = "ops@team.example";
  const context = (
    send: (message: { subject: string; text: string }) => Promise<unknown>,
  ): ChannelContext => ({
    fetch: () => Promise.reject(new Error("E-mail is no request.")),
    now: Date.now,
    timeoutMs: 50,
    email: { send },
    print: () => undefined,
  });
  const channel = emailChannel("bench@team.example", to);

  it("carries the alert as plain text with a subject of one line", async () => {
    const mails: { subject: string; text: string }[] = [];
    const telling = await channel.tell(
      alert(HOSTILE),
      context(async (mail) => mails.push(mail)),
    );
    expect(telling.ok).toBe(true);
    expect(mails[0]?.subject).toBe("[simulated] Groq is down: 5 endpoints");
    expect(mails[0]?.text).toContain("Details: https://bench.example/incidents/");
  });

  it("that hangs, is refused, or has no binding is told without an address", async () => {
    const tellings = await Promise.all([
      channel.tell(
        alert(),
        context(() => new Promise(() => undefined)),
      ),
      channel.tell(
        alert(),
        context(() => Promise.reject(new Error(`${to} is not verified`))),
      ),
      channel.tell(alert(), { ...context(async () => undefined), email: null }),
    ]);
    for (const { ok, reason } of tellings) {
      expect(ok).toBe(false);
      expect(reason).not.toContain(to);
    }
  });
});

describe("a receiver that does not take an alert", () => {
  const url = "https://hooks.example/services/T000/secret-part";
  const channels = [
    slackChannel(url),
    discordChannel(url),
    webhookChannel(url, SECRET),
    pagerdutyChannel(url, "k".repeat(32)),
  ];

  it.each([301, 307, 400, 404, 429, 500])("with status %i is tried again later", async (status) => {
    for (const channel of channels) {
      const { telling, request } = await sent(channel, alert(), status);
      expect(telling.ok).toBe(false);
      expect(request?.init.redirect).toBe("manual");
      expect(telling.reason).not.toContain("secret");
    }
  });

  it("with a lost connection is told without its address", async () => {
    const context: ChannelContext = {
      fetch: () => Promise.reject(new Error(`Could not connect to ${url}`)),
      now: Date.now,
      timeoutMs: 10,
      email: null,
      print: () => undefined,
    };
    for (const channel of channels) {
      expect(await channel.tell(alert(), context)).toEqual({ ok: false, reason: "no connection" });
    }
  });
});
