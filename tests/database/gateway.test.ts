import { describe, expect, it } from "vitest";
import { useSupabase } from "../support/supabase.ts";

describe("the gateway, like a hosted project", () => {
  const supabase = useSupabase();
  const rest = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${supabase.url}/rest/v1${path}`, { headers });

  it("answers 401 with a JSON message when no key is shown", async () => {
    const answer = await rest("/providers");
    expect(answer.status).toBe(401);
    expect(answer.headers.get("content-type")).toContain("application/json");
    expect(await answer.json()).toMatchObject({ message: "No API key found in request" });
  });
});
