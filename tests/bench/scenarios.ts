import type { Random } from "./wire.ts";
import { content, DONE, delta, finish, role, tokens, usageChunk } from "./wire.ts";

/** Bytes that the server hands to the network in one go. */
export interface Write {
  /** Earliest moment, in milliseconds since the request arrived. */
  readonly at: number;
  readonly bytes: Uint8Array;
  /** Generated and streamed tokens whose event is complete with this write. */
  readonly tokens: number;
}

/** What a faultless reader must report of one answer. */
export interface Answer {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** False where the counts can only be estimated from the text. */
  readonly reported: boolean;
}

export interface Script {
  readonly writes: readonly Write[];
  readonly answer: Answer;
}

export interface Scenario {
  readonly name: string;
  /** Whose wire format it is: the slug of a provider. */
  readonly provider: string;
  readonly reasoning: boolean;
  /** False where nobody who reads the stream can know a rate: tps must be null. */
  readonly carriesRate: boolean;
  readonly script: (random: Random) => Script;
}

/** USD per million tokens, in every scenario. */
export const PRICE = { input: 0.15, output: 0.6, cachedInput: null } as const;
const INPUT_TOKENS = 517;

const encoder = new TextEncoder();

/** Collects writes in order; `after` is the pause since the write before, in milliseconds. */
class Timeline {
  readonly writes: Write[] = [];
  #at = 0;

  write(after: number, text: string, tokenCount = 0): this {
    return this.writeBytes(after, encoder.encode(text), tokenCount);
  }

  writeBytes(after: number, bytes: Uint8Array, tokenCount: number): this {
    this.#at += after;
    this.writes.push({ at: this.#at, bytes, tokens: tokenCount });
    return this;
  }

  /** One write for each list of pieces, every piece an event of its own, `every` milliseconds apart. */
  stream(first: number, every: number, groups: readonly (readonly string[])[], wire = content): this {
    groups.forEach((group, index) => {
      this.write(index === 0 ? first : every, group.map(wire).join(""), group.length);
    });
    return this;
  }

  end(after: number, usage: object | null): this {
    if (usage !== null) this.write(after, usageChunk(usage));
    return this.write(usage === null ? after : 0, DONE);
  }
}

const single = (pieces: readonly string[]): string[][] => pieces.map((piece) => [piece]);

function groupsOf(size: number, pieces: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (let at = 0; at < pieces.length; at += size) groups.push(pieces.slice(at, at + size));
  return groups;
}

const usageOf = (output: number, extra: object = {}) => ({
  prompt_tokens: INPUT_TOKENS,
  completion_tokens: output,
  total_tokens: INPUT_TOKENS + output,
  ...extra,
});

const priced = (outputTokens: number): Answer => ({
  inputTokens: INPUT_TOKENS,
  outputTokens,
  costUsd: (INPUT_TOKENS * PRICE.input + outputTokens * PRICE.output) / 1e6,
  reported: true,
});

const done = (timeline: Timeline, answer: Answer): Script => ({ writes: timeline.writes, answer });

/** One token an event, one event a write: the stream of the textbook. */
function plain(first: number, every: number, count: number) {
  return (random: Random): Script =>
    done(
      new Timeline()
        .stream(first, every, single(tokens(random, count)))
        .write(0, finish())
        .end(0, usageOf(count)),
      priced(count),
    );
}

const base = { provider: "openai", reasoning: false, carriesRate: true } as const;

/**
 * Every scenario of the accuracy benchmark. To add one, add an entry: the name, whose wire format it is,
 * and what the server writes when. The truth (TTFT, total, TPS) is taken from the server's own clock; what
 * the tokens and the cost must be, the script says itself.
 */
export const scenarios: readonly Scenario[] = [
  { ...base, name: "steady", script: plain(150, 8, 80) },
  { ...base, name: "fast (700 tokens/s)", script: plain(80, 1000 / 700, 420) },
  { ...base, name: "slow", script: plain(200, 45, 20) },
  {
    ...base,
    name: "role delta early",
    script: (random) =>
      done(
        new Timeline()
          .write(0, role())
          .stream(250, 8, single(tokens(random, 60)))
          .write(0, finish())
          .end(0, usageOf(60)),
        priced(60),
      ),
  },
  {
    ...base,
    name: "comments first",
    provider: "openrouter",
    script: (random) => {
      const timeline = new Timeline();
      for (let count = 0; count < 4; count++) timeline.write(50, ": WAITING FOR UPSTREAM\n\n");
      const cost = 0.000_123_45;
      timeline.stream(60, 8, single(tokens(random, 60))).write(0, finish({ provider: "Upstream" }));
      timeline.write(0, finish({ provider: "Upstream", usage: usageOf(60, { cost }) })).end(0, null);
      return done(timeline, { ...priced(60), costUsd: cost });
    },
  },
  {
    ...base,
    name: "usage 800 ms late",
    script: (random) =>
      done(
        new Timeline()
          .stream(100, 8, single(tokens(random, 60)))
          .write(0, finish())
          .end(800, usageOf(60)),
        priced(60),
      ),
  },
  {
    ...base,
    name: "ten tokens a write",
    script: (random) =>
      done(
        new Timeline()
          .stream(120, 25, groupsOf(10, tokens(random, 240)))
          .write(0, finish())
          .end(0, usageOf(240)),
        priced(240),
      ),
  },
  {
    ...base,
    name: "several tokens an event",
    script: (random) => {
      const timeline = new Timeline();
      groupsOf(3, tokens(random, 180)).forEach((group, index) => {
        timeline.write(index === 0 ? 120 : 10, content(group.join("")), group.length);
      });
      return done(timeline.write(0, finish()).end(0, usageOf(180)), priced(180));
    },
  },
  {
    ...base,
    name: "split bytes",
    script: (random) => {
      const timeline = new Timeline();
      tokens(random, 60, true).forEach((piece, index) => {
        const bytes = encoder.encode(content(piece));
        const cut = 1 + Math.floor(random() * (bytes.length - 3));
        timeline.writeBytes(index === 0 ? 120 : 6, bytes.subarray(0, cut), 0);
        timeline.writeBytes(4, bytes.subarray(cut), 1);
      });
      return done(timeline.write(0, finish()).end(0, usageOf(60)), priced(60));
    },
  },
  {
    ...base,
    name: "thinking streamed",
    provider: "groq",
    reasoning: true,
    script: (random) => {
      const thoughts = single(tokens(random, 60));
      return done(
        new Timeline()
          .stream(100, 8, thoughts, (text) => delta({ reasoning: text, channel: "analysis" }))
          .stream(8, 8, single(tokens(random, 40)))
          .write(0, finish())
          .end(0, usageOf(100, { completion_tokens_details: { reasoning_tokens: 60 } })),
        priced(100),
      );
    },
  },
  {
    ...base,
    name: "thinking hidden",
    reasoning: true,
    script: (random) =>
      done(
        new Timeline()
          .write(0, role())
          .stream(400, 8, single(tokens(random, 60)))
          .write(0, finish())
          .end(0, usageOf(300, { completion_tokens_details: { reasoning_tokens: 240 } })),
        priced(300),
      ),
  },
  {
    ...base,
    name: "thinking outside completion_tokens",
    provider: "gemini",
    reasoning: true,
    script: (random) =>
      done(
        new Timeline()
          .stream(400, 8, single(tokens(random, 60)))
          .write(0, finish())
          .end(0, usageOf(60, { total_tokens: INPUT_TOKENS + 60 + 190 })),
        priced(60 + 190),
      ),
  },
  {
    ...base,
    name: "one burst",
    carriesRate: false,
    script: (random) =>
      done(
        new Timeline().write(
          300,
          tokens(random, 60).map(content).join("") + finish() + usageChunk(usageOf(60)) + DONE,
          60,
        ),
        priced(60),
      ),
  },
  {
    ...base,
    name: "no usage",
    script: (random) =>
      done(
        new Timeline()
          .stream(120, 8, single(tokens(random, 80)))
          .write(0, finish())
          .end(0, null),
        { ...priced(80), reported: false },
      ),
  },
  {
    ...base,
    name: "usage in x_groq only",
    provider: "groq",
    script: (random) =>
      done(
        new Timeline()
          .stream(80, 5, single(tokens(random, 120)))
          .write(0, finish({ x_groq: { id: "req_bench", usage: usageOf(120) } }))
          .end(0, null),
        priced(120),
      ),
  },
];

/** A stream whose reading is weighed, not timed. */
export interface Load extends Scenario {
  readonly events: number;
  /** False: shown, but no limit holds for it. */
  readonly judged: boolean;
}

const flood = (name: string, every: number, events: number, judged: boolean): Load => ({
  ...base,
  name,
  events,
  judged,
  script: plain(0, every, events),
});

/**
 * As fast as they come, the work on an event is what is weighed. At 1,000 a second a wake-up of the process
 * for each event outweighs it, for every reader alike. 20,000 events stay just inside the probe's 4 MiB.
 */
export const loads = {
  cpu: [flood("as fast as they come", 0, 10_000, true), flood("1,000 events a second", 1, 1_000, false)],
  memory: flood("20,000 events", 0, 20_000, true),
} as const;

export function findScenario(name: string): Scenario {
  const found = [...scenarios, ...loads.cpu, loads.memory].find((scenario) => scenario.name === name);
  if (found === undefined) throw new Error(`No scenario is called "${name}"; see tests/bench/scenarios.ts`);
  return found;
}
