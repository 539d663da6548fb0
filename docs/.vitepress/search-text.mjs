/**
 * Returns the HTML that the search index is made of: the page's own, and what its front matter says of it, whose words may stand nowhere else.
 *
 * @param {string} source
 * @param {{ frontmatter?: { title?: string, description?: string, search?: boolean } }} env VitePress's; rendering fills in the front matter
 * @param {{ render(source: string, env: object): string, utils: { escapeHtml(text: string): string } }} markdown
 */
export function searchText(source, env, markdown) {
  const html = markdown.render(source, env);
  const { title, description, search } = env.frontmatter ?? {};
  if (search === false) return '';
  if (description === undefined) return html;
  const words = `<p>${markdown.utils.escapeHtml(description)}</p>`;
  const end = html.indexOf('</h1>');
  if (end >= 0) return html.slice(0, end + 5) + words + html.slice(end + 5);
  // a page that is laid out by its front matter has no heading, and only what stands under one is found
  return markdown.render(`# ${title}`, { ...env }) + words + html;
}
