import { readFileSync } from "node:fs";
import { parseAst } from "vite";

/*
 * What keeps the code small that a browser loads before a page answers: Remix without the ways that this site does not
 * use, and the parts below the first screen in a file of their own.
 */

/**
 * What of the router and of Remix this site cannot reach, by file: visitors write nothing (no actions, no fetchers), links
 * fetch nothing before they are followed, and with single fetch no answer is a deferred one. A part of it that is called
 * all the same throws.
 */
const NOT_USED: Readonly<Record<string, readonly string[]>> = {
  "/@remix-run/router/dist/router.js": [
    "handleAction",
    "handleFetcherAction",
    "handleFetcherLoader",
    "fetch",
    "DeferredData",
  ],
  "/@remix-run/react/dist/esm/data.js": ["parseDeferredReadableStream", "fetchData"],
  "/@remix-run/react/dist/esm/components.js": [
    "PrefetchPageLinksImpl",
    "DeferredHydrationScript",
    "useFetcher",
  ],
  "/@remix-run/react/dist/esm/single-fetch.js": ["singleFetchActionStrategy"],
};

interface Declaration {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly id?: { readonly name: string } | null;
  readonly body?: { readonly start: number; readonly end: number };
}

/**
 * The Vite plugin: Remix in the browser without what this site does not use, seven kilobytes after gzip. Its settings
 * become constants, and `NOT_USED` is taken out.
 * @param future Remix's settings; one that is not named is off
 */
export function leanRemix(future: Readonly<Record<string, boolean>>) {
  return {
    name: "lean-remix",
    apply: "build" as const,
    transform(this: { parse(code: string): unknown }, code: string, id: string, options?: { ssr?: boolean }) {
      const file = Object.keys(NOT_USED).find((name) => id.endsWith(name));
      if (options?.ssr === true || !(file !== undefined || id.includes("/@remix-run/react/dist/")))
        return null;
      const settled = id.includes("/@remix-run/react/") ? withSettings(code, future) : code;
      const names = file === undefined ? [] : (NOT_USED[file] ?? []);
      return { code: without(settled, names), map: null };
    },
  };
}

/** Remix's code for a page that is rendered on a server, with these settings. */
export function withSettings(code: string, future: Readonly<Record<string, boolean>>): string {
  return (
    code
      .replace(/\b(?:window\.__remixContext\.)?future\.(v3_\w+)/g, (_, name: string) =>
        String(future[name] ?? false),
      )
      .replaceAll("window.__remixContext.isSpaMode", "false")
      .replaceAll("import.meta.hot", "undefined")
      // Written to, a component is kept even where nobody uses it.
      .replace(/^\w+\.displayName = .*$/gm, "")
  );
}

/**
 * The code with empty functions and classes of these names, wherever they are declared.
 * @throws where one of them is not there: the package has changed, and the list must be read again
 */
export function without(code: string, names: readonly string[]): string {
  const found: Declaration[] = [];
  const visit = (node: unknown): void => {
    if (typeof node !== "object" || node === null) return;
    const { type, id } = node as Declaration;
    const isNamed = type === "FunctionDeclaration" || type === "ClassDeclaration";
    if (isNamed && id != null && names.includes(id.name)) found.push(node as Declaration);
    else Object.values(node).forEach(visit);
  };
  if (names.length > 0) visit(parseAst(code));
  const missing = names.filter((name) => !found.some(({ id }) => id?.name === name));
  if (missing.length > 0) throw new Error(`Remix has changed: no ${missing.join(", ")} to leave out`);
  return found
    .sort((a, b) => b.start - a.start)
    .reduce((text, { type, id, body }) => {
      if (body === undefined) return text;
      const fail = `throw new Error("${id?.name} is left out of the build");`;
      const empty = type === "ClassDeclaration" ? `{constructor(){${fail}}}` : `{${fail}}`;
      return text.slice(0, body.start) + empty + text.slice(body.end);
    }, code);
}

/** What a wrapped module's id begins with; the zero tells other plugins to leave it alone. */
const WRAPPED = "\0late:";

/**
 * The Vite plugin: what a file `….late.tsx` exports is drawn on the server like anything else, and hydrated once it comes
 * near (components/ui/late.tsx); until then its code is not loaded. Its exports are components, declared as functions.
 */
export function lateParts(wrapper: string) {
  return {
    name: "late-parts",
    apply: "build" as const,
    enforce: "pre" as const,
    async resolveId(
      this: { resolve(source: string, importer?: string, o?: object): Promise<{ id: string } | null> },
      source: string,
      importer: string | undefined,
    ) {
      if (!source.endsWith(".late.tsx") || importer === undefined || importer.startsWith(WRAPPED))
        return null;
      const real = await this.resolve(source, importer, { skipSelf: true });
      return real && { id: WRAPPED + real.id, moduleSideEffects: false };
    },
    load(id: string, options?: { ssr?: boolean }) {
      if (!id.startsWith(WRAPPED)) return null;
      const file = id.slice(WRAPPED.length);
      return wrapLate(file, readFileSync(file, "utf8"), wrapper, options?.ssr === true);
    },
  };
}

/** The module that stands in for a file of late parts. */
export function wrapLate(file: string, source: string, wrapper: string, onServer: boolean): string {
  const names = [...source.matchAll(/^export function (\w+)/gm)].map(([, name]) => name);
  const [from, by] = [JSON.stringify(file), JSON.stringify(wrapper)];
  const lines = onServer
    ? [
        `import { drawn } from ${by};`,
        `import * as parts from ${from};`,
        ...names.map((name) => `export const ${name} = drawn(parts.${name});`),
      ]
    : [
        `import { late } from ${by};`,
        ...names.map(
          (name) => `export const ${name} = late(() => import(${from}).then((parts) => parts.${name}));`,
        ),
      ];
  return lines.join("\n");
}
