/** A Markdown document as a page; the build renders it (local/build/markdown.ts), so no bundle holds a renderer. */
export interface MarkdownPage {
  /** Its first heading of the first level, which the page itself shows; "" where there is none. */
  readonly title: string;
  /** The second-level headings, for a table of contents. */
  readonly sections: readonly { readonly id: string; readonly text: string }[];
  readonly html: string;
}
