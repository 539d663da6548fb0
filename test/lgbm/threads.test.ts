import { getEventListeners } from 'node:events';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDataset,
  createTrainPool,
  loadParallelKernel,
  type PoolProgress,
  type SpawnWorker,
  type TrainPool,
  type TrainTask,
  train,
} from '../../src/lgbm/index.js';
import { datasetOf } from '../parity/lgbm/compare-training.js';
import { randomCase, uniform } from '../parity/lgbm/random-cases.js';
import { trainingCase } from '../parity/lgbm/training-cases.js';
import { type BundledWorker, bundleWorker } from './bundled-worker.js';

let worker: BundledWorker;
let spawn: SpawnWorker;
beforeAll(async () => {
  worker = await bundleWorker();
  spawn = worker.spawn;
});
afterAll(() => worker.remove());

const task = (seed: number): TrainTask => {
  const { params, train: rows, valid } = randomCase(seed);
  return { key: `case ${seed}`, dataset: createDataset(rows), params, ...(valid && { valid: createDataset(valid) }) };
};
const textAlone = ({ dataset, params, valid }: TrainTask) => train(dataset, params, { valid }).toText();
const broken: TrainTask = { ...task(1), key: 'broken', params: { objective: 'lambdamart' } };
/** Long enough to be cut off in the middle. */
const long = (): TrainTask => {
  const rows = 3000;
  const random = uniform(1);
  const values = Float64Array.from({ length: rows * 10 }, random);
  return {
    key: 'long',
    dataset: createDataset({ values, rows, labels: values.subarray(0, rows) }),
    params: { num_iterations: 100_000 },
  };
};

describe('createTrainPool', () => {
  let pool: TrainPool;
  beforeAll(async () => {
    pool = await createTrainPool({ workers: 2, spawn });
  });
  afterAll(() => pool.close());

  it('trains the models that train() does, in the order of the tasks', async () => {
    const tasks = [1, 2, 3, 4, 5].map(task);
    const outcomes = await pool.train(tasks);
    expect(outcomes.map(({ key }) => key)).toEqual(tasks.map(({ key }) => key));
    expect(outcomes.map(({ booster }) => booster?.toText())).toEqual(tasks.map(textAlone));
    const alone = train(tasks[0].dataset, tasks[0].params, { valid: tasks[0].valid });
    expect(outcomes[0].booster?.featureImportance('gain')).toEqual(alone.featureImportance('gain'));
    expect(outcomes[0].booster?.evaluations).toEqual(alone.evaluations);
  });

  it.each(['linear', 'quantized', 'advanced'])('trains sets of the line %s as train() does', async (line) => {
    const tasks = [1, 2, 3].map((seed): TrainTask => {
      const { params, train: rows, valid } = trainingCase(line, seed);
      return {
        key: `${line} ${seed}`,
        dataset: datasetOf(rows),
        params,
        ...(valid && { valid: datasetOf(valid) }),
      };
    });
    const outcomes = await pool.train(tasks);
    expect(outcomes.map(({ booster }) => booster?.toText())).toEqual(tasks.map(textAlone));
  });

  it('reports a task that fails and trains the rest', async () => {
    const outcomes = await pool.train([task(1), broken, task(2)]);
    expect(outcomes[1].error).toMatchObject({ code: 'UNSUPPORTED_PARAMETER', field: 'objective' });
    expect(outcomes.map(({ booster }) => booster !== undefined)).toEqual([true, false, true]);
  });

  it('tells its progress up to the last task', async () => {
    const told: PoolProgress[] = [];
    await pool.train([task(1), task(2), task(3)], { onProgress: (progress) => told.push(progress) });
    expect(told.at(-1)).toMatchObject({ done: 3, total: 3 });
    expect(new Set(told.map(({ key }) => key)).size).toBe(3);
  });

  it('begins with the tasks that take longest, so that threads end together', async () => {
    const { dataset } = task(1);
    const ofTrees = (num_iterations: number, num_class = 1): TrainTask => ({
      key: `${num_iterations * num_class} trees`,
      dataset:
        num_class > 1 ? createDataset({ ...dataset, labels: dataset.labels.map((_, i) => i % num_class) }) : dataset,
      params: num_class > 1 ? { objective: 'multiclass', num_iterations, num_class } : { num_iterations },
    });
    const ended: string[] = [];
    const one = await createTrainPool({ workers: 1, spawn });
    const tasks = [ofTrees(2), ofTrees(10), broken, ofTrees(4, 3), ofTrees(1)];
    const outcomes = await one.train(tasks, {
      onProgress: ({ key, done }) => done > ended.length && ended.push(key),
    });
    one.close();
    expect(ended).toEqual(['broken', '12 trees', '10 trees', '2 trees', '1 trees']);
    expect(outcomes.map(({ key }) => key)).toEqual(tasks.map(({ key }) => key));
  });

  it('stops in the middle of a training when its signal aborts, and trains again afterwards', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const running = pool.train([long(), long(), task(1)], {
      signal: controller.signal,
      onProgress: () => controller.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    const [outcome] = await pool.train([task(1)]);
    expect(outcome.booster?.toText()).toBe(textAlone(task(1)));
  });

  it('shares its threads between calls that overlap', async () => {
    const calls = [[1, 2, 3], [2], [5, 1]].map((seeds) => seeds.map(task));
    const outcomes = await Promise.all(calls.map((tasks) => pool.train(tasks)));
    expect(outcomes.map((call) => call.map(({ booster }) => booster?.toText()))).toEqual(
      calls.map((tasks) => tasks.map(textAlone)),
    );
  });

  it('ends one call and leaves one that overlaps alone', async () => {
    const controller = new AbortController();
    const stopped = pool.train([long(), task(1)], {
      signal: controller.signal,
      onProgress: () => controller.abort('enough'),
    });
    const [other] = await Promise.all([pool.train([task(2)]), expect(stopped).rejects.toBe('enough')]);
    expect(other[0].booster?.toText()).toBe(textAlone(task(2)));
  });

  it('listens to the signal once, however many tasks wait, and lets go of it: Node warns of a leak at eleven', async () => {
    const { signal } = new AbortController();
    const running = pool.train(
      Array.from({ length: 12 }, (_, seed) => task(1 + (seed % 3))),
      { signal },
    );
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await running;
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('lets a call that waits for a thread go at once when its signal aborts', async () => {
    const [busy, waiting] = [new AbortController(), new AbortController()];
    const running = pool.train([long(), long()], { signal: busy.signal });
    const queued = pool.train([task(1)], { signal: waiting.signal });
    waiting.abort('no more');
    await expect(queued).rejects.toBe('no more');
    busy.abort('enough');
    await expect(running).rejects.toBe('enough');
    const [outcome] = await pool.train([task(1)]);
    expect(outcome.booster?.toText()).toBe(textAlone(task(1)));
  });

  it('starts no thread any more once it is closed: what is not done fails', async () => {
    let started = 0;
    const counting: SpawnWorker = () => {
      started++;
      return spawn();
    };
    const closing = await createTrainPool({ workers: 1, spawn: counting });
    const running = closing.train([long(), task(1), task(2)], {
      onProgress: ({ key }) => key === 'long' && closing.close(),
    });
    const failed = { code: 'RUNTIME_MISSING' };
    expect((await running).map(({ error }) => error)).toMatchObject([failed, failed, failed]);
    expect((await closing.train([task(1)]))[0].error).toMatchObject(failed);
    expect(started).toBe(1);
  });

  it('ends a call that is aborted while a thread starts', async () => {
    const slow = await createTrainPool({ workers: 1, spawn });
    const [first, second] = [new AbortController(), new AbortController()];
    const running = slow.train([long()], { signal: first.signal });
    first.abort('enough');
    await expect(running).rejects.toBe('enough');
    const next = slow.train([long()], { signal: second.signal });
    // its thread takes milliseconds to start
    await Promise.resolve();
    second.abort('no more');
    await expect(next).rejects.toBe('no more');
    slow.close();
  });

  it('refuses zero workers', async () => {
    await expect(createTrainPool({ workers: 0, spawn })).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('loadParallelKernel', () => {
  it.each([2, 3])('grows the same models on %i threads', async (threads) => {
    const kernel = await loadParallelKernel({ threads, spawn });
    for (let seed = 1; seed <= 5; seed++) {
      const { dataset, params, valid } = task(seed);
      expect(train(dataset, params, { valid, kernel }).toText()).toBe(textAlone(task(seed)));
      if (seed > 2) continue;
      // linear leaves read the gradients and the rows that the threads have sorted
      const linear = { ...task(seed), params: { ...params, linear_tree: true, zero_as_missing: false } };
      expect(train(linear.dataset, linear.params, { valid, kernel }).toText()).toBe(textAlone(linear));
    }
    kernel.close();
  });

  it('does no work twice when a helper is woken for nothing', async ({ onTestFinished }) => {
    onTestFinished(async () => void (await noise?.terminate()));
    // a notification can come after the call that it tells of is done: a third thread sends nothing but such
    let noise: Worker | undefined;
    const listeningIn: SpawnWorker = async () => {
      const worker = (await spawn()) as Worker;
      const post = worker.postMessage.bind(worker);
      worker.postMessage = (message: { memory: WebAssembly.Memory }) => {
        noise = new Worker(WAKE_ALL, { eval: true, workerData: message.memory });
        post(message);
      };
      return worker;
    };
    const kernel = await loadParallelKernel({ threads: 2, spawn: listeningIn });
    const { dataset, params, valid } = task(4);
    const alone = textAlone(task(4));
    for (let round = 0; round < 5; round++) expect(train(dataset, params, { valid, kernel }).toText()).toBe(alone);
    kernel.close();
  });
});

const WAKE_ALL = `
  const { workerData: memory } = require('node:worker_threads');
  const counters = new Int32Array(memory.buffer, 0, 1024);
  const never = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    for (let i = 0; i < counters.length; i++) Atomics.notify(counters, i);
    Atomics.wait(never, 0, 0, 0.1);
  }
`;
