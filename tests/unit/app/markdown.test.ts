import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { renderMarkdown } from "../../../local/build/markdown.ts";

it("headings can be linked to, each by an address of its own", () => {
  const page = renderMarkdown("# Title\n\n## A `code` & more\n\n### Same\n\n### Same\n\n## Ünder");
  expect(page.title).toBe("Title");
  expect(page.sections).toEqual([
    { id: "a-code-more", text: "A code & more" },
    { id: "ünder", text: "Ünder" },
  ]);
  expect(page.html).toContain('<h3 id="same"><a href="#same">Same</a></h3>');
  expect(page.html).toContain('<h3 id="same-2">');
  expect(page.html).not.toContain("<h1");
});

it("tables have headers in both directions and a name; HTML is text; links lead to the web or nowhere", () => {
  const { html } = renderMarkdown(
    "## T\n\n| a | b |\n|---|---|\n| `x` | <script>y</script> |\n\n[in](../local/x.ts) [out](https://e.example/) [bad](javascript:alert(1))",
  );
  expect(html).toContain('<section class="md-table" tabindex="0" aria-label="Table 1: T">');
  expect(html).toContain('<th scope="col">a</th>');
  expect(html).toContain('<th scope="row"><code>x</code></th>');
  expect(html).not.toMatch(/<script|javascript:|href="\.\./);
  expect(html).toContain('<a href="https://e.example/">out</a>');
});

it("the document of the numbers is rendered whole", () => {
  const source = readFileSync(new URL("../../../docs/metrics.md", import.meta.url), "utf8");
  const page = renderMarkdown(source);
  expect(page.sections.length).toBe(source.match(/^## /gm)?.length);
  expect(page.html.match(/<tr>/g)?.length).toBe(
    (source.match(/^\|/gm)?.length ?? 0) - (source.match(/^\|---/gm)?.length ?? 0),
  );
});
