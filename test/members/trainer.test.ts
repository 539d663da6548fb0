import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDataset, type SpawnWorker, type TrainTask, train } from '../../src/lgbm/index.js';
import { trainerOf } from '../../src/members/lgbm/trainer.js';
import { type BundledWorker, bundleWorker } from '../lgbm/bundled-worker.js';
import { randomCase } from '../parity/lgbm/random-cases.js';

let worker: BundledWorker;
beforeAll(async () => {
  worker = await bundleWorker();
});
afterAll(() => worker.remove());

const tasks = [1, 2, 3].map((seed): TrainTask => {
  const { params, train: rows, valid } = randomCase(seed);
  return { key: `${seed}`, dataset: createDataset(rows), params, ...(valid && { valid: createDataset(valid) }) };
});
const alone = () => tasks.map(({ dataset, params, valid }) => train(dataset, params, { valid }).toText());

describe('what models are trained on', () => {
  it('is threads of its own, at most one a task, ended with it; the models are those of one thread', async () => {
    const started: Worker[] = [];
    const spawn: SpawnWorker = () => {
      const thread = worker.spawn();
      started.push(thread);
      return thread;
    };
    const trainer = await trainerOf({ threads: 8 }, 2, spawn);
    expect([trainer.threads, started.length]).toEqual([2, 2]);
    const ended = Promise.all(started.map((thread) => new Promise((resolve) => thread.once('exit', resolve))));
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    const outcomes = await trainer.train(tasks, {});
    clearInterval(timer);
    expect(outcomes.map(({ booster }) => booster?.toText())).toEqual(alone());
    // this thread went on
    expect(turns).toBeGreaterThan(0);
    trainer.close();
    await ended;
  });

  it.each<[string, SpawnWorker]>([
    [
      'are forbidden',
      () => {
        throw new Error('ERR_ACCESS_DENIED');
      },
    ],
    ['have no file', () => new Worker(new URL('./no-such-worker.mjs', import.meta.url))],
    ['end at once', () => new Worker('process.exit(0)', { eval: true })],
  ])('is the calling thread where threads %s', async (_, spawn) => {
    const trainer = await trainerOf({}, 3, spawn);
    expect(trainer.threads).toBe(1);
    const outcomes = await trainer.train(tasks, {});
    expect(outcomes.map(({ booster }) => booster?.toText())).toEqual(alone());
    trainer.close();
  });

  it('is the calling thread where that is asked for, and the pool that is handed in', async () => {
    const spawn = vi.fn();
    const own = await trainerOf({ threads: 0 }, 3, spawn);
    expect(own.threads).toBe(1);
    const trainPool = { train: vi.fn(async () => []), close: vi.fn() };
    const pooled = await trainerOf({ trainPool }, 3, spawn);
    const { signal } = new AbortController();
    await pooled.train(tasks, { signal });
    pooled.close();
    expect(trainPool.train).toHaveBeenCalledWith(tasks, { signal });
    expect(trainPool.close).not.toHaveBeenCalled();
    expect(spawn).not.toHaveBeenCalled();
  });

  it('lets timers through between the models on the calling thread, and stops between two when aborted', async () => {
    const trainer = await trainerOf({ threads: 0 }, 3);
    const controller = new AbortController();
    setTimeout(() => controller.abort('enough'), 0);
    await expect(trainer.train([...tasks, ...tasks, ...tasks], { signal: controller.signal })).rejects.toBe('enough');
  });
});
