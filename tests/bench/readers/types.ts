/** One request that a reader is to make and to measure. */
export interface Task {
  readonly scenario: string;
  /** Names the generated texts; the same for every reader of a round. */
  readonly seed: number;
  /** Unique: the server reports its times under it. */
  readonly id: string;
  /** `http://127.0.0.1:port` */
  readonly origin: string;
}

/** What a reader says it saw. Times in milliseconds; null where it does not say. */
export interface Reading {
  readonly ttftMs: number | null;
  readonly totalMs: number;
  readonly tps: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
  readonly costUsd: number | null;
  readonly failure: string | null;
}

export type Reader = (task: Task) => Promise<Reading>;

/** The base URL of a task: the path tells the server what to play. */
export const baseUrlOf = (task: Task): string =>
  `${task.origin}/${encodeURIComponent(task.scenario)}/${task.seed}/${task.id}`;
