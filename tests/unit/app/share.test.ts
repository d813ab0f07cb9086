import { expect, test } from "vitest";
import { endpointPath, providerPath } from "../../../app/lib/models-path.ts";
import { sharedOf } from "../../../app/lib/share/share.ts";
import { respell } from "../../../workers/dashboard/spelling.ts";

const NAMES = [
  "gpt-4o-mini",
  "openai/gpt-oss-20b:free",
  "v1.data",
  "a b+c%",
  "it's (new)~",
  "余额",
  "a//b",
  "x.data/y.data",
];

test.each(NAMES)("what the pages about %j share has the one spelling that caches see", (name) => {
  for (const page of [endpointPath({ provider: "groq", model: name }), providerPath(name)]) {
    const { image, embed, badge, csv } = sharedOf(page, "?location=weur&window=7d&sort=tps");
    for (const address of [image, embed, badge, csv]) {
      if (address !== null)
        expect(respell(new URL(address, "https://site.example"), false), address).toBe(null);
    }
  }
});
