import type { EndpointId } from "./models-path.ts";

interface Named extends EndpointId {
  readonly provider_name: string;
}

/** Longer names are cut in sentences; they stand in full where the endpoint is introduced. */
const LONGEST = 60;

/**
 * What each endpoint of a comparison is called in sentences: its provider where that tells them apart, with the model
 * where one provider has several of them.
 */
export function namesOf(endpoints: readonly Named[]): string[] {
  const once = (values: readonly string[]) => (value: string) =>
    values.filter((other) => other === value).length === 1;
  const isLoneProvider = once(endpoints.map(({ provider_name }) => provider_name));
  const isLoneTail = once(endpoints.map(tail));
  return endpoints.map((endpoint) => {
    const { provider_name, model } = endpoint;
    const isLone = isLoneProvider(provider_name);
    return isolate(
      cut(isLone ? provider_name : `${provider_name} ${isLoneTail(tail(endpoint)) ? tail(endpoint) : model}`),
    );
  });
}

/** A model's name without its owner. */
function tail({ model }: EndpointId): string {
  return model.split("/").at(-1) || model;
}

function cut(name: string): string {
  const characters = [...name];
  return characters.length <= LONGEST ? name : `${characters.slice(0, LONGEST - 1).join("")}…`;
}

// Hebrew, Arabic and their neighbours, and marks that turn the text around.
const TURNS = /[\u0590-\u08ff\u200e\u200f\u202a-\u202e\u2066-\u2069\ufb1d-\ufdff\ufe70-\ufefc]/;

/** A name from right to left, kept from reordering the sentence around it (Unicode's FSI and PDI, as `bdi` does). */
function isolate(name: string): string {
  return TURNS.test(name) ? `\u2068${name}\u2069` : name;
}

/** "x", "x and y", "x, y and z" */
export function listWords(words: readonly string[], last: "and" | "or" = "and"): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}
