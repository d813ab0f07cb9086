/** What an error page says. */
export interface PageProblem {
  readonly status: number;
  readonly title: string;
  readonly explanation: string;
  readonly details: readonly string[];
}

/** What a loader throws as the body of a response; the status goes with it. */
export interface ProblemBody {
  readonly reason: "settings" | "unreachable" | "refused" | "not_migrated" | "timed_out" | "failed";
  readonly details: readonly string[];
}

const REASONS: Readonly<Record<ProblemBody["reason"], { title: string; explanation: string }>> = {
  settings: {
    title: "The dashboard is not set up yet",
    explanation:
      "It needs the address of a Supabase project and its public key. Set what is named here in .dev.vars, or with wrangler secret put for a deployed Worker, and start it again.",
  },
  unreachable: {
    title: "The database does not answer",
    explanation:
      "The dashboard is up but could not reach Supabase. Measuring goes on meanwhile and results are kept until they can be stored. Check SUPABASE_URL, and that the project is not paused.",
  },
  refused: {
    title: "The database refused the key",
    explanation:
      "Supabase did not accept SUPABASE_ANON_KEY for reading. Check that the key belongs to the project that SUPABASE_URL names.",
  },
  not_migrated: {
    title: "The database lacks its tables or functions",
    explanation:
      "The project answers, but the migrations of this version have not been applied to it. Apply them with npm run migrate.",
  },
  timed_out: {
    title: "The figures took too long",
    explanation:
      "The database stopped the query. A shorter window reads less; try that, or try again in a minute.",
  },
  failed: {
    title: "The figures could not be read",
    explanation: "The database answered with an error. The Worker's log names it.",
  },
};

/** Turns a status and what a loader threw with it into words; anything unknown becomes the plain 500. */
export function readProblem(status: number, body: unknown): PageProblem {
  if (isProblemBody(body)) return { status, details: body.details, ...REASONS[body.reason] };
  if (status === 404) {
    return {
      status,
      title: "There is no such page",
      explanation: "The address may be mistyped, or the page has moved.",
      details: [],
    };
  }
  if (status >= 400 && status < 500) {
    return {
      status,
      title: "This request cannot be answered",
      explanation: "The address asks for something this site does not offer.",
      details: [],
    };
  }
  return {
    status,
    title: "Something broke on our side",
    explanation: "The page could not be made. The Worker's log says why; nothing that was measured is lost.",
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
