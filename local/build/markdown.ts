import { Marked, type Tokens } from "marked";
import type { MarkdownPage } from "../../app/lib/markdown-page.ts";

/**
 * Renders a document of ours (it is trusted, HTML in it is refused all the same) when the site is built, so that its
 * page cannot drift from it and neither browsers nor the Worker carry a renderer. Headings can be linked to; tables
 * have header cells in both directions and can be scrolled with the keyboard where they are wider than the page.
 */
export function renderMarkdown(source: string): MarkdownPage {
  const ids = new Map<string, number>();
  const sections: { id: string; text: string }[] = [];
  let title = "";
  let latest = "";
  let tables = 0;
  const marked = new Marked({
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const text = plain(tokens);
        if (depth === 1 && title === "") {
          title = text;
          return "";
        }
        const id = unique(slugOf(text), ids);
        if (depth === 2) sections.push({ id, text });
        latest = text;
        return `<h${depth} id="${id}"><a href="#${id}">${this.parser.parseInline(tokens)}</a></h${depth}>\n`;
      },
      table({ header, rows }: Tokens.Table): string {
        const head = header
          .map((cell) => `<th scope="col">${this.parser.parseInline(cell.tokens)}</th>`)
          .join("");
        const body = rows
          .map((row) => {
            const cells = row.map((cell, index) => {
              const inner = this.parser.parseInline(cell.tokens);
              return index === 0 ? `<th scope="row">${inner}</th>` : `<td>${inner}</td>`;
            });
            return `<tr>${cells.join("")}</tr>`;
          })
          .join("\n");
        tables += 1;
        // Several tables may stand under one heading: each name is there once.
        const name = escapeHtml(`Table ${tables}: ${latest === "" ? title : latest}`);
        return `<section class="md-table" tabindex="0" aria-label="${name}"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></section>\n`;
      },
      code({ text }: Tokens.Code): string {
        return `<pre tabindex="0"><code>${escapeHtml(text)}</code></pre>\n`;
      },
      link({ href, tokens }: Tokens.Link): string {
        const inner = this.parser.parseInline(tokens);
        // A path inside the repository leads nowhere on the site.
        return /^(https?:|#|\/)/.test(href) ? `<a href="${escapeHtml(href)}">${inner}</a>` : inner;
      },
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        return escapeHtml(text);
      },
    },
  });
  const html = marked.parse(source, { async: false });
  return { title, sections, html };
}

/** The Vite plugin: `import page from "….md"` gives a MarkdownPage. */
export function markdownPages() {
  return {
    name: "markdown-pages",
    transform(code: string, id: string): string | null {
      return id.endsWith(".md") ? `export default ${JSON.stringify(renderMarkdown(code))};` : null;
    },
  };
}

function plain(tokens: readonly { raw: string; text?: string; tokens?: unknown }[]): string {
  return tokens.map((token) => token.text ?? token.raw).join("");
}

/** The address of a heading: its letters and digits, everything else as hyphens. */
export function slugOf(text: string): string {
  return (
    text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-+|-+$/g, "") || "section"
  );
}

function unique(slug: string, seen: Map<string, number>): string {
  const times = seen.get(slug) ?? 0;
  seen.set(slug, times + 1);
  return times === 0 ? slug : unique(`${slug}-${times + 1}`, seen);
}

function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}
