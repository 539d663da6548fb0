// Times training, binning included, and prediction beside native LightGBM 4.6, interleaved in one run, and prints ratios.
//
//   node bench/lgbm/bench.mjs [--rows 1250,20000,200000] [--rounds 3] [--iterations 300] [--python python3] [--threads 2] [--no-pool]
//
// Needs the packages of test/parity/lgbm/requirements.txt in that Python. Data: 40 numeric features, NaN in half of them; 31 leaves,
// max_bin 255; the family is 3 classes and 3 quantiles on one dataset, a sixth of the iterations each. --rows= leaves out all but the pool. Every variant must print the text that native prints. Least of all rounds, and the least CPU time in brackets.
import { fork, spawn as start } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';

const options = {
  rows: { type: 'string', default: '1250,20000,200000' },
  rounds: { type: 'string', default: '3' },
  iterations: { type: 'string', default: '300' },
  python: { type: 'string', default: 'python3' },
  threads: { type: 'string', default: '2' },
  'no-pool': { type: 'boolean', default: false },
};
const { values: given } = parseArgs({ options });
const rounds = Number(given.rounds);
const iterations = Number(given.iterations);
const here = (file) => fileURLToPath(new URL(file, import.meta.url));
const folder = mkdtempSync(join(os.tmpdir(), 'lgbm-bench-'));
const bundle = async (source, name) => {
  const outfile = join(folder, name);
  await build({
    entryPoints: [here(source)],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
  return outfile;
};
const engine = await import(pathToFileURL(await bundle('engine.ts', 'engine.mjs')).href);
const workerFile = await bundle('../../src/lgbm/threads/train-worker.ts', 'worker.mjs');
const alonePath = await bundle('alone.ts', 'alone.mjs');
const spawn = () => new Worker(workerFile);

const sizes = given.rows.split(',').filter(Boolean).map(Number);
const python = sizes.length > 0 && start(given.python, [here('native.py')], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = python && createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const ask = async (request) => {
  python.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await answers.next()).value);
};

const { draw, FEATURES } = engine;
const kernels = {
  plain: engine.plainKernel,
  simd: await engine.loadSimdKernel(),
  [`simd × ${given.threads}`]: await engine.loadParallelKernel({ threads: Number(given.threads), spawn }),
};
console.log(
  `${os.cpus()[0].model}, ${os.cpus().length} CPUs, load ${os.loadavg()[0].toFixed(1)}; Node ${process.version}`,
);

for (const rows of sizes) {
  const data = draw(rows);
  writeFileSync(join(folder, 'values'), data.values);
  writeFileSync(join(folder, 'labels'), data.labels);
  const load = { op: 'load', rows, features: FEATURES, values: join(folder, 'values'), labels: join(folder, 'labels') };
  const { version } = await ask(load);
  const least = {};
  const note = (name, { seconds, cpu }) => {
    const before = least[name] ?? { seconds: Infinity, cpu: Infinity };
    least[name] = { seconds: Math.min(seconds, before.seconds), cpu: Math.min(cpu, before.cpu) };
  };
  for (let round = 0; round < rounds; round++) {
    note('native', await ask({ op: 'train', iterations }));
    note(`native × ${given.threads}`, await ask({ op: 'train', iterations, threads: Number(given.threads) }));
    for (const [name, kernel] of Object.entries(kernels)) note(name, engine.trainWhole(data, iterations, kernel));
    note('binning, native', await ask({ op: 'bin' }));
    note('binning', engine.binWhole(data));
    const few = Math.ceil(iterations / 6);
    note('family, native', await ask({ op: 'family', iterations: few }));
    note('family, simd', engine.trainFamily(data, few, kernels.simd));
  }
  const { booster } = engine.trainWhole(data, iterations, kernels.simd);
  const { text } = await ask({ op: 'train', iterations, text: true });
  const same = booster.toText().split('\nparameters:')[0] === text;
  console.log(`\n${rows} rows, native ${version}, models ${same ? 'identical' : 'DIFFERENT'}`);
  for (const [name, { seconds, cpu }] of Object.entries(least)) {
    const reference = least[referenceOf(name)];
    const ratio = (seconds / reference.seconds).toFixed(2);
    console.log(
      `  ${name.padEnd(16)} ${seconds.toFixed(2)} s  ${ratio}× ${referenceOf(name)}  (CPU ${(cpu / reference.cpu).toFixed(2)}×)`,
    );
  }
  await predictions(data, booster, Math.min(rows, 20_000));
}
if (python) python.stdin.end();
kernels[`simd × ${given.threads}`].close();
if (!given['no-pool']) await pool();

/** Which native line a line is compared with: the one of as many threads, and of the same work. */
function referenceOf(name) {
  if (name.startsWith('binning')) return 'binning, native';
  if (name.startsWith('family')) return 'family, native';
  return name.includes('×') ? `native × ${given.threads}` : 'native';
}

async function predictions(data, booster, rows) {
  const values = data.values.subarray(0, rows * FEATURES);
  const least = { batch: [Infinity, Infinity], single: [Infinity, Infinity] };
  let sum = 0;
  for (let round = 0; round < Math.max(3, rounds); round++) {
    for (const single of [false, true]) {
      const count = single ? Math.min(rows, 2000) : rows;
      const native = await ask({ op: 'predict', rows: count, single });
      const begin = performance.now();
      if (single) {
        for (let row = 0; row < count; row++) {
          const one = values.subarray(row * FEATURES, (row + 1) * FEATURES);
          sum += booster.predict(one, { rows: 1, kind: 'raw' })[0];
        }
      } else sum += booster.predict(values, { rows, kind: 'raw' })[0];
      const seconds = (performance.now() - begin) / 1000;
      const entry = least[single ? 'single' : 'batch'];
      entry[0] = Math.min(entry[0], (native.seconds / count) * 1e6);
      entry[1] = Math.min(entry[1], (seconds / count) * 1e6);
    }
  }
  for (const [kind, [native, ours]] of Object.entries(least)) {
    console.log(
      `  predict ${kind}: ${ours.toFixed(2)} µs a row, native ${native.toFixed(2)} µs, ${(ours / native).toFixed(2)}×`,
    );
  }
  if (!Number.isFinite(sum)) throw new Error('predictions are not finite');
}

/** 10 instruments × 3 horizons × (a regression and 3 classes), on one thread and on several, beside processes that share nothing. */
async function pool() {
  const tasks = engine.poolTasks(draw(1250));
  const threads = Number(given.threads);
  const alone = await Promise.all(Array.from({ length: threads }, () => startProcess(tasks.length / 2)));
  const least = {};
  const time = async (name, work) => {
    const begin = performance.now();
    await work();
    least[name] = Math.min(least[name] ?? Infinity, (performance.now() - begin) / 1000);
  };
  for (let round = 0; round < rounds; round++) {
    for (const workers of [1, threads]) {
      const some = await engine.createTrainPool({ workers, spawn });
      await some.train(tasks.slice(0, workers));
      await time(`${workers} threads`, () => some.train(tasks));
      some.close();
    }
    await time('1 process', () => alone[0].train());
    await time(`${threads} processes`, () => Promise.all(alone.map((process) => process.train())));
  }
  for (const process of alone) process.end();
  const [one, several] = [least['1 threads'], least[`${threads} threads`]];
  const ceiling = (threads * least['1 process']) / least[`${threads} processes`];
  console.log(
    `\npool of ${tasks.length} models: 1 thread ${one.toFixed(2)} s, ${threads} threads ${several.toFixed(2)} s, ${(one / several).toFixed(2)}× faster`,
  );
  console.log(`  the machine's ceiling, ${threads} processes that share nothing: ${ceiling.toFixed(2)}×`);
  const peak = (process.resourceUsage().maxRSS / 1024).toFixed(0);
  console.log(`peak memory of this process, all benchmarks included: ${peak} MiB`);
}

/** Starts a process that trains `count` of the pool's tasks each time it is asked to. */
async function startProcess(count) {
  const child = fork(alonePath, [String(count)]);
  await once(child, 'message');
  return {
    async train() {
      child.send('train');
      await once(child, 'message');
    },
    end: () => child.kill(),
  };
}
