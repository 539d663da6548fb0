import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };

const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const entries = Object.keys(manifest.exports).filter((entry) => entry !== './package.json');
/** Every compiler that is installed: the newest as `typescript`, older ones under aliases such as `typescript-5.4`. */
const compilers = Object.keys(manifest.devDependencies).filter((name) => /^typescript(-|$)/.test(name));

const STRICT = {
  target: 'es2022',
  lib: ['es2023'],
  types: ['node'],
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  noPropertyAccessFromIndexSignature: true,
  skipLibCheck: false,
  noEmit: true,
};
const RESOLUTIONS = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' };

// What a host writes: options handed on as they came, perhaps undefined, and values of its own that the library takes.
const HOST = `
import { addTradingDays, type Bar, calendarFromDates, parseSeries, type TradingCalendar } from 'chronolight/series';
import { defineMarket, krx, type Market, sessionClose, us } from 'chronolight/markets';
import { buildFeatures, type FeatureMatrix } from 'chronolight/features';
import { type Booster, createDataset, loadSimdKernel, parseModel, type SplitKernel, train } from 'chronolight/lgbm';
import { type ChronosForecast, type ChronosModel, loadChronos } from 'chronolight/chronos';
import { blockBootstrap } from 'chronolight/scoring';
import type { Member } from 'chronolight/ensemble';
import { pooledLgbm, randomWalk } from 'chronolight/members';
import type { Context, Step } from 'chronolight/pipeline';
import type { Store } from 'chronolight/store';
import { createContext, ForecastError, isForecastError, predict, type PriceSource, retrain } from 'chronolight';

export interface Wishes {
  learning_rate?: number | undefined;
  revision?: string | undefined;
  prior?: number | undefined;
  fromBaseDate?: string | undefined;
  code?: string | undefined;
  seed?: number | undefined;
  horizons?: readonly number[] | undefined;
  signal?: AbortSignal | undefined;
  kernel?: SplitKernel | undefined;
}

export const calendar: TradingCalendar = { name: 'mine', isTradingDay: (date) => date !== '2026-01-01' };
export const market: Market = defineMarket({ ...us, name: 'mine', calendar, specialHours: { '2026-12-24': { closesAt: '13:00' } } });
export const next: string = addTradingDays('2026-12-30', 1, calendarFromDates(['2026-12-30'], krx.calendar));
export const closes: Date = sessionClose(market, next);
export const prices: PriceSource = { getBars: async (_code, { signal }): Promise<Bar[]> => (signal?.throwIfAborted(), []) };

export function matrixOf(bars: readonly Bar[], { code, horizons }: Wishes): FeatureMatrix {
  return buildFeatures(parseSeries(bars, { code, minBars: undefined }), { horizons, withTargets: horizons !== undefined });
}
export function boosterOf({ values, dates }: FeatureMatrix, labels: Float64Array, { signal, kernel }: Wishes): Booster {
  const booster = train(createDataset({ values, rows: dates.length, labels }), { objective: 'quantile', alpha: 0.1 }, { signal, kernel });
  booster.predict(values, { rows: dates.length, numIteration: undefined });
  return parseModel(booster.toText());
}
export const membersOf = ({ learning_rate, prior }: Wishes): Member[] => [
  pooledLgbm({ prior, params: { learning_rate } }),
  randomWalk({ prior, name: undefined }),
];
export const due = (store: Store, { code, fromBaseDate }: Wishes) =>
  store.listPredictions({ code, fromBaseDate, state: 'due', limit: undefined });
export const modelOf = ({ revision, signal }: Wishes) =>
  loadChronos('amazon/chronos-bolt-tiny', { revision, signal, ort: undefined, precision: undefined });
export async function forecastOf(closes: Float64Array, { seed, signal }: Wishes): Promise<ChronosForecast | undefined> {
  const model: ChronosModel = await loadChronos();
  const [forecast] = await model.forecast([closes], { horizon: 5, seed, signal });
  await model.dispose();
  return forecast;
}
export const interval = (numerators: readonly number[], { seed }: Wishes) => blockBootstrap(numerators, undefined, { seed });
export const kernelOf: () => Promise<SplitKernel> = loadSimdKernel;
export const fieldOf = (error: unknown): string | undefined =>
  isForecastError(error, 'INVALID_ARGUMENT') ? error.field : new ForecastError('TIMEOUT', 'late').field;

export const own: Member = {
  name: 'own',
  prior: 1,
  forecast: async (batch, { horizons }) =>
    batch.map(({ series: { close } }) => {
      const last = close[close.length - 1] ?? Number.NaN;
      return new Map(horizons.map((horizon) => [horizon, { levels: [0.1, 0.9], quantiles: [last * 0.9, last * 1.1] }]));
    }),
};
export const contextOf = (store?: Store, logger?: Console): Context =>
  createContext({ market, prices, store, logger, members: [own], historyBars: undefined });
export async function stepsOf(context: Context, { horizons, signal }: Wishes): Promise<Step[]> {
  const { steps, warnings } = await predict('A', context, { horizons, signal });
  await retrain(context, { codes: ['A'], signal, onProgress: ({ done, total }) => console.log(done / total, warnings.length) });
  return steps.filter((step) => step.quantile(0.95) > (step.members['own']?.ciHigh ?? 0));
}

// @ts-expect-error a misspelt option of a call
export const misspelt = () => predict('A', contextOf(), { horizon: [1] });
// @ts-expect-error a misspelt part of a context
export const unknown = () => createContext({ market, prices, stores: undefined });
// @ts-expect-error options are no context
export const mixed = () => predict('A', { prices, horizons: [1] });
// @ts-expect-error a misspelt field of a market
defineMarket({ ...krx, closeAt: '15:30' });
// @ts-expect-error an unknown option
parseSeries([], { minbars: 1 });
`;

/** What hosts hand in. Of OrtSessionOptions it is the library that hands them to the host's ONNX Runtime. */
const HANDED_IN =
  /(Options|Query|Params|Claim|End|Renewal|Details|Range|DatasetInput|CombineInput|ReportInput|ModelEntry)$/;
const HANDED_OUT = new Set(['OrtSessionOptions']);

/** Returns a file that does not compile where a part of what hosts hand in may be left out and may not be undefined. */
async function handedOn(): Promise<string> {
  const types = await Promise.all(
    Object.entries(manifest.exports).map(async ([entry, target]) => {
      if (typeof target === 'string') return [];
      const text = await readFile(join(root, target.types), 'utf8');
      const listed = [...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, list]) => list.split(','));
      const declared = [...text.matchAll(/^export (?:interface|type) (\w+)(?![\w<])/gm)].map(([, name]) => name);
      const names = [...listed.map((name) => name.trim().replace(/^type /, '')), ...declared];
      const wanted = names.filter((name) => HANDED_IN.test(name) && !HANDED_OUT.has(name));
      return wanted.map((name) => `import('${entry.replace(/^\./, 'chronolight')}').${name}`);
    }),
  );
  const lines = [...new Set(types.flat())].map(
    (type, i) => `export const f${i} = (given: HandedOn<${type}>): ${type} => given;`,
  );
  return `type Optional<T> = { [K in keyof T]-?: {} extends Pick<T, K> ? K : never }[keyof T];
type HandedOn<T> = { [K in keyof T]: K extends Optional<T> ? T[K] | undefined : T[K] };
${lines.join('\n')}
`;
}

describe('the declarations, for a host without the DOM and with every strictness', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chronolight-consumer-'));
    const modules = join(folder, 'node_modules');
    // Copied, not linked: a linked package would find the development dependencies beside it.
    await mkdir(join(modules, 'chronolight', 'dist'), { recursive: true });
    await cp(join(root, 'package.json'), join(modules, 'chronolight', 'package.json'));
    await cp(join(root, 'dist', 'types'), join(modules, 'chronolight', 'dist', 'types'), { recursive: true });
    await mkdir(join(modules, '@types'));
    for (const name of [...Object.keys(manifest.dependencies), '@types/node', 'undici-types']) {
      await symlink(join(root, 'node_modules', name), join(modules, name), 'dir');
    }
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    const every = entries.map((entry, i) => `export * as entry${i} from '${entry.replace(/^\./, 'chronolight')}';\n`);
    await writeFile(join(folder, 'entries.ts'), every.join(''));
    await writeFile(join(folder, 'host.ts'), HOST);
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  const compile = async (compiler: string, name: string, options: object, files = ['entries.ts', 'host.ts']) => {
    const config = join(folder, `${name}.json`);
    await writeFile(config, JSON.stringify({ compilerOptions: { ...STRICT, ...options }, files }));
    const tsc = join(root, 'node_modules', compiler, 'bin', 'tsc');
    // tsc prints what it finds and exits with 1 or 2.
    return run(process.execPath, [tsc, '-p', config], { cwd: folder }).then(
      ({ stdout }) => stdout,
      (error: { stdout: string }) => error.stdout || String(error),
    );
  };

  describe.each(compilers)('%s', (compiler) => {
    it.each(Object.entries(RESOLUTIONS))(
      'compiles every entry with %s',
      async (moduleResolution, module) => {
        expect(await compile(compiler, `${compiler}-${moduleResolution}`, { module, moduleResolution })).toBe('');
      },
      300_000,
    );
  });

  it('take an option that is handed on as it came, perhaps undefined, wherever it may be left out', async () => {
    const text = await handedOn();
    expect(text.split('\n').length).toBeGreaterThan(70);
    await writeFile(join(folder, 'handed-on.ts'), text);
    const options = { module: 'nodenext', moduleResolution: 'nodenext' };
    expect(await compile('typescript', 'handed-on', options, ['handed-on.ts'])).toBe('');
    const strict = text.replace(
      /=> given;/,
      '=> given;\nexport const none = (given: HandedOn<{ x?: 1 }>): { x?: 1 } => given;',
    );
    await writeFile(join(folder, 'strict.ts'), strict);
    expect(await compile('typescript', 'strict', options, ['strict.ts'])).toMatch(
      /^strict\.ts\(\d+,\d+\): error TS2375/,
    );
  }, 300_000);

  it('would see a declaration that needs the DOM', async () => {
    await writeFile(join(folder, 'memory.d.ts'), 'export declare const memory: WebAssembly.Memory;\n');
    await writeFile(join(folder, 'dom.ts'), "export { memory } from './memory.js';\n");
    const options = { module: 'node16', moduleResolution: 'node16', types: [] };
    const found = await compile('typescript', 'dom', options, ['dom.ts']);
    expect(found).toMatch(/^memory\.d\.ts\(1,30\): error TS2503/);
  }, 300_000);
});
