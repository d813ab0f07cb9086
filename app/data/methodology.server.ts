import metrics from "../../docs/metrics.md";
import type { MarkdownPage } from "../lib/markdown-page.ts";

/** docs/metrics.md as the build rendered it. On the server only: browsers get the HTML, not a module. */
export function readMethodology(): MarkdownPage {
  return metrics;
}
