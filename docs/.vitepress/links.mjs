// Links of the Markdown lead somewhere in a checkout and at the repository's host; on the site those that leave docs/ lead to the repository.
import { posix } from 'node:path';
import { repository, site } from './home.mjs';

/** Files outside docs/ that have a page of their own here. */
const PAGE_OF = {
  'models/default/README.md': '/model-card.md',
  'CHANGELOG.md': '/changelog.md',
  'README.md': '/index.md',
};

/** Returns where a link of a page leads on the site. @param {string} page path within docs/ @param {string} link as written */
export function linkOnSite(page, link) {
  if (link.startsWith('/') || link.startsWith('#') || /^[a-z]+:/.test(link)) return link;
  const [path, anchor] = link.split('#');
  const target = posix.join('docs', posix.dirname(page), path);
  if (target.startsWith('docs/')) return link;
  const page_ = PAGE_OF[target];
  return (page_ ?? `${repository}/blob/main/${target}`) + (anchor === undefined ? '' : `#${anchor}`);
}

/** A rule of markdown-it. @param {import('markdown-it').default} md */
export function rewriteLinks(md) {
  md.core.ruler.push('links-that-leave', ({ tokens, env }) => {
    for (const { children } of tokens) {
      for (const token of children ?? []) {
        const link = token.type === 'link_open' ? token.attrGet('href') : null;
        if (!link) continue;
        // VitePress leaves a link with a target as it is, without the path that the site stands at
        const isOutside = link.startsWith('/') && token.attrGet('target') !== null;
        token.attrSet('href', isOutside ? `${site.pathname}${link.slice(1)}` : linkOnSite(env.relativePath, link));
      }
    }
  });
}
