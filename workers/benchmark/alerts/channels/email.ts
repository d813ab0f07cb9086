import type { Channel } from "../channel.ts";
import { alertText, alertTitle } from "../messages.ts";

/** E-mail through Cloudflare's sending binding `ALERT_EMAIL`. */
export function emailChannel(from: string, to: string): Channel {
  return {
    name: "email",
    async tell(alert, { email, timeoutMs }) {
      if (!email) {
        return { ok: false, reason: "the Worker has no ALERT_EMAIL binding (docs/alerts.md)" };
      }
      const subject = alertTitle(alert);
      let timer: ReturnType<typeof setTimeout> | null = null;
      const late = new Promise<"late">((resolve) => {
        timer = setTimeout(() => resolve("late"), timeoutMs);
      });
      try {
        const end = await Promise.race([email.send({ from, to, subject, text: alertText(alert) }), late]);
        if (end === "late") return { ok: false, reason: `not taken in ${timeoutMs} ms` };
        return { ok: true, reason: "taken" };
      } catch {
        // The error's own words may hold addresses.
        return { ok: false, reason: "refused by Cloudflare's e-mail sending" };
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
