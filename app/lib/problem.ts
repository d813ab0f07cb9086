/** What an error page says. */
export interface PageProblem {
  /** 0: no answer came. */
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
  readonly details: readonly string[];
}

/** What a loader throws as the body of a response; the status goes with it. */
export interface ProblemBody {
  readonly reason: "settings" | "unreachable" | "refused" | "not_migrated" | "timed_out" | "busy" | "failed";
  readonly details: readonly string[];
}

const REASONS: Readonly<Record<ProblemBody["reason"], { title: string; explanation: string }>> = {
  settings: {
    title: "A setting is missing or wrong",
    explanation:
      "Set what is named below in .dev.vars and restart, or for a deployed Worker in its settings. The dashboard needs the address of a Supabase project and its public key.",
  },
  unreachable: {
    title: "The database is not responding",
    explanation:
      "The dashboard is up but cannot reach Supabase. Measuring continues and results are kept until they can be stored. Check SUPABASE_URL, and that the project is not paused.",
  },
  refused: {
    title: "The database refused the key",
    explanation:
      "Supabase did not accept SUPABASE_ANON_KEY for reading. Check that the key belongs to the project that SUPABASE_URL names.",
  },
  not_migrated: {
    title: "Migrations are missing",
    explanation:
      "The project answers, but the migrations of this version have not been applied to it. Apply them with npm run migrate.",
  },
  timed_out: {
    title: "The query timed out",
    explanation: "The database stopped the query. Try a shorter window, or try again in a minute.",
  },
  busy: {
    title: "Too many requests at once",
    explanation: "Others are being answered. Try again in a few seconds.",
  },
  failed: {
    title: "The figures could not be read",
    explanation: "The database returned an error. See the Worker's log.",
  },
};

/** Said in the browser alone: a server that says something is there. */
export const NO_ANSWER: PageProblem = {
  status: 0,
  title: "No answer from the server",
  explanation: "The page could not be loaded. Check your connection.",
  details: [],
};

/** Turns a status and what a loader threw with it into words; anything unknown becomes the plain 500. */
export function readProblem(status: number, body: unknown): PageProblem {
  if (isProblemBody(body)) return { status, details: body.details, ...REASONS[body.reason] };
  if (status === 404) {
    return {
      status,
      title: "Page not found",
      explanation: "The address may be mistyped, or the page has moved.",
      details: [],
    };
  }
  if (status >= 400 && status < 500) {
    return {
      status,
      title: "Bad request",
      explanation: "The address asks for something this site does not have.",
      details: [],
    };
  }
  return {
    status,
    title: "Internal error",
    explanation: "The page could not be rendered; no measurements are lost. See the Worker's log.",
    details: [],
  };
}

function isProblemBody(body: unknown): body is ProblemBody {
  return (
    typeof body === "object" &&
    body !== null &&
    "reason" in body &&
    typeof body.reason === "string" &&
    Object.hasOwn(REASONS, body.reason) &&
    "details" in body &&
    Array.isArray(body.details) &&
    body.details.every((detail) => typeof detail === "string")
  );
}
