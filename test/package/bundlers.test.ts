import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { nodeFileTrace } from '@vercel/nft';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import webpack from 'webpack';
import manifest from '../../package.json' with { type: 'json' };

/*
 * A host's server and a host's page, bundled by what people bundle with, where no optional peer is installed. The server's bundle is run
 * where there is nothing but itself, as on Lambda: it must find the default checkpoint, and name what is missing when it is asked for.
 */
const run = promisify(execFile);
const TIMEOUT = 300_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

const SERVER = `
import { loadChronos } from 'chronolight';
import { train, createDataset } from 'chronolight/lgbm';
import { renderReport } from 'chronolight/report';
import { postgresStore } from 'chronolight/store/postgres';
import { sqliteStore } from 'chronolight/store/sqlite';

async function main() {
  const model = await loadChronos();
  const closes = Float64Array.from({ length: 200 }, (_, t) => 100 + Math.sin(t / 7));
  const [{ q10, median, q90 }] = await model.forecast([closes], { horizon: 2 });
  await model.dispose();
  const values = Float64Array.from({ length: 100 }, (_, i) => Math.sin(i * i));
  const booster = train(createDataset({ values, rows: 100, labels: values }), { num_iterations: 2 });
  const sqlite = await sqliteStore(':memory:', { library: 'better-sqlite3' }).catch(({ code }) => code);
  const postgres = await postgresStore({ connectionString: 'postgres://127.0.0.1:1/x' }).catch(({ code }) => code);
  const found = [q10[1] < median[1] && median[1] < q90[1], booster.toText().length > 100, typeof renderReport];
  console.log(JSON.stringify([...found, sqlite, postgres]));
}
main();
`;
const FOUND = [true, true, 'function', 'RUNTIME_MISSING', 'RUNTIME_MISSING'];

const PAGE = `
import { createContext, predict } from 'chronolight';
import { loadChronos } from 'chronolight/chronos';
import { memoryStore } from 'chronolight/store/memory';
globalThis.library = { createContext, predict, loadChronos, memoryStore };
`;

let host: string;
beforeAll(async () => {
  host = await mkdtemp(join(tmpdir(), 'chronolight-bundlers-'));
  const home = join(host, 'node_modules', 'chronolight');
  await mkdir(home, { recursive: true });
  for (const name of ['package.json', 'dist', 'models']) {
    await cp(join(root, name), join(home, name), { recursive: true });
  }
  for (const name of Object.keys(manifest.dependencies)) {
    await symlink(join(root, 'node_modules', name), join(host, 'node_modules', name), 'dir');
  }
  await writeFile(join(host, 'package.json'), '{ "type": "module" }');
  await writeFile(join(host, 'server.js'), SERVER);
  await writeFile(join(host, 'page.js'), PAGE);
});
afterAll(() => rm(host, { recursive: true, force: true }));

const withEsbuild = (entry: string, outfile: string, options: esbuild.BuildOptions) =>
  esbuild.build({ absWorkingDir: host, entryPoints: [entry], bundle: true, outfile, logLevel: 'silent', ...options });

function withWebpack(entry: string, folder: string, filename: string, options: webpack.Configuration) {
  const configuration: webpack.Configuration = {
    mode: 'production',
    optimization: { minimize: false },
    context: host,
    entry: `./${entry}`,
    output: { path: folder, filename, module: filename.endsWith('.mjs') },
    ...options,
  };
  return new Promise<string[]>((resolve, reject) => {
    webpack(configuration, (error, stats) => {
      if (error || stats === undefined) reject(error ?? new Error('no stats'));
      else resolve((stats.toJson({ all: false, errors: true }).errors ?? []).map(({ message }) => message));
    });
  });
}

const servers: Record<string, (folder: string) => Promise<string>> = {
  'esbuild, ESM': async (folder) => {
    await withEsbuild('server.js', join(folder, 'server.mjs'), { platform: 'node', format: 'esm' });
    return 'server.mjs';
  },
  'esbuild, CommonJS': async (folder) => {
    await withEsbuild('server.js', join(folder, 'server.cjs'), { platform: 'node', format: 'cjs' });
    return 'server.cjs';
  },
  'webpack, ESM': async (folder) => {
    const options: webpack.Configuration = { target: 'node20', experiments: { outputModule: true } };
    expect(await withWebpack('server.js', folder, 'server.mjs', options)).toEqual([]);
    return 'server.mjs';
  },
  'webpack, CommonJS': async (folder) => {
    expect(await withWebpack('server.js', folder, 'server.cjs', { target: 'node20' })).toEqual([]);
    return 'server.cjs';
  },
  vite: async (folder) => {
    await vite.build({
      root: host,
      configFile: false,
      logLevel: 'silent',
      build: { ssr: 'server.js', outDir: folder, emptyOutDir: false },
      ssr: { noExternal: true },
    });
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    return 'server.js';
  },
};

describe('the bundle of a server', () => {
  it.each(Object.keys(servers))(
    'runs where there is nothing else: %s',
    async (bundler) => {
      const folder = await mkdtemp(join(host, 'built-'));
      const file = await servers[bundler](folder);
      const bare = await mkdtemp(join(tmpdir(), 'chronolight-bare-'));
      try {
        await cp(folder, bare, { recursive: true });
        // the package's own place is gone, as on another machine
        const { stdout } = await withoutPackage(() => run(process.execPath, ['--no-warnings', file], { cwd: bare }));
        expect(JSON.parse(stdout)).toEqual(FOUND);
      } finally {
        await rm(bare, { recursive: true });
      }
    },
    TIMEOUT,
  );

  it('is traced with its checkpoint, as Next.js and Vercel do for a deployment', async () => {
    const { fileList } = await nodeFileTrace([join(host, 'server.js')], { base: host });
    expect([...fileList]).toContain('node_modules/chronolight/dist/chronos/default-checkpoint.js');
  });
});

describe('the bundle of a page', () => {
  /** A megabyte of weights is for the page to ask for. */
  const expectLight = async (folder: string) => {
    const weights = (await readFile(join(root, 'models', 'default', 'model.safetensors'))).toString('base64');
    const files = (await readdir(folder, { recursive: true })).filter((file) => /\.m?js$/.test(file));
    const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
    expect(texts.some((text) => text.includes('loadChronos'))).toBe(true);
    expect(texts.filter((text) => text.includes(weights.slice(40_000, 40_400)))).toEqual([]);
  };

  it(
    'is made by esbuild',
    async () => {
      const folder = await mkdtemp(join(host, 'page-'));
      await withEsbuild('page.js', join(folder, 'page.js'), {
        platform: 'browser',
        format: 'esm',
        minify: true,
      });
      await expectLight(folder);
    },
    TIMEOUT,
  );

  it(
    'is made by webpack',
    async () => {
      const folder = await mkdtemp(join(host, 'page-'));
      expect(await withWebpack('page.js', folder, 'page.js', { target: 'web' })).toEqual([]);
      await expectLight(folder);
    },
    TIMEOUT,
  );

  it(
    'is made by vite',
    async () => {
      const folder = await mkdtemp(join(host, 'page-'));
      await vite.build({
        root: host,
        configFile: false,
        logLevel: 'silent',
        build: { lib: { entry: 'page.js', formats: ['es'], fileName: 'page' }, outDir: folder, emptyOutDir: false },
      });
      await expectLight(folder);
    },
    TIMEOUT,
  );
});

async function withoutPackage<T>(work: () => Promise<T>): Promise<T> {
  const home = join(host, 'node_modules', 'chronolight');
  const away = join(host, 'away');
  await rename(home, away);
  try {
    return await work();
  } finally {
    await rename(away, home);
  }
}
