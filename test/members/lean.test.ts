import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { DEFAULT_FEATURES } from '../../src/features/index.js';
import { krx } from '../../src/markets/index.js';
import { pooledLgbm } from '../../src/members/index.js';
import { explain, predict, predictMany, retrain } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import { createRandom } from '../../src/stats/index.js';
import { arrayPrices, seoulClock } from '../pipeline/simulated-market.js';
import { clusteredBars } from './simulated-instruments.js';

const { clock } = seoulClock('2024-03-29T20:00:00');
const NAMES = ['ewma_vol_94', 'rv_5', 'ret_1'];
const features = DEFAULT_FEATURES.filter(({ name }) => NAMES.includes(name));
const SIGMA = 0.015;

/** Instruments whose next return is `pull` volatilities × (where the close lay in its range - where the market's closes lay), and noise. */
function pulledMarket(count: number, bars: number, pull: number): Record<string, Bar[]> {
  const dates = clusteredBars(1, { count: bars }).map(({ date }) => date);
  const randoms = Array.from({ length: count }, (_, i) => createRandom(100 + i));
  const closes = randoms.map(() => 50_000);
  let before = randoms.map(() => 0);
  const market = Object.fromEntries(randoms.map((_, i) => [`m${i}`, [] as Bar[]]));
  for (const date of dates) {
    const mean = before.reduce((sum, one) => sum + one, 0) / count;
    const locations = randoms.map((random, i) => {
      const open = closes[i] * Math.exp(0.3 * SIGMA * random.normal());
      const close = closes[i] * Math.exp(SIGMA * (pull * (before[i] - mean) + random.normal()));
      const high = Math.max(open, close) * Math.exp(0.5 * SIGMA * Math.abs(random.normal()));
      const low = Math.min(open, close) * Math.exp(-0.5 * SIGMA * Math.abs(random.normal()));
      market[`m${i}`].push({ date, open, high, low, close, volume: 1e6 });
      closes[i] = close;
      return (close - low) / (high - low) - 0.5;
    });
    before = locations;
  }
  return market;
}

function house(market: Record<string, Bar[]>) {
  const store = memoryStore();
  const { prices } = arrayPrices(market);
  const members = [pooledLgbm({ features, params: { num_iterations: 5 }, threads: 0 })];
  const context = createContext({ market: krx, prices, store, clock, members });
  const codes = Object.keys(market);
  const trained = async () => {
    await retrain(context, { codes, horizons: [1] });
    return JSON.parse((await store.models.get('_pooled_h1_quantiles'))!);
  };
  return { context, store, codes, trained };
}

const newestLocation = (bars: readonly Bar[]) => {
  const { high, low, close } = bars[bars.length - 1];
  return (close - low) / (high - low) - 0.5;
};

describe('the view of the pooled member on which way', () => {
  const market = pulledMarket(10, 560, -0.6);

  it('is learned where closes near the high fall behind, and moves each forecast by where its close lay beside the market', async () => {
    const { context, store, codes, trained } = house(market);
    const { lean, references } = await trained();
    // -0.6, drawn to zero by 2,000 rows beside some 5,000
    expect(lean).toBeLessThan(-0.3);
    expect(lean).toBeGreaterThan(-0.6);
    expect(references).toEqual(codes);
    expect(await store.models.getMeta!('_pooled_h1_quantiles')).toMatchObject({ lean: { weight: lean } });
    const locations = codes.map((code) => newestLocation(market[code]));
    const mean = locations.reduce((sum, one) => sum + one, 0) / codes.length;
    for (const [i, result] of (await predictMany(codes, context, { horizons: [1] })).entries()) {
      if ('error' in result) throw result.error;
      const { code, steps, baseClose } = result.forecast;
      const said = steps[0].members['lgbm'];
      expect(Math.sign(said.pointClose - baseClose)).toBe(-Math.sign(locations[i] - mean));
      // alone as in the batch, to the bit
      const alone = await predict(code, context, { horizons: [1] });
      expect(alone.steps[0].members['lgbm']).toEqual(said);
      const { numbers } = await explain(code, context, { horizon: 1 });
      const [, moved] = numbers;
      expect(moved.name).toBe('return');
      expect(moved.total).toBeCloseTo(said.pointClose / baseClose - 1, 12);
      expect(moved.contributions).toMatchObject([{ feature: 'close_location', adds: moved.total }]);
    }
  });

  it('is none where closes say nothing, nor where there is one instrument', async () => {
    for (const seedless of [pulledMarket(10, 560, 0), { only: pulledMarket(1, 560, 0)['m0'] }]) {
      const { lean } = await house(seedless).trained();
      expect(lean).toBeUndefined();
    }
  });
});
