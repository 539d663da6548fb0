// A plugin of typedoc: a module is called as it is imported, 'chronolight/series' and not 'src/series', and no link counts on a second heading of its
// name where there is one.
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

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    for (const module of project.children ?? []) {
      const name = nameOf.get(module.name);
      if (name === undefined) throw new Error(`${module.name} is documented, and no entry of package.json`);
      module.name = name;
    }
  });
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
