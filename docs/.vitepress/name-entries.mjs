// A plugin of typedoc: a module is called as it is imported, 'chronolight/series' and not 'src/series', the first page begins with what README calls
// first, and no link counts on a second heading of its name where there is one.
import { readFileSync } from 'node:fs';
import { Converter } from 'typedoc';
import { anchorOf } from './anchor.mjs';

const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const nameOf = new Map(
  Object.entries(manifest.exports)
    .filter(([, target]) => typeof target === 'object')
    .map(([entry, { types }]) => [
      types.replace('./dist/types/', '').replace(/(\/index)?\.d\.ts$/, ''),
      manifest.name + entry.slice(1),
    ]),
);

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');

/** Returns where README first calls a function; what it never calls comes last. */
function firstCall(name) {
  const at = readme.search(new RegExp(`\\b${name}\\(`));
  return at < 0 ? Number.MAX_SAFE_INTEGER : at;
}

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const name = nameOf.get(module.name);
      if (name === undefined) throw new Error(`${module.name} is documented, and no entry of package.json`);
      module.name = name;
    }
  });
  // after typedoc's own sorting
  const late = -1000;
  app.converter.on(
    Converter.EVENT_RESOLVE_END,
    ({ project }) => {
      const first = project.children?.find(({ name }) => name === manifest.name);
      const functions = first?.groups?.find(({ title }) => title === 'Functions');
      if (functions === undefined) throw new Error(`${manifest.name} has no functions to begin with`);
      functions.children.sort((a, b) => firstCall(a.name) - firstCall(b.name));
    },
    late,
  );
  app.renderer.on('endPage', (page) => {
    const counts = new Map();
    for (const [, heading] of page.contents.matchAll(/^#{1,6} (.+)$/gm)) {
      const anchor = anchorOf(heading.replaceAll('\\', ''));
      counts.set(anchor, (counts.get(anchor) ?? 0) + 1);
    }
    page.contents = page.contents.replace(/\]\(#([\w-]+)-(\d+)\)/g, (whole, anchor, number) =>
      counts.has(`${anchor}-${number}`) || (counts.get(anchor) ?? 0) > Number(number) ? whole : `](#${anchor})`,
    );
  });
}
