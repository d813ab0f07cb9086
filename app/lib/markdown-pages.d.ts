/** What the build makes of a Markdown file (local/build/markdown.ts). */
declare module "*.md" {
  const page: import("./markdown-page.ts").MarkdownPage;
  export default page;
}
