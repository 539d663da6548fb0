import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import type { BoltConfig } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { loadChronos } from '../../src/chronos/index.js';
import { PlainTensor } from '../../src/chronos/runtime/builtin/builtin-session.js';
import { openThreadedBoltSession } from '../../src/chronos/runtime/builtin/threads/threaded-bolt-session.js';
import { fixture } from './fixtures.js';

const ENTRY = fileURLToPath(new URL('../../dist/chronos/worker.js', import.meta.url));
const FOLDER = fixture('bolt-wide-heads');
const config = parseConfig(JSON.parse(readFileSync(`${FOLDER}/config.json`, 'utf8'))) as BoltConfig;
const weights = openSafetensors(memorySource('weights', readFileSync(`${FOLDER}/model.safetensors`)));
const open = (threads: number, spawn = () => new Worker(ENTRY), precision: 'fp32' | 'int16' = 'fp32') =>
  openThreadedBoltSession(config, weights, { threads, spawn, precision });

function feeds(batch: number) {
  const width = 2 * config.patchSize;
  return {
    patches: new PlainTensor(
      'float32',
      Float32Array.from({ length: batch * 3 * width }, (_, i) => Math.sin(i)),
      [batch, 3, width],
    ),
    patch_mask: new PlainTensor('float32', new Float32Array(batch * 3).fill(1), [batch, 3]),
  };
}

describe('threads of the built-in runtime', () => {
  it.each(['fp32', 'int16'] as const)('give the bits of one thread, whatever the batch, in %s', async (precision) => {
    const one = await open(1, undefined, precision);
    for (const threads of [2, 3]) {
      const several = await open(threads, undefined, precision);
      for (const batch of [1, 7, 8, 31]) {
        const [expected, got] = [await one.run(feeds(batch)), await several.run(feeds(batch))];
        expect(got['quantiles'].data).toEqual(expected['quantiles'].data);
        expect(got['quantiles'].dims).toEqual(expected['quantiles'].dims);
      }
      await several.release();
    }
  });

  it.each([1, 2])('keep runs that are under way at once apart: %i threads', async (threads) => {
    const session = await open(threads);
    // long enough that each lets others in before it has ended
    const batches = [3000, 7, 2000, 40];
    const inTurn = [];
    for (const batch of batches) inTurn.push((await session.run(feeds(batch)))['quantiles'].data);
    const atOnce = await Promise.all(batches.map((batch) => session.run(feeds(batch))));
    expect(atOnce.map(({ quantiles }) => quantiles.data)).toEqual(inTurn);
    await session.release();
  });

  it('say what ended when one of them dies', async () => {
    let worker: Worker | undefined;
    const session = await open(2, () => {
      worker = new Worker(ENTRY);
      return worker;
    });
    await worker!.terminate();
    await expect(session.run(feeds(20))).rejects.toMatchObject({ code: 'RUNTIME_MISSING' });
    expect((await session.run(feeds(1)))['quantiles'].dims).toEqual([1, config.levels.length, config.predictionLength]);
    await session.release();
  });

  it('are started by loadChronos from the built package, and let the process end without dispose', () => {
    const script = `
      import { loadChronos } from 'chronolight/chronos';
      const contexts = Array.from({ length: 500 }, (_, k) => Array.from({ length: 90 }, (_, i) => 100 + Math.sin(i + k)));
      for (const source of [${JSON.stringify(FOLDER)}, undefined]) {
        const forecasts = [];
        for (const threads of [1, 2]) {
          const model = await loadChronos(source, { runtime: 'builtin', threads });
          forecasts.push(JSON.stringify((await model.forecast(contexts, { horizon: 3 })).map(({ quantiles }) => [...quantiles])));
        }
        console.log(forecasts[0] === forecasts[1] && forecasts[0].length > 1000);
      }`;
    const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      cwd: fileURLToPath(new URL('../..', import.meta.url)),
    });
    expect({ stdout, stderr, status }).toEqual({ stdout: 'true\ntrue\n', stderr: '', status: 0 });
  });

  it('are those of Chronos-Bolt and of bars alone', async () => {
    for (const name of ['t5-gated', 'chronos2-one-head'])
      await expect(loadChronos(fixture(name), { runtime: 'builtin', threads: 2 })).rejects.toMatchObject({
        code: 'INVALID_ARGUMENT',
        field: 'threads',
      });
  });
});
