import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { krx } from '../../src/markets/index.js';
import { instrumentLgbm, pooledLgbm } from '../../src/members/index.js';
import { retrain } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock } from '../pipeline/simulated-market.js';
import { clusteredBars } from './simulated-instruments.js';

/** The same bars with ranges that reach three quarters of the way to the next close, as of a source whose days end hours after its closes. */
function leaking(bars: readonly Bar[]): Bar[] {
  return bars.map((bar, i) => {
    const next = bars[i + 1]?.close ?? bar.close;
    const ahead = bar.close + 0.75 * (next - bar.close);
    return { ...bar, high: Math.max(bar.high, ahead), low: Math.min(bar.low, ahead) };
  });
}

const count = 420;
const honest = Object.fromEntries(['A', 'B', 'C', 'D'].map((code, seed) => [code, clusteredBars(seed, { count })]));
const params = { num_iterations: 5 };

function house(bars: Record<string, Bar[]>, member: Member) {
  const store = memoryStore();
  const warnings: string[] = [];
  const logger = { info() {}, warn: (message: string) => void warnings.push(message) };
  const { clock } = seoulClock('2024-03-30T02:00:00');
  const { prices } = arrayPrices(bars);
  const context = createContext({ market: krx, prices, store, clock, members: [member], logger });
  const train = () => retrain(context, { codes: Object.keys(bars), horizons: [1] });
  return { store, warnings, train };
}

describe('an instrument whose highs and lows foretell the next return', () => {
  const all = { ...honest, L: leaking(clusteredBars(9, { count })) };

  it('is left out of the pool with a warning: the models are those of the others, to the byte', async () => {
    const [with_, without] = [all, honest].map((bars) => house(bars, pooledLgbm({ params, threads: 0 })));
    const { items } = await with_.train();
    await without.train();
    const [one, other] = await Promise.all([with_, without].map(({ store }) => store.models.get('_pooled_h1_scale')));
    expect(one).toBe(other);
    expect(await with_.store.models.getMeta!('_pooled_h1_scale')).toMatchObject({ codes: ['A', 'B', 'C', 'D'] });
    expect(with_.warnings).toEqual(['lgbm: left out of the pool, their highs and lows foretell the next return: L']);
    expect(without.warnings).toEqual([]);
    // It is forecast with what the others taught.
    expect(items.map(({ code, status }) => [code, status])).toEqual(
      Object.keys(all).map((code) => [code, 'published']),
    );
  });

  it('fails where there is nothing else to learn from', async () => {
    const { train, store } = house({ L: all.L }, pooledLgbm({ params, threads: 0 }));
    const { items } = await train();
    expect(items).toMatchObject([{ code: 'L', status: 'failed', error: { code: 'LOOKAHEAD', field: 'bars' } }]);
    expect(await store.models.list()).toEqual([]);
  });

  it('gets no pair of its own', async () => {
    const { train, store } = house({ A: honest.A, L: all.L }, instrumentLgbm({ params, threads: 0 }));
    const { items } = await train();
    expect(items).toMatchObject([
      { code: 'A', status: 'published' },
      { code: 'L', status: 'failed', error: { code: 'LOOKAHEAD' } },
    ]);
    expect((await store.models.list()).filter((key) => key.startsWith('L'))).toEqual([]);
  });
});
