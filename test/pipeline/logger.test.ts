import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { dailyBatch, matchOutcomes, retrain, updateWeights } from '../../src/pipeline/index.js';
import { toLogger } from '../../src/pipeline/logger.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

type Call = [level: string, ...rest: unknown[]];
/** A logger that keeps what it is told. */
function recorder(more: object = {}) {
  const calls: Call[] = [];
  const tell =
    (level: string) =>
    (...rest: unknown[]) =>
      void calls.push([level, ...rest]);
  return { calls, logger: { info: tell('info'), warn: tell('warn'), ...more } };
}
const error = new Error('no answer');

describe('toLogger', () => {
  it('tells a logger that takes the message first as it is', () => {
    const { calls, logger } = recorder();
    toLogger(logger).info('dailyBatch', { stored: 3 });
    toLogger(logger).warn('dailyBatch: 005930 has no forecast', { error });
    toLogger(logger).info('done');
    expect(calls).toEqual([
      ['info', 'dailyBatch', { stored: 3 }],
      ['warn', 'dailyBatch: 005930 has no forecast', { error }],
      ['info', 'done'],
    ]);
  });

  it.each([
    ['pino', { bindings: () => ({}) }],
    ['bunyan', { addStream: () => {} }],
  ])('tells %s the detail first, and an error by the name that it writes in full', (_, own) => {
    const { calls, logger } = recorder(own);
    toLogger(logger).info('dailyBatch', { stored: 3 });
    toLogger(logger).warn('dailyBatch: 005930 has no forecast', { code: '005930', error });
    toLogger(logger).info('done');
    expect(calls).toEqual([
      ['info', { stored: 3 }, 'dailyBatch'],
      ['warn', { err: error, code: '005930' }, 'dailyBatch: 005930 has no forecast'],
      ['info', {}, 'done'],
    ]);
  });

  it('calls a logger as its own method', () => {
    class Counting {
      #count = 0;
      info() {
        this.#count++;
      }
      warn() {
        this.#count += 10;
      }
      get count() {
        return this.#count;
      }
    }
    const counting = new Counting();
    toLogger(counting).info('a');
    toLogger(counting).warn('b');
    expect(counting.count).toBe(11);
  });

  it('does not pass on what a logger throws', () => {
    const throwing = () => {
      throw new Error('disk full');
    };
    expect(() => toLogger({ info: throwing, warn: throwing }).warn('a', { b: 1 })).not.toThrow();
  });
});

it('a logger that throws stops no job', async () => {
  const fails = () => {
    throw new Error('the log is full');
  };
  const { prices } = arrayPrices({ A: simulateBars(1, { count: 130, last: '2024-04-12' }) });
  const parts = { prices, store: memoryStore(), chronos: fakeChronos(), logger: { info: fails, warn: fails } };
  const at = (instant: string) => referenceOf({ ...parts, clock: seoulClock(instant).clock });
  const codes = ['A', 'unknown'];
  const batch = await dailyBatch(at('2024-03-29T16:00:00'), { codes });
  expect(batch).toMatchObject({ stored: ['A'], failures: [{ code: 'unknown' }] });
  expect(await matchOutcomes('2024-04-12', at('2024-04-12T16:30:00'))).toMatchObject({ matched: 3 });
  expect(await updateWeights(at('2024-04-12T16:30:00'))).toHaveLength(3);
  const { items } = await retrain(at('2024-04-12T16:30:00'), { codes: ['unknown'], horizons: [1] });
  expect(items).toMatchObject([{ status: 'failed' }]);
});
