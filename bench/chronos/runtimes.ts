/**
 * The built-in runtime beside onnxruntime-web and onnxruntime-node: installed size, bundle of a page, first forecast of a process, memory, and
 * forecasts at several batches, in float32 and in whole numbers, run by run in turn, one thread each.
 *
 *     npm run build
 *     npx esbuild bench/chronos/runtimes.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-runtimes.mjs
 *     node node_modules/.cache/bench-runtimes.mjs [default,tiny,mini,small] [rounds] [first,batches]
 *
 * From the root of the repository. The default checkpoint is read from models/default; tiny, mini and small are the published sizes of
 * Chronos-Bolt with random weights. Times are the least CPU time over all rounds (on a machine with other work, wall time measures the
 * other work); for first forecasts that of the whole process, Node's own start included, which stands beside it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type ChronosModel, type LoadOptions, loadChronos, type OrtRuntime } from '../../src/chronos/index.js';
import { boltBundle, wholeBundle } from '../../test/chronos/chronos-bundle.js';
import { BOLT_SIZES, randomBolt } from '../../test/chronos/random-bolt.js';

const KINDS = ['builtin', 'web', 'node'] as const;
type Kind = (typeof KINDS)[number];
type ByKind = Record<Kind, number>;

const PACKAGES: Record<Kind, readonly string[]> = {
  builtin: [],
  web: ['onnxruntime-web', 'onnxruntime-common'],
  node: ['onnxruntime-node', 'onnxruntime-common'],
};

const [sizes = 'default,tiny', roundsText = '12', parts = 'first,batches'] = process.argv.slice(2);
const rounds = Number(roundsText);
process.env['ORT_DISABLE_TELEMETRY'] = '1';
const folder = mkdtempSync(join(tmpdir(), 'chronos-runtimes-'));

console.log(
  `Node ${process.version}; CPU time in ms, the least of ${rounds} rounds; ×: of the built-in runtime's time`,
);
report('installed beside chronolight, MiB', installedMiB(), 1);
const [bolt, all] = [await boltBundle(resolve('src/chronos')), await wholeBundle(resolve('src/chronos'))];
console.log(`bundle of a page, kB: ${(bolt.bytes / 1000).toFixed(0)} Bolt alone, ${(all.bytes / 1000).toFixed(0)} all`);
for (const size of sizes.split(',')) {
  const path = size === 'default' ? resolve('models/default') : writeRandom(size);
  if (parts.includes('first')) benchFirst(size, path);
  if (parts.includes('batches')) await benchBatches(size, path);
}
rmSync(folder, { recursive: true, force: true });

function writeRandom(size: string): string {
  const wanted = BOLT_SIZES[size];
  if (wanted === undefined) throw new TypeError(`runtimes: no size ${size}`);
  const { config, weights } = randomBolt(wanted, 1);
  const path = mkdtempSync(join(folder, `bolt-${size}-`));
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  writeFileSync(join(path, 'model.safetensors'), weights);
  return path;
}

function installedMiB(): ByKind {
  const bytes = (path: string): number =>
    statSync(path).isDirectory()
      ? readdirSync(path).reduce((sum, name) => sum + bytes(join(path, name)), 0)
      : statSync(path).size;
  const of = (kind: Kind) =>
    PACKAGES[kind].reduce((sum, name) => {
      const path = join('node_modules', name);
      return sum + (existsSync(path) ? bytes(path) / 2 ** 20 : 0);
    }, 0);
  return { builtin: of('builtin'), web: of('web'), node: of('node') };
}

/** Whole processes from their start to the first forecast, by the built package. */
function benchFirst(size: string, path: string): void {
  const library = pathToFileURL(resolve('dist/chronos.js')).href;
  const script = (kind: Kind) => `
    import { loadChronos } from ${JSON.stringify(library)};
    ${kind === 'builtin' ? 'const options = { runtime: "builtin" };' : `import ort from "onnxruntime-${kind}"; const options = { ort, threads: 1 };`}
    ${kind === 'web' ? 'ort.env.wasm.numThreads = 1;' : ''}
    const model = await loadChronos(${JSON.stringify(path)}, options);
    await model.forecast([Float64Array.from({ length: 256 }, (_, i) => 100 + Math.sin(i))], { horizon: 5 });`;
  const end = `
    const { user, system } = process.cpuUsage();
    console.log(JSON.stringify({ cpu: (user + system) / 1000, rss: process.memoryUsage().rss / 2 ** 20 }));
    process.exit(0);`;
  const runScript = (text: string) => {
    const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', text + end], { encoding: 'utf8' });
    return JSON.parse(stdout) as { cpu: number; rss: number };
  };
  const cpu = { builtin: Infinity, web: Infinity, node: Infinity };
  const rss = { ...cpu };
  let bare = Infinity;
  for (let round = 0; round < rounds; round++) {
    bare = Math.min(bare, runScript('').cpu);
    for (const kind of KINDS) {
      const one = runScript(script(kind));
      cpu[kind] = Math.min(cpu[kind], one.cpu);
      rss[kind] = Math.min(rss[kind], one.rss);
    }
  }
  report(`${size}: process start to first forecast (Node alone ${bare.toFixed(0)})`, cpu);
  report(`${size}: resident then, MiB`, rss);
}

async function benchBatches(size: string, path: string): Promise<void> {
  const models = {} as Record<Kind | 'int16', ChronosModel>;
  for (const kind of KINDS) models[kind] = await loadChronos(path, await optionsOf(kind));
  models.int16 = await loadChronos(path, { precision: 'int16' });
  const kinds = [...KINDS, 'int16'] as const;
  const length = size === 'default' ? 256 : 512;
  for (const batch of size === 'default' ? [1, 64, 2700] : [1, 64]) {
    const contexts = Array.from({ length: batch }, (_, k) =>
      Float64Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 7 + k) + 0.1 * i),
    );
    // Short runs are timed together: the clock of CPU time is coarse.
    const repeats = batch === 1 ? (size === 'default' ? 500 : 20) : 1;
    const least = { builtin: Infinity, web: Infinity, node: Infinity, int16: Infinity };
    for (let round = 0; round <= rounds; round++)
      for (const kind of kinds) {
        const before = process.cpuUsage();
        for (let i = 0; i < repeats; i++) await models[kind].forecast(contexts, { horizon: 5, numSamples: 1 });
        const { user, system } = process.cpuUsage(before);
        if (round > 0) least[kind] = Math.min(least[kind], (user + system) / 1000 / repeats);
      }
    report(`${size}: batch ${batch}, context ${length}`, least);
  }
  for (const kind of kinds) await models[kind].dispose();
}

async function optionsOf(kind: Kind): Promise<LoadOptions> {
  if (kind === 'builtin') return { runtime: 'builtin' };
  // As the packages come, without their types: only what OrtRuntime says is used.
  const ort: OrtRuntime = (await import(`onnxruntime-${kind}`)).default;
  if (ort.env?.wasm) ort.env.wasm.numThreads = 1;
  return { ort, threads: 1 };
}

function report(what: string, values: ByKind & { int16?: number }, digits = 3): void {
  const texts = (['builtin', 'int16', 'web', 'node'] as const).flatMap((kind) => {
    const value = values[kind];
    if (value === undefined) return [];
    const ratio = kind === 'builtin' || values.builtin === 0 ? '' : ` (${(value / values.builtin).toFixed(2)}×)`;
    return [`${kind} ${value >= 100 ? value.toFixed(0) : value.toPrecision(digits)}${ratio}`];
  });
  console.log(`${what}: ${texts.join(', ')}`);
}
