import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { simulateBars } from '../pipeline/simulated-market.js';
import { givenFor } from './given.js';
import { blocksIn, fileBlocksOf, samplesIn, samplesOf, translatedPages } from './samples.js';

/*
 * Every sample of README.md and docs/ is compiled against the declarations of the built package and run on it, offline, in a folder that has
 * three instruments' prices. The clock stands on the evening of 2026-11-20 in Seoul when a sample begins.
 */
const root = fileURLToPath(new URL('../..', import.meta.url));
const samples = samplesOf(root).map((sample, index) => {
  const given = givenFor(sample.at.split(':')[0], sample.code);
  return { ...sample, file: `sample-${index}.mts`, source: `${given}\n${sample.code}\nexport {};\n` };
});

const OFFLINE_AND_THEN = `
const { now } = Date;
const offset = Date.parse('2026-11-20T09:30:00Z') - now();
globalThis.Date = class extends Date {
  constructor(...parts) {
    if (parts.length === 0) super(now() + offset);
    else super(...parts);
  }
  static now() {
    return now() + offset;
  }
};
globalThis.fetch = async () => {
  throw new Error('a sample reached for the network');
};
`;

/** A host's own store and source, which the pages name and do not show. */
const OWN = {
  'my-store.ts': `
import { memoryStore } from 'chronolight/store/memory';
import type { Store } from 'chronolight/store';
export const myStore = async (_place?: unknown): Promise<Store> => memoryStore();
`,
  'my-source.ts': `
import { memoryPrices } from 'chronolight/prices/memory';
import type { Bar } from 'chronolight/series';
export const mySource = (bars: ReadonlyMap<string, readonly Bar[]>) => memoryPrices(Object.fromEntries(bars));
`,
};

let folder: string;

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'chronolight-samples-')));
  await mkdir(join(folder, 'data'));
  for (const [index, code] of ['005930', '000660', '035420'].entries()) {
    const bars = simulateBars(index + 1, { count: 900, last: '2026-11-20' });
    const rows = bars.map(({ date, open, high, low, close, volume }) => [date, open, high, low, close, volume].join());
    await writeFile(join(folder, 'data', `${code}.csv`), ['date,open,high,low,close,volume', ...rows].join('\n'));
  }
  await mkdir(join(folder, 'node_modules', '@types'), { recursive: true });
  await symlink(root, join(folder, 'node_modules', 'chronolight'), 'dir');
  for (const name of ['pg', 'pg-boss', 'onnxruntime-web', 'onnxruntime-common', '@types/node', '@types/pg']) {
    await symlink(await realpath(join(root, 'node_modules', name)), join(folder, 'node_modules', name), 'dir');
  }
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await writeFile(join(folder, 'before.mjs'), OFFLINE_AND_THEN);
  for (const [name, text] of Object.entries(OWN)) {
    await writeFile(join(folder, name), text);
    await writeFile(join(folder, name.replace(/ts$/, 'js')), plain(text));
  }
  for (const { file, source } of samples) {
    await writeFile(join(folder, file), source);
    // What a sample leaves open (a pool of threads, a scheduler) must not keep the process; node:test ends by itself.
    const end = source.includes("'node:test'") ? '' : '\nprocess.exit(0);\n';
    await writeFile(join(folder, file.replace(/mts$/, 'mjs')), plain(source) + end);
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function withoutTrailingBlanks(text: string): string {
  return text.replace(/[ \t]+$/gm, '').trimEnd();
}

function plain(source: string): string {
  const compilerOptions = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 };
  return ts.transpileModule(source, { compilerOptions }).outputText;
}

describe('the samples of README and docs', () => {
  it('are found, and none is marked as compiled only without need', () => {
    expect(samples.length).toBeGreaterThan(15);
    const unrun = samples
      .filter(({ compiledOnly }) => compiledOnly)
      .map(({ at, compiledOnly }) => [at.split(':')[0], compiledOnly]);
    expect(unrun).toEqual([
      ['docs/adapters.md', 'needs your store'],
      ['docs/adapters.md', 'needs Postgres'],
      ['docs/chronos.md', 'needs a browser'],
      ['docs/chronos.md', 'needs a browser'],
      ['docs/guides/many-machines.md', 'needs Postgres'],
      ['docs/guides/own-store.md', 'needs your store'],
    ]);
  });

  it('compile', () => {
    const program = ts.createProgram(
      samples.map(({ file }) => join(folder, file)),
      {
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        target: ts.ScriptTarget.ES2022,
        lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
        types: ['node'],
        typeRoots: [join(folder, 'node_modules', '@types')],
        strict: true,
        // JavaScript names no types of parameters
        noImplicitAny: false,
        skipLibCheck: true,
        noEmit: true,
      },
    );
    const faults = ts.getPreEmitDiagnostics(program).map(({ file, start, messageText }) => {
      const sample = samples.find((one) => file?.fileName.endsWith(one.file));
      const line = file && start !== undefined ? file.text.slice(start).split('\n')[0] : '';
      return `${sample?.at ?? file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} (${line})`;
    });
    expect(faults).toEqual([]);
  }, 300_000);

  it.each(samples.filter(({ compiledOnly }) => compiledOnly === undefined))(
    'run: $at',
    async ({ file, prints }) => {
      const args = ['--import', './before.mjs', file.replace(/mts$/, 'mjs')];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 250_000 });
      if (prints !== undefined) expect(withoutTrailingBlanks(stdout)).toBe(prints);
    },
    300_000,
  );
});

describe('a block that says which file it is', () => {
  const blocks = fileBlocksOf(root);

  it('is there for the hosts, in either language', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(20);
  });

  it.each(blocks)('$at is $file, to the letter', ({ file, text }) => {
    expect(text).toBe(readFileSync(join(root, file), 'utf8').trimEnd());
  });
});

describe('a translated page', () => {
  const pages = translatedPages(root);

  it('is there for the start and the guides', () => {
    expect(pages.length).toBeGreaterThanOrEqual(10);
  });

  it.each(pages)('$page has the blocks of $original, to the letter', ({ page, original }) => {
    const read = (path: string) => blocksIn(readFileSync(join(root, path), 'utf8'));
    expect(read(original).length).toBeGreaterThan(0);
    expect(read(page)).toEqual(read(original));
  });
});

describe('samplesIn', () => {
  it('takes blocks of JavaScript and TypeScript alone, with the page and line of each', () => {
    const page =
      '# A\n```sh\nls\n```\n<!-- sample: compiled only, needs a moon -->\n```ts\nlet a = 1;\n```\n```js\nb();\n```\n';
    expect(samplesIn('a.md', page)).toEqual([
      { at: 'a.md:6', language: 'ts', code: 'let a = 1;', compiledOnly: 'needs a moon' },
      { at: 'a.md:9', language: 'js', code: 'b();', compiledOnly: undefined },
    ]);
  });

  it('gives a sample what it uses and does not declare, and what that needs in turn', () => {
    expect(givenFor('README.md', "train(data, { objective: 'l2' });").split('\n').at(-1)).toContain(
      'const data = createDataset',
    );
    expect(givenFor('README.md', 'const closes = [1];\nlog(closes, x.rows, { values: 2 });')).toBe('');
  });
});
