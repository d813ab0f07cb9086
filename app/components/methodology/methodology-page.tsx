import type { MarkdownPage } from "../../lib/markdown-page.ts";
import { MetricList } from "../ui/metric-hint.tsx";
import { Panel } from "../ui/panel.tsx";
import { TextLink } from "../ui/text-link.tsx";

const DOCUMENT = [
  "panel min-w-0 p-4 leading-relaxed md:p-6 [&>*:first-child]:mt-0",
  "[&_h2]:mt-10 [&_h2]:mb-3 [&_h2]:scroll-mt-4 [&_h2]:font-semibold [&_h2]:text-xl [&_h2]:tracking-tight",
  "[&_h3]:mt-6 [&_h3]:mb-2 [&_h3]:scroll-mt-4 [&_h3]:font-semibold [&_h3]:text-base",
  "[&_:is(h2,h3)_a:hover]:underline [&_:is(p,li)_a]:text-acid-link [&_:is(p,li)_a]:underline",
  "[&_p]:my-3 [&_p]:max-w-3xl [&_:is(ul,ol)]:my-3 [&_:is(ul,ol)]:max-w-3xl [&_:is(ul,ol)]:pl-5 [&_li]:my-1.5",
  "[&_ul]:list-disc [&_ol]:list-decimal [&_li::marker]:text-acid-muted",
  "[&_code]:rounded [&_code]:bg-acid-surface [&_code]:px-1 [&_code]:font-mono [&_code]:text-[0.8125rem]",
  "[&_pre]:my-4 [&_pre]:overflow-x-auto [&_pre]:rounded-lg [&_pre]:border [&_pre]:border-acid-border",
  "[&_pre]:bg-acid-bg/60 [&_pre]:p-3 [&_pre_code]:bg-transparent [&_pre_code]:p-0",
  "[&_.md-table]:my-4 [&_.md-table]:overflow-x-auto [&_table]:w-full [&_table]:text-left [&_table]:text-sm",
  "[&_:is(th,td)]:border-acid-border/60 [&_:is(th,td)]:border-b [&_:is(th,td)]:py-2 [&_:is(th,td)]:pr-4",
  "[&_:is(th,td)]:align-top [&_th]:font-normal [&_thead_th]:text-acid-muted [&_thead_th]:text-xs",
  "[&_td]:min-w-40 [&_th_code]:[overflow-wrap:normal]",
].join(" ");

/** The short answers first, then docs/metrics.md whole. */
export function MethodologyPage({ page }: { page: MarkdownPage }) {
  return (
    <>
      <div className="pt-6 pb-4">
        <h1 className="font-semibold text-2xl tracking-tight md:text-3xl">{page.title}</h1>
        <div className="mt-2 grid max-w-3xl gap-3 text-acid-muted leading-relaxed">
          <p>
            This site is a mystery shopper. Every 15 minutes it sends each provider + model the same request,
            one at a time, and records what comes back and when. It does not rely on what providers claim.
          </p>
          <p>
            Three rules hold everywhere: a failure is a result and is never silently retried; what is unknown
            is left empty; figures of different kinds (another prompt, another location, simulated or real)
            are never mixed. Each figure can be traced to its requests, in{" "}
            <TextLink to="/runs">the runs</TextLink>.
          </p>
        </div>
      </div>
      <Panel title="Metrics in brief">
        <MetricList className="xl:grid-cols-4" />
      </Panel>
      <div className="mt-4 grid grid-cols-1 gap-4 lg:grid-cols-[15rem_minmax(0,1fr)]">
        <nav
          aria-labelledby="contents"
          className="panel h-fit p-4 lg:sticky lg:top-4 lg:max-h-[calc(100dvh-2rem)] lg:overflow-y-auto"
        >
          <h2 id="contents" className="eyebrow">
            Contents
          </h2>
          <ul className="mt-2 grid gap-1.5 text-sm">
            {page.sections.map(({ id, text }) => (
              <li key={id}>
                <a href={`#${id}`} className="text-acid-link hover:underline">
                  {text}
                </a>
              </li>
            ))}
          </ul>
        </nav>
        <div
          className={DOCUMENT}
          // biome-ignore lint/security/noDangerouslySetInnerHtml: made of our own document by the build, HTML in it escaped
          dangerouslySetInnerHTML={{ __html: page.html }}
        />
      </div>
    </>
  );
}
