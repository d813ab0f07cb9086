/** One request as the simulator saw it. */
export interface SimulatedRequest {
  readonly number: number;
  /** warmup: a GET (the models list); measured: a completion. */
  readonly kind: "warmup" | "measured";
  readonly provider: string;
  readonly model: string | null;
  /** The UUID at the very start of the prompt, where there is one: the id of the measurement's row. */
  readonly requestId: string | null;
  /** What was done on purpose or by chance: a fault's name, an outcome's name, "ok". */
  readonly course: string;
  /** null when the connection was dropped without an answer. */
  readonly status: number | null;
  /** Monotonic milliseconds since the simulator began; comparable with each other only. */
  readonly startedMs: number;
  /** null while it goes on. */
  readonly endedMs: number | null;
  readonly startedAt: string;
  readonly endedAt: string | null;
}

type Mutable = { -readonly [Key in keyof SimulatedRequest]: SimulatedRequest[Key] };

/** An open entry of the journal. */
export interface Entry {
  set(fields: Partial<Pick<SimulatedRequest, "model" | "requestId" | "course" | "status">>): void;
  end(): void;
}

/** Keeps the newest `limit` requests in order of arrival. */
export function createJournal(limit = 10_000) {
  const entries: Mutable[] = [];
  const origin = performance.now();
  let count = 0;
  return {
    begin(kind: SimulatedRequest["kind"], provider: string): Entry {
      count += 1;
      const entry: Mutable = {
        number: count,
        kind,
        provider,
        model: null,
        requestId: null,
        course: "ok",
        status: null,
        startedMs: performance.now() - origin,
        endedMs: null,
        startedAt: new Date().toISOString(),
        endedAt: null,
      };
      entries.push(entry);
      if (entries.length > limit) entries.shift();
      return {
        set: (fields) => void Object.assign(entry, fields),
        end: () => {
          if (entry.endedMs !== null) return;
          entry.endedMs = performance.now() - origin;
          entry.endedAt = new Date().toISOString();
        },
      };
    },
    /** Copies: what a caller holds does not change under its hands. */
    read: (): readonly SimulatedRequest[] => entries.map((entry) => ({ ...entry })),
    clear: () => void entries.splice(0),
  };
}
