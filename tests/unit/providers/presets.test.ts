import { expect, it } from "vitest";
import { providerOf } from "../../../workers/benchmark/providers/dialect.ts";
import { PRESET_NAMES, presetOf } from "../../../workers/benchmark/providers/presets.ts";
import { dialectSchema, nameSchema, slugSchema } from "../../../workers/benchmark/providers/stored.ts";
import { providerAddress } from "../../../workers/settings/values.ts";

it.each(PRESET_NAMES)("the preset %s is a provider that can be stored", (preset) => {
  const { name, baseUrl, baseUrlForm, dialect } = presetOf(preset);
  expect(slugSchema.parse(preset)).toBe(preset);
  expect(nameSchema.parse(name)).toBe(name);
  expect(dialectSchema.parse(dialect)).toEqual(dialect);
  const address = baseUrl ?? baseUrlForm ?? "";
  expect(providerAddress.safeParse(address)).toMatchObject({ success: true, data: address });
});

it("Azure is shown its key in its own header, and asked for no list: that has base models, not deployments", () => {
  const { name, dialect } = presetOf("azure");
  const azure = providerOf(
    { slug: "azure", name, baseUrl: "https://x.example", dialect },
    { isStored: true },
  );
  expect(azure.headers("k")).toEqual({ "api-key": "k" });
  expect(azure.modelsList).toBeNull();
});
