import { beforeAll, describe, expect, it } from "vitest";
import { useSupabase } from "../support/supabase.ts";

describe("latest_prices", () => {
  const supabase = useSupabase();
  let groq = { id: "", provider_id: "" };

  beforeAll(async () => {
    const { data, error } = await supabase.service
      .from("models")
      .select("id, provider_id, providers!inner(slug)")
      .eq("name", "openai/gpt-oss-20b")
      .eq("providers.slug", "groq")
      .single();
    if (error) throw error;
    groq = data;
  });

  it("has the newest price of each model, whatever order they were written in", async () => {
    const price = { provider_id: groq.provider_id, model_id: groq.id, output_price_per_m: 1 };
    const { error } = await supabase.service.from("prices").insert([
      { ...price, input_price_per_m: 7, timestamp: "2026-11-20T00:00:00Z", source: "new" },
      { ...price, input_price_per_m: 5, timestamp: "2020-01-01T00:00:00Z", source: "old" },
    ]);
    expect(error).toBeNull();
    const { data } = await supabase.anon.from("latest_prices").select("*").eq("model_id", groq.id);
    expect(data).toEqual([
      expect.objectContaining({
        provider: "groq",
        provider_name: "Groq",
        model: "openai/gpt-oss-20b",
        input_price_per_m: 7,
        output_price_per_m: 1,
        cached_input_price_per_m: null,
        since: "2026-11-20T00:00:00+00:00",
        source: "new",
      }),
    ]);
  });

  it("leaves out a model without a price", async () => {
    const added = await supabase.service
      .from("models")
      .insert({ name: "unpriced", provider_id: groq.provider_id });
    expect(added.error).toBeNull();
    expect((await supabase.anon.from("latest_prices").select("*").eq("model", "unpriced")).data).toEqual([]);
  });
});
