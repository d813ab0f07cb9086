import { isRouteErrorResponse, useLocation, useRouteError } from "@remix-run/react";
import { isMissingModule, isNoAnswer } from "../../lib/open-tab.ts";
import { NO_ANSWER, type PageProblem, readProblem } from "../../lib/problem.ts";
import { TextLink } from "./text-link.tsx";
import { useRetry } from "./use-refresh.ts";

/** One view a status: what went wrong, and what the reader or the operator can do about it. */
export function ErrorPage() {
  const error = useRouteError();
  const problem = isRouteErrorResponse(error)
    ? readProblem(error.status, error.data)
    : isNoAnswer(error)
      ? NO_ANSWER
      : readProblem(500, null);
  return <Problem problem={problem} code={isMissingModule(error)} />;
}

function Problem({ problem, code }: { problem: PageProblem; code: boolean }) {
  const { pathname, search } = useLocation();
  const passing = problem.status === 0 || problem.status >= 500;
  useRetry(passing, code);
  return (
    <section className="mx-auto grid max-w-2xl gap-5 py-16 md:py-24">
      {problem.status > 0 && (
        <p className="figure-text text-acid-muted text-xs">{`HTTP ${problem.status}`}</p>
      )}
      <h1 className="font-semibold text-3xl tracking-tight">{problem.title}</h1>
      <p className="text-acid-muted text-base leading-relaxed">{problem.explanation}</p>
      {problem.details.length > 0 && (
        <ul className="panel grid gap-2 p-4">
          {problem.details.map((detail) => (
            <li key={detail} className="figure-text break-words text-sm">
              {detail}
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap gap-x-5 gap-y-1">
        <TextLink to={passing ? pathname + search : "/"} reloadDocument>
          {passing ? "Try again" : "Go to the overview"}
        </TextLink>
        {passing && <span className="scripted-only text-acid-muted">The page also retries by itself.</span>}
      </p>
    </section>
  );
}
