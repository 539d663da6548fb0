// Follows every link of the built site that stays on it, scripts, pictures and anchors included: VitePress checks those of Markdown only, not what its theme, a
// target attribute or the reference make. Called by scripts/docs.mjs.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { site } from '../docs/.vitepress/home.mjs';

const root = fileURLToPath(new URL('../docs/.vitepress/dist/', import.meta.url));
const textOf = new Map(
  readdirSync(root, { recursive: true })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html'))
    .map((name) => [name, readFileSync(join(root, name), 'utf8')]),
);
const plain = (text) => text.replaceAll('&amp;', '&').replaceAll('&quot;', '"').replaceAll('&#39;', "'");
const valuesOf = (text, names) =>
  [...text.matchAll(new RegExp(` (?:${names})="([^"]*)"`, 'g'))].map(([, value]) => plain(value));
const anchors = new Map([...textOf].map(([name, text]) => [name, new Set(valuesOf(text, 'id'))]));

/** The file that a host of static files answers a path with; undefined where there is none. */
function fileAt(path) {
  const places = [path, `${path}.html`, join(path, 'index.html')];
  return places.find((place) => existsSync(join(root, place)) && statSync(join(root, place)).isFile());
}

function faultOf(page, link) {
  const { origin, pathname, hash } = new URL(link, new URL(`${site.pathname}${page}`, site.origin));
  if (origin !== site.origin) return undefined;
  if (!pathname.startsWith(site.pathname)) return 'is outside of the site';
  const file = fileAt(decodeURIComponent(pathname.slice(site.pathname.length)));
  if (file === undefined) return 'leads nowhere';
  // what stands behind # is settings to the playground
  if (hash === '' || !anchors.has(file) || file.startsWith('playground/')) return undefined;
  return anchors.get(file).has(decodeURIComponent(hash.slice(1))) ? undefined : 'names an anchor that is not there';
}

let count = 0;
const faults = new Set();
for (const [page, text] of textOf) {
  for (const link of valuesOf(text, 'href|src')) {
    count++;
    const fault = faultOf(page, link);
    if (fault !== undefined) faults.add(`${page}: ${link} ${fault}`);
  }
}
if (count === 0) throw new Error(`no links in ${root}: was it built?`);
if (faults.size > 0) throw new Error(`${faults.size} links of the site lead astray:\n${[...faults].join('\n')}`);
console.log(`${count} links of ${textOf.size} pages lead somewhere`);
