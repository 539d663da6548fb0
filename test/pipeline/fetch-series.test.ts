import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { fetchSeries } from '../../src/pipeline/fetch-series.js';
import { arrayPrices, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const { clock } = seoulClock('2024-03-29T16:00:00');
const { prices } = arrayPrices({ x: simulateBars(1, { count: 10 }) });

it("keeps nothing of a fetch alive, however long the caller's signal lives", async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const controller = new AbortController();
  const signals: WeakRef<AbortSignal>[] = [];
  const watched: typeof prices = {
    getBars(code, range) {
      range.signal!.addEventListener('abort', () => {}); // as a source does that can be interrupted
      signals.push(new WeakRef(range.signal!));
      return prices.getBars(code, range);
    },
  };
  const context = referenceOf({ prices: watched, clock });
  for (let i = 0; i < 50; i++) await fetchSeries(context, 'x', { signal: controller.signal });
  await new Promise((resolve) => setImmediate(resolve));
  collect();
  expect(signals).toHaveLength(50);
  expect(signals.filter((signal) => signal.deref() !== undefined)).toEqual([]);
  expect(controller.signal.aborted).toBe(false);
});

it('passes the abort of the caller on to the source, with its reason', async () => {
  const controller = new AbortController();
  let seen: AbortSignal | undefined;
  const hanging: typeof prices = {
    getBars(_code, { signal }) {
      seen = signal;
      return new Promise(() => {});
    },
  };
  const call = fetchSeries(referenceOf({ prices: hanging, clock }), 'x', { signal: controller.signal });
  controller.abort('enough');
  await expect(call).rejects.toBe('enough');
  expect(seen?.reason).toBe('enough');
});

it.each(['heeds', 'ignores'])(
  'leaves out the bar of a session that goes on, of a source that %s the range',
  async (how) => {
    const time = seoulClock('2024-03-29T15:29:59');
    const asked: (string | undefined)[] = [];
    const source: typeof prices = {
      getBars(code, range) {
        asked.push(range.to);
        return prices.getBars(code, how === 'heeds' ? range : { ...range, to: undefined });
      },
    };
    const newest = async () => {
      const { dates } = await fetchSeries(referenceOf({ prices: source, clock: time.clock }), 'x', {});
      return dates[dates.length - 1];
    };
    expect(await newest()).toBe('2024-03-28');
    time.set('2024-03-29T15:30:00');
    expect(await newest()).toBe('2024-03-29');
    expect(asked).toEqual(['2024-03-28', '2024-03-29']);
  },
);
