import type { Channel } from "../channel.ts";

/** The terminal that the local stack runs in. */
export const terminalChannel: Channel = {
  name: "terminal",
  async tell(alert, { print }) {
    print(alert);
    return { ok: true, reason: "printed" };
  },
};
