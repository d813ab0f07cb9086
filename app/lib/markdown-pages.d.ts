/** What the build makes of a Markdown file (markdown.ts). */
declare module "*.md" {
  const page: import("./markdown.ts").MarkdownPage;
  export default page;
}
