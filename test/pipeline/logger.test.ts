import { describe, expect, it } from 'vitest';
import { toLogger } from '../../src/pipeline/logger.js';

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
