import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A fenced block of JavaScript or TypeScript of a page. */
export interface Sample {
  /** Page and line of the fence, for example 'docs/markets.md:13'. */
  at: string;
  language: 'js' | 'ts';
  code: string;
  /** Why it is compiled and not run, as the comment above it says; undefined for one that is run. */
  compiledOnly?: string | undefined;
  /** What the page says that it prints, in the text block beneath it; undefined where the page does not say. */
  prints?: string | undefined;
}

const PRINTS = '<!-- output of the sample above -->';
/** The block beneath is a file of the repository, which a test of its own runs. */
const FILE = /^<!-- file: (\S+) -->$/;
const COMPILED_ONLY = /^<!-- sample: compiled only, (.+) -->$/;

/** Returns the pages, by path: README.md and those under docs/ but the reference, and without `translated` those of other languages. */
function pagesOf(root: string, { translated }: { translated: boolean }): string[] {
  const apart = translated ? /^(api|node_modules|\.vitepress|public)\// : /^(api|ko|node_modules|\.vitepress|public)\//;
  const names = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const pages = names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md') && !apart.test(name));
  return ['README.md', ...pages.map((name) => `docs/${name}`).sort()];
}

/** Returns the blocks that say which file they are: where they stand, the file, and their text. */
export function fileBlocksOf(root: string): { at: string; file: string; text: string }[] {
  return pagesOf(root, { translated: true }).flatMap((page) => {
    const lines = readFileSync(join(root, page), 'utf8').split('\n');
    return lines.flatMap((line, i) => {
      const file = FILE.exec(line)?.[1];
      if (file === undefined) return [];
      return [{ at: `${page}:${i + 1}`, file, text: lines.slice(i + 2, lines.indexOf('```', i + 2)).join('\n') }];
    });
  });
}

/** Returns the samples of README.md and of every page under docs/ but the translated ones, whose samples are those of their originals. */
export function samplesOf(root: string): Sample[] {
  return pagesOf(root, { translated: false }).flatMap((page) =>
    samplesIn(page, readFileSync(join(root, page), 'utf8')),
  );
}

/** Returns the translated pages, each with the page that it translates. */
export function translatedPages(root: string): { page: string; original: string }[] {
  const names = readdirSync(join(root, 'docs/ko'), { recursive: true, encoding: 'utf8' });
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => ({ page: `docs/ko/${name}`, original: `docs/${name}` }));
}

/** Returns every fenced block of a page, of any language, as it stands. */
export function blocksIn(text: string): string[] {
  return [...text.matchAll(/^```\w*\n[\s\S]*?^```$/gm)].map(([block]) => block);
}

/** Returns the samples of one page. */
export function samplesIn(page: string, text: string): Sample[] {
  const samples: Sample[] = [];
  const lines = text.split('\n');
  for (let i = 0; i < lines.length; i++) {
    const language = /^```(\w*)/.exec(lines[i])?.[1];
    if (language === undefined) continue;
    const end = lines.indexOf('```', i + 1);
    if (end < 0) throw new Error(`${page}:${i + 1}: a block that does not end`);
    const sample = samples.at(-1);
    if (language === 'text' && lines[i - 1] === PRINTS) {
      if (sample === undefined) throw new Error(`${page}:${i}: an output without a sample above it`);
      sample.prints = lines.slice(i + 1, end).join('\n');
    }
    if (/^(js|javascript|ts|typescript|mjs|jsx|tsx)$/.test(language) && !FILE.test(lines[i - 1] ?? '')) {
      samples.push({
        at: `${page}:${i + 1}`,
        language: language.startsWith('j') || language === 'mjs' ? 'js' : 'ts',
        code: lines.slice(i + 1, end).join('\n'),
        compiledOnly: COMPILED_ONLY.exec(lines[i - 1] ?? '')?.[1],
      });
    }
    i = end;
  }
  return samples;
}
