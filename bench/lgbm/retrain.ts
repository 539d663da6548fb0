/*
 * The weekly retraining of a few instruments, a regressor and a 3-class model for each horizon, on one thread and, as it is by itself, on several, which it starts
 * and ends; beside it native LightGBM on as many, on the same rows with the same parameters, a dataset binned once for both models. By turns, the least of the
 * rounds.
 *
 *   npx esbuild bench/lgbm/retrain.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-retrain.mjs
 *   node node_modules/.cache/bench-retrain.mjs PRICES [--instruments 4] [--rounds 3] [--threads 2] [--params '{}'] [--date 2024-06-28] [--python python3]
 *
 * From the root of the repository, with the packages of test/parity/lgbm/requirements.txt in that Python. PRICES holds CODE.csv.gz
 * (date,open,high,low,close,volume); PARAMS as '{"num_leaves":31}' are put above the recipe's own. Prints the SHA-256 of all texts: what makes retraining faster must not change it.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { build } from 'esbuild';
import { csvPrices } from '../../adapters/prices/csv.js';
import { memoryModels } from '../../adapters/store/memory.js';
import { createTrainPool, type Dataset, type TrainPool, type TrainTask, train } from '../../src/lgbm/index.js';
import { krx } from '../../src/markets/index.js';
import { instrumentLgbm } from '../../src/members/index.js';
import { retrain } from '../../src/pipeline/index.js';
import { createContext } from '../../src/setup/index.js';
import type { ModelStore } from '../../src/store/model-store.js';
import { least, startClock, type Time, timed } from '../market/timing.js';

const { values: given, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    instruments: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    threads: { type: 'string', default: '2' },
    params: { type: 'string', default: '{}' },
    date: { type: 'string', default: '2024-06-28' },
    python: { type: 'string', default: 'python3' },
  },
});
const [prices] = positionals;
const codes = readdirSync(prices)
  .filter((name) => name.endsWith('.csv.gz'))
  .map((name) => name.slice(0, -'.csv.gz'.length))
  .sort()
  .slice(0, Number(given.instruments));

/** Retrains on this thread, and notes what each training was given and how long all of them took. */
async function retrainHere() {
  const tasks: TrainTask[] = [];
  const trainings: Time = { wall: 0, cpu: 0 };
  const pool: TrainPool = {
    async train(some) {
      // in one go: instruments are trained at the same time, and the others' trainings would be counted here too
      const took = startClock();
      const results = some.map(({ key, dataset, params, valid }) => {
        return { key, booster: train(dataset, params, { valid }), seconds: 0 };
      });
      const { wall, cpu } = took();
      tasks.push(...some);
      trainings.wall += wall;
      trainings.cpu += cpu;
      return results;
    },
    close() {},
  };
  return { ...(await timedRetrain(async () => pool)), trainings, tasks };
}

/** Retrains on threads that it starts and ends. */
function retrainOnThreads() {
  return timedRetrain(() => createTrainPool({ workers: threads, spawn: () => new Worker(workerFile) }));
}

async function timedRetrain(startPool: () => Promise<TrainPool>) {
  const models: ModelStore = memoryModels();
  const { result, ...all } = await timed(async () => {
    const trainPool = await startPool();
    const context = createContext({
      market: krx,
      prices: csvPrices(prices),
      models,
      members: [instrumentLgbm({ halfWidth: 0.03, gateTolerance: 1e9, trainPool, params: JSON.parse(given.params) })],
      clock: () => new Date(`${given.date}T18:00:00+09:00`),
    });
    const done = await retrain(context, { codes });
    trainPool.close();
    return done;
  });
  const failed = result.items.find(({ status }) => status !== 'published');
  if (failed) throw new Error(`${failed.code} h${failed.horizon}: ${failed.status}`, { cause: failed.error });
  const texts = await Promise.all((await models.list()).map(async (key) => `${key}\n${await models.get(key)}`));
  return { all, texts };
}

const folder = mkdtempSync(join(tmpdir(), 'bench-retrain-'));
const threads = Number(given.threads);
const workerFile = join(folder, 'worker.mjs');
await build({
  entryPoints: ['src/lgbm/threads/train-worker.ts'],
  outfile: workerFile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  logLevel: 'error',
});
const native = spawn(given.python, ['bench/lgbm/native.py'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: native.stdout })[Symbol.asyncIterator]();
const ask = async (request: object) => {
  native.stdin.write(`${JSON.stringify(request)}\n`);
  return JSON.parse((await answers.next()).value);
};

/** Writes a dataset where native reads it. */
function written(name: string, { values, labels, rows, features }: Dataset) {
  const file = (kind: string, numbers: ArrayLike<number>) => {
    const path = join(folder, `${name}-${kind}`);
    writeFileSync(path, new Uint8Array(Float64Array.from(numbers).buffer));
    return path;
  };
  return { values: file('values', values), labels: file('labels', labels), rows, features };
}

const hashOf = (texts: readonly string[]) => createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16);

try {
  const runs = {
    all: [] as Time[],
    trainings: [] as Time[],
    native: [] as Time[],
    threads: [] as Time[],
    nativeThreads: [] as Time[],
  };
  const hashes = new Set<string>();
  let trees: { ours: number; native: number } | undefined;
  for (let round = 0; round < Number(given.rounds); round++) {
    const { all, trainings, tasks, texts } = await retrainHere();
    runs.all.push(all);
    runs.trainings.push(trainings);
    hashes.add(hashOf(texts));
    const asked = tasks.map(({ dataset, valid, params }, i) => ({
      params,
      train: written(`${i}-train`, dataset),
      valid: written(`${i}-valid`, valid as Dataset),
    }));
    const onThreads = await retrainOnThreads();
    runs.threads.push(onThreads.all);
    hashes.add(hashOf(onThreads.texts));
    const { trees: grown, seconds, cpu } = await ask({ op: 'retrain', tasks: asked });
    runs.native.push({ wall: seconds, cpu });
    const nativeThreads = await ask({ op: 'retrain', tasks: asked, threads });
    runs.nativeThreads.push({ wall: nativeThreads.seconds, cpu: nativeThreads.cpu });
    trees ??= { ours: texts.join('\n').split('\nTree=').length - 1, native: grown };
  }
  console.log(`${codes.length} instruments x 3 horizons x 2 models, the least of ${given.rounds} rounds\n`);
  for (const [name, of] of Object.entries({
    retrain: runs.all,
    'its trainings': runs.trainings,
    native: runs.native,
    [`retrain × ${threads}`]: runs.threads,
    [`native × ${threads}`]: runs.nativeThreads,
  })) {
    const { wall, cpu } = least(of);
    console.log(`${name.padEnd(14)} ${cpu.toFixed(2)} s of processor, ${wall.toFixed(2)} s`);
  }
  const ratio = least(runs.all).cpu / least(runs.native).cpu;
  const ofThreads = least(runs.threads).wall / least(runs.nativeThreads).wall;
  console.log(
    `retrain / native ${ratio.toFixed(2)}, on ${threads} threads, wall, ${ofThreads.toFixed(2)}; trees ${trees?.ours} and ${trees?.native}; texts ${[...hashes]}`,
  );
} finally {
  native.stdin.end();
  rmSync(folder, { recursive: true });
}
