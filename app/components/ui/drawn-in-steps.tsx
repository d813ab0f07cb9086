/**
 * On a phone a large page is drawn in steps: its first frame holds what is in view, each later one a panel more. Laid out
 * in one piece it kept the phone from answering for a tenth of a second and more, and the first paint waited for all of it.
 *
 * `BeginInSteps` stands before the first panel and marks the document; the style sheet leaves a marked document's panels
 * that are `in-steps` to the browser (content-visibility: auto). `DRAW_THE_REST` brings in one a frame and takes the mark
 * away: from then on nothing is left out that a picture of the page, a print or a program may want. Without scripts
 * nothing is marked.
 */
export function BeginInSteps({ nonce }: { nonce: string | undefined }) {
  if (!import.meta.env.PROD) return null;
  return (
    <script
      nonce={nonce}
      // The browser hides the nonce, and the code runs once, before this: what is hydrated is not compared.
      suppressHydrationWarning
      // biome-ignore lint/security/noDangerouslySetInnerHtml: a script of our own, without data
      dangerouslySetInnerHTML={{ __html: import.meta.env.SSR ? MARK_DOCUMENT : "" }}
    />
  );
}

/** Who comes back to a place further down, or asks for one, needs the panels above it in their real size. */
const MARK_DOCUMENT = `(function(){var visit=performance.getEntriesByType("navigation")[0];
if(visit&&visit.type==="navigate"&&!location.hash)document.documentElement.dataset.inSteps=""})()`;

/**
 * A script's expression: function(then), for after the first frame. A panel that is drawn already costs no frame, so it
 * is quickly done where the style sheet leaves out none; a browser that cannot tell draws all of them at once.
 */
export const DRAW_THE_REST = `(function(then){
var left=[].filter.call(document.querySelectorAll("[data-in-steps] main section.panel"),function(panel){
var inside=panel.firstElementChild;
return inside&&inside.checkVisibility&&!inside.checkVisibility({contentVisibilityAuto:true})});
(function step(){var panel=left.shift();
if(!panel){delete document.documentElement.dataset.inSteps;then();return}
panel.style.contentVisibility="visible";requestAnimationFrame(function(){setTimeout(step)})})()})`;
