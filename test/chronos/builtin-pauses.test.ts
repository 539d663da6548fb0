import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosModel, loadChronos } from '../../src/chronos/index.js';
import { inParts } from '../../src/chronos/runtime/builtin/pause.js';
import { fixture } from './fixtures.js';
import { randomBolt, TINY } from './random-bolt.js';

const contexts = (batch: number, length: number) =>
  Array.from({ length: batch }, (_, k) =>
    Float64Array.from({ length }, (_, i) => 100 + ((i * 7919 + k * 31) % 97) / 10),
  );

describe('the built-in runtime in a process with other work', () => {
  let model: ChronosModel;
  beforeAll(async () => {
    model = await loadChronos(randomBolt(TINY, 2), { runtime: 'builtin' });
  });
  afterAll(() => model.dispose());

  it('lets timers fire during one run of the network', async () => {
    let fired = 0;
    const timer = setInterval(() => fired++, 1);
    // Some 20 series of 32 patches are one run, of tens of milliseconds on a fast machine.
    await model.forecast(contexts(20, 512), { horizon: 5, numSamples: 1 });
    clearInterval(timer);
    expect(fired).toBeGreaterThan(1);
  });

  it('answers an abort before the batch has ended', async () => {
    const order: string[] = [];
    const controller = new AbortController();
    const { signal } = controller;
    const batch = model
      .forecast(contexts(200, 512), { horizon: 64, numSamples: 1, signal })
      .catch((error: Error) => order.push(error.message));
    const next = model.forecast(contexts(1, 20), { horizon: 1 }).then(() => order.push('next'));
    setTimeout(() => controller.abort(new Error('enough')), 5);
    await Promise.all([batch, next]);
    expect(order).toEqual(['enough', 'next']);
  });
});

describe('work in parts', () => {
  it('is done in order and lets others in between', async () => {
    const order: string[] = [];
    const pause = async () => {
      await Promise.resolve();
      order.push('others');
    };
    await inParts(7, 3, pause, (from, count) => order.push(`${from}+${count}`));
    expect(order).toEqual(['0+3', 'others', '3+3', 'others', '6+1', 'others']);
  });

  it('is done at once if it is one part', () => {
    const done: number[] = [];
    const pause = () => {
      throw new Error('no pause is due');
    };
    expect(inParts(3, 3, pause, (from, count) => done.push(from, count))).toBeUndefined();
    expect(done).toEqual([0, 3]);
  });
});

describe('the built-in runtime gives the same bytes on every engine', () => {
  // Made by this test on Node 20.20 (x64); Node 22.23, Node 24.21, Bun 1.4, Deno 2.9 and Chromium 156 (browser.test.ts compares) give the same.
  it.each([
    ['bolt-wide-heads', '3a9d9421870c8ae9', 'a0d0d125d60f7784'],
    ['bolt-gated-f16', '1afed61b2ea37ecb', 'd98d5fd3acbf696d'],
    ['bolt-log-last-bf16', 'e3a39c3cbd6185f6', 'c31b14fea837e6ab'],
    ['t5-wide-heads', '4291acf9606efb9c', 'c902ed4932f7a1e1'],
    // of the tokens that it draws none is another in whole numbers
    ['t5-gated', 'a8bac07ec494d5ce', 'a8bac07ec494d5ce'],
    ['chronos2-wide-heads', 'f634fb529529895b', '47ba40d89113c417'],
    ['chronos2-one-head', 'db320e1108d0e80c', '682f6bbbcf7d4487'],
    ['../../../models/default', '95f134c0ef7e57cc', 'db0de8c59094de2f'],
  ])('%s', async (name, inFloats, inWholeNumbers) => {
    const hashes: string[] = [];
    for (const precision of ['fp32', 'int16'] as const) {
      const model = await loadChronos(fixture(name), { runtime: 'builtin', precision });
      const hash = createHash('sha256');
      for (const length of [1, 7, 64, 300]) {
        const options = { horizon: 4, numSamples: 4, seed: 1 };
        for (const { quantiles } of await model.forecast(contexts(3, length), options))
          hash.update(new Uint8Array(quantiles.buffer));
      }
      await model.dispose();
      hashes.push(hash.digest('hex').slice(0, 16));
    }
    expect(hashes).toEqual([inFloats, inWholeNumbers]);
  });
});
