import { Scripts } from "@remix-run/react";
import { Children, Fragment, isValidElement, type ReactElement, type ReactNode } from "react";
import { inScript } from "../../lib/in-script.ts";
import { DRAW_THE_REST } from "./drawn-in-steps.tsx";

/**
 * Remix's scripts, begun after the first paint: the page is complete without them, and they would share the line with
 * the style sheet and the fonts. Remix has no setting for it, so its links and its module script are taken apart and
 * made by a small script once a frame has been painted. The dev server's are left as they are.
 */
export function LateScripts({ nonce }: { nonce: string | undefined }) {
  // Called, not rendered: its hooks are ours, and its elements can be had.
  const scripts = Scripts({ nonce });
  if (scripts === null || !import.meta.env.PROD) return scripts;
  const elements = flatten(scripts);
  const isModule = ({ type, props }: ReactElement<Attributes>) =>
    type === "script" && props.type === "module";
  const preloads = elements.filter(({ type }) => type === "link").map(({ props }) => props.href);
  const code = elements.find(isModule)?.props.dangerouslySetInnerHTML?.__html ?? "";
  return (
    <>
      {elements.filter((element) => element.type !== "link" && !isModule(element))}
      <script
        nonce={nonce}
        // The browser hides the nonce, and the code runs once, before this: what is hydrated is not compared.
        suppressHydrationWarning
        // biome-ignore lint/security/noDangerouslySetInnerHtml: Remix's own code, as a string in a script
        dangerouslySetInnerHTML={{ __html: import.meta.env.SSR ? beginAfterPaint(preloads, code) : "" }}
      />
    </>
  );
}

interface Attributes {
  readonly children?: ReactNode;
  readonly href?: string;
  readonly type?: string;
  readonly dangerouslySetInnerHTML?: { readonly __html: string };
}

function flatten(nodes: ReactNode): ReactElement<Attributes>[] {
  return Children.toArray(nodes).flatMap((node) => {
    if (!isValidElement<Attributes>(node)) return [];
    return node.type === Fragment ? flatten(node.props.children) : [node];
  });
}

/**
 * A frame's callbacks run before it is painted, a task set up there after. The modules are fetched while the rest of the
 * page is drawn, and run when all of it stands.
 */
function beginAfterPaint(preloads: readonly (string | undefined)[], code: string): string {
  return `(function(nonce,preloads,code){requestAnimationFrame(function(){setTimeout(function(){
preloads.forEach(function(href){var link=document.createElement("link");link.rel="modulepreload";link.href=href;document.head.append(link)});
${DRAW_THE_REST}(function(){
var script=document.createElement("script");script.type="module";script.nonce=nonce;script.textContent=code;document.body.append(script)})})})
})(document.currentScript.nonce,${inScript(preloads)},${inScript(code)})`;
}
