import { z } from "zod";

const secrets = z.array(z.object({ name: z.string() }));

/**
 * What a deployment left at Cloudflare though it was not given any more: wrangler adds the secrets it is handed and
 * removes none. A key that was taken out of `.dev.vars` goes on being used until it is deleted there.
 *
 * @param listed what `wrangler secret list` printed.
 * @param config the Worker's own configuration, as the command to delete one needs it.
 * @returns a line for each with that command; one line that says so where the list cannot be read.
 */
export function describeLeftovers(listed: string, given: readonly string[], config: string): string[] {
  const found = readNames(listed);
  if (found === null) {
    return [
      `Secrets of earlier deployments could not be looked up; see them with: npx wrangler secret list --config ${config}`,
    ];
  }
  return found
    .filter((name) => !given.includes(name))
    .map(
      (name) =>
        `${name} is set at Cloudflare but not in .dev.vars, and still in use; remove it with: npx wrangler secret delete ${name} --config ${config}`,
    );
}

function readNames(listed: string): string[] | null {
  try {
    return secrets.parse(JSON.parse(listed)).map(({ name }) => name);
  } catch {
    return null;
  }
}
