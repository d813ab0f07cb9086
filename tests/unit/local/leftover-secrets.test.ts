import { describe, expect, it } from "vitest";
import { describeLeftovers } from "../../../local/build/leftover-secrets.ts";

const CONFIG = "workers/benchmark/wrangler.toml";
const listed = JSON.stringify([
  { name: "SUPABASE_URL", type: "secret_text" },
  { name: "GROQ_API_KEY", type: "secret_text" },
]);

describe("secrets that a deployment leaves behind", () => {
  it("are named one a line, each with the command that removes it", () => {
    expect(describeLeftovers(listed, ["SUPABASE_URL"], CONFIG)).toEqual([
      "GROQ_API_KEY is set at Cloudflare but not in .dev.vars, and still in use; remove it with: npx wrangler secret delete GROQ_API_KEY --config workers/benchmark/wrangler.toml",
    ]);
  });

  it("are none where each was given anew", () => {
    expect(describeLeftovers(listed, ["GROQ_API_KEY", "OPENAI_API_KEY", "SUPABASE_URL"], CONFIG)).toEqual([]);
  });

  it.each(["", "✘ [ERROR] not logged in", "{}"])("are not guessed at from %j", (answer) => {
    expect(describeLeftovers(answer, [], CONFIG)).toEqual([
      expect.stringContaining("npx wrangler secret list --config"),
    ]);
  });
});
