import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorOf } from '../../docs/.vitepress/anchor.mjs';

/*
 * Links of README.md have to be absolute, since npm shows the page far from the repository; those of docs/ are relative, and hold in a checkout,
 * at the repository's host and on the site alike. What lies within the repository is followed, anchors included.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const repository = manifest.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  .map((name) => posix.join('docs', name.replaceAll('\\', '/')))
  .filter((name) => name.endsWith('.md') && !/^docs\/(api|node_modules|\.vitepress|public)\//.test(name))
  .concat('CONTRIBUTING.md', 'SECURITY.md');

/** Returns the links of a page: no fenced blocks, no code. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');
  const written = [...prose.matchAll(/\]\(([^)\s]+)\)/g), ...prose.matchAll(/^\s+link: (\S+)$/gm)];
  return written.map(([, link]) => link);
}

function anchorsOf(path: string): Set<string> {
  const whole = readFileSync(path, 'utf8').replace(/<!--@include: (\S+)-->/g, (_, file) =>
    readFileSync(join(dirname(path), file), 'utf8'),
  );
  const text = whole.replace(/^```[\s\S]*?^```$/gm, '');
  return new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map(([, heading]) =>
      anchorOf(heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')),
    ),
  );
}

/** Says what is wrong with a link to a file of the repository; undefined if nothing is. */
function faultOf(target: string): string | undefined {
  const [path, anchor] = target.split('#');
  const file = join(root, path);
  if (!existsSync(file)) return `${path} is not there`;
  if (anchor === undefined) return undefined;
  if (statSync(file).isDirectory()) return `${path} is a folder and has no #${anchor}`;
  return anchorsOf(file).has(anchor) ? undefined : `${path} has no #${anchor}`;
}

describe('links', () => {
  it('of README.md work from npm: absolute, into the repository that package.json names, to what is there', () => {
    const links = linksOf(readFileSync(join(root, 'README.md'), 'utf8'));
    const own = links.filter((link) => link.startsWith(`${repository}/`));
    expect(own.length).toBeGreaterThan(20);
    const foreign = links.filter((link) => !own.includes(link) && !link.startsWith('#') && link !== manifest.homepage);
    expect(foreign.filter((link) => !link.startsWith('https://') || /github|gitlab/.test(link))).toEqual([]);
    const faults = own.map((link) => faultOf(link.slice(repository.length).replace(/^\/(blob|raw)\/main\//, '')));
    expect(faults.filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('package.json says in one breath where the project lives', () => {
    expect(manifest.repository).toEqual({ type: 'git', url: `git+${repository}.git` });
    expect(manifest.bugs).toEqual({ url: `${repository}/issues` });
    expect(new URL(manifest.homepage).pathname).toMatch(/\/$/);
  });

  it('of the menus lead to pages that are there', () => {
    const menus = ['config.mjs', 'korean.mjs'].map((name) => readFileSync(join(root, 'docs/.vitepress', name), 'utf8'));
    const links = menus.flatMap((text) => [...text.matchAll(/link: '(\/[^']*)'/g)].map(([, link]) => link));
    expect(links.length).toBeGreaterThan(40);
    const isThere = (link: string) => existsSync(join(root, `docs${link.endsWith('/') ? `${link}index` : link}.md`));
    // /api/ is made by typedoc
    expect(links.filter((link) => link !== '/api/' && !isThere(link))).toEqual([]);
  });

  it('of the pages lead to pages and headings that are there', () => {
    const faults = pages.flatMap((page) =>
      linksOf(readFileSync(join(root, page), 'utf8')).flatMap((link) => {
        if (/^[a-z]+:/.test(link) || link.startsWith('/playground/')) return [];
        const [path, anchor] = link.split('#');
        const absolute = path.startsWith('/');
        let target = path === '' ? page : absolute ? `docs${path}` : posix.join(dirname(page), path);
        if (absolute && !existsSync(join(root, target)))
          target = existsSync(join(root, 'docs/public', path)) ? `docs/public${path}` : `${target}.md`;
        // made by typedoc
        if (target.startsWith('docs/api/')) return [];
        const fault = faultOf(anchor === undefined ? target : `${target}#${anchor}`);
        return fault === undefined ? [] : [`${page}: ${fault}`];
      }),
    );
    expect(faults).toEqual([]);
  });
});
