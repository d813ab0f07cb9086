import type { Channel } from "../channel.ts";
import { postJson } from "../channel.ts";
import type { Alert } from "../event.ts";

/**
 * A webhook signed as Standard Webhooks asks for (https://www.standardwebhooks.com): the receiver knows by
 * `webhook-signature` who sent it, and by `webhook-id` whether it has had it already.
 *
 * @param secret `whsec_` and the key in base64.
 */
export function webhookChannel(url: string, secret: string): Channel {
  return {
    name: "webhook",
    async tell(alert, context) {
      const timestamp = Math.floor(context.now() / 1000);
      const body = webhookBody(alert);
      const signature = await sign(secret, `${alert.id}.${timestamp}.${body}`);
      const headers = {
        "webhook-id": alert.id,
        "webhook-timestamp": String(timestamp),
        "webhook-signature": `v1,${signature}`,
      };
      return postJson(url, body, headers, context);
    },
  };
}

export function webhookBody({ id: _, thread, at, kind, ...said }: Alert): string {
  return JSON.stringify({ type: kind, timestamp: new Date(at).toISOString(), data: { thread, ...said } });
}

async function sign(secret: string, content: string): Promise<string> {
  const raw = Uint8Array.from(atob(secret.replace(/^whsec_/, "")), (character) => character.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signed = await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(content));
  return btoa(String.fromCharCode(...new Uint8Array(signed)));
}
