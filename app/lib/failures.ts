/** Whose failure it is; the database decides that when a result is written. */
export const FAILURE_OWNERS = ["provider", "shared", "operator", "probe"] as const;
export type FailureOwner = (typeof FAILURE_OWNERS)[number];

interface FailureKind {
  /** Whose it is unless its whole run was offline; equal to the database's `failure_owner` by test. */
  readonly owner: FailureOwner;
  readonly title: string;
  readonly meaning: string;
}

/** Every way a request can fail, as docs/metrics.md explains them; equal to the probe's list by test. */
export const FAILURES = {
  network: {
    owner: "provider",
    title: "no connection",
    meaning: "No response: connection refused or reset, or DNS or TLS failed",
  },
  timeout: {
    owner: "provider",
    title: "timed out",
    meaning: "A deadline passed before the response was complete",
  },
  server_error: {
    owner: "provider",
    title: "server error",
    meaning: "The server failed or said that it was overloaded",
  },
  stream_error: {
    owner: "provider",
    title: "error in the stream",
    meaning: "An error arrived inside a response that had started",
  },
  stream_truncated: {
    owner: "provider",
    title: "stream cut off",
    meaning: "The response broke off before its end",
  },
  empty_response: {
    owner: "provider",
    title: "empty response",
    meaning: "The response ended without a single generated token",
  },
  bad_response: {
    owner: "provider",
    title: "not a stream",
    meaning: "The response was not a stream of tokens",
  },
  rate_limited: {
    owner: "shared",
    title: "rate limited",
    meaning: "Too many requests or tokens in a given time",
  },
  no_answer: {
    owner: "operator",
    title: "reasoning only",
    meaning: "The model generated reasoning tokens but no answer",
  },
  auth: { owner: "operator", title: "invalid API key", meaning: "The API key was rejected" },
  quota: { owner: "operator", title: "out of credit", meaning: "The account has no credit left" },
  model_not_found: {
    owner: "operator",
    title: "model not found",
    meaning: "The model is unknown or not available to this account",
  },
  invalid_request: {
    owner: "operator",
    title: "invalid request",
    meaning: "The server rejected the request",
  },
  interrupted: {
    owner: "probe",
    title: "interrupted by our restart",
    meaning: "A restart of the probe interrupted the request",
  },
  probe_fault: {
    owner: "probe",
    title: "probe error",
    meaning: "An error in the probe itself, or its location is blocked",
  },
} as const satisfies Record<string, FailureKind>;

export type ErrorKind = keyof typeof FAILURES;
export const ERROR_KINDS = Object.keys(FAILURES) as [ErrorKind, ...ErrorKind[]];

const OWNERS: Readonly<Record<FailureOwner, string>> = {
  provider: "Provider failure: counts against its uptime.",
  shared: "Shared (rate limit): not counted in uptime.",
  operator: "Operator error (key, credit or request): not counted in uptime.",
  probe: "Probe failure: excluded from every figure.",
};

function isErrorKind(kind: string | null): kind is ErrorKind {
  return kind !== null && Object.hasOwn(FAILURES, kind);
}

/** A failure in a few words; a kind that is unknown stands as it is. */
export function failureTitle(kind: string | null, owner: string | null = null): string {
  // A connection that failed to everybody at once was ours.
  if (kind === "network" && owner === "probe") return "our connection was down";
  return isErrorKind(kind) ? FAILURES[kind].title : (kind ?? "failed");
}

/** What a kind of failure means, as a clause without its full stop. */
export function failureMeaning(kind: string | null): string {
  return isErrorKind(kind)
    ? FAILURES[kind].meaning
    : "Stored without a known kind; judged by its HTTP status";
}

/** Whose failure it is and what follows from that, as a sentence; "" for a success. */
export function ownerSentence(owner: FailureOwner | null): string {
  return owner === null ? "" : OWNERS[owner];
}
