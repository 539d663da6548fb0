import { readdirSync, readFileSync } from 'node:fs';
import { entries } from './home.mjs';

/** The pages that typedoc wrote, in the order of package.json's entries. */
export function referencePages() {
  const folder = new URL('../api/', import.meta.url);
  const linkOf = new Map();
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.md') || name === 'index.md') continue;
    const path = name.replaceAll('\\', '/');
    const title = readFileSync(new URL(path, folder), 'utf8').split('\n')[0].slice(2);
    linkOf.set(title, `/api/${path.replace(/\.md$/, '')}`);
  }
  return entries.filter((entry) => linkOf.has(entry)).map((text) => ({ text, link: linkOf.get(text) }));
}
