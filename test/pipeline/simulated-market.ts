import type { ChronosModel, ForecastOptions } from '../../src/chronos/index.js';
import { ForecastError } from '../../src/errors.js';
import { krx } from '../../src/markets/index.js';
import { chronosMember, type PooledLgbmOptions, pooledLgbm } from '../../src/members/index.js';
import type { Context } from '../../src/pipeline/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { type ContextOptions, createContext, referenceSetup } from '../../src/setup/index.js';
import { createRandom } from '../../src/stats/index.js';

/** Seeded random-walk bars on KRX trading days, `count` of them up to and including `last`. */
export function simulateBars(seed: number, { count = 500, last = '2024-03-29', sigma = 0.015 } = {}): Bar[] {
  const random = createRandom(seed);
  let date = addTradingDays(last, 1 - count, krx.calendar);
  let close = 50_000;
  const bars: Bar[] = [];
  for (let i = 0; i < count; i++) {
    const open = close * Math.exp(0.3 * sigma * random.normal());
    close *= Math.exp(sigma * random.normal());
    const high = Math.max(open, close) * Math.exp(0.3 * sigma * Math.abs(random.normal()));
    const low = Math.min(open, close) * Math.exp(-0.3 * sigma * Math.abs(random.normal()));
    bars.push({ date, open, high, low, close, volume: Math.round(1e6 * Math.exp(0.4 * random.normal())) });
    date = addTradingDays(date, 1, krx.calendar);
  }
  return bars;
}

/** A price source over arrays that counts its calls; `bars` may be changed between calls. */
export function arrayPrices(bars: Record<string, Bar[]>) {
  const calls: { code: string; from?: string; to?: string; limit?: number }[] = [];
  const prices: PriceSource = {
    async getBars(code, { from = '', to = '9999-12-31', limit = Number.POSITIVE_INFINITY }) {
      calls.push({ code, from, to, limit });
      if (bars[code] === undefined) throw new ForecastError('UNKNOWN_CODE', `no ${code}`);
      const inside = bars[code].filter(({ date }) => from <= date && date <= to);
      return inside.slice(-Math.min(limit, inside.length));
    },
  };
  return { prices, calls, bars };
}

/** A Chronos whose quantiles lie `width` sigmas of 1.5 % a root-day around the last close times `1 + drift`. */
export function fakeChronos({
  drift = 0,
  fail,
}: {
  drift?: number;
  fail?: () => Error | undefined;
} = {}): ChronosModel {
  const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
  const z = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816];
  return {
    family: 'chronos-bolt',
    input: 'closes',
    levels,
    contextLength: 512,
    predictionLength: 64,
    async forecast(contexts: readonly ArrayLike<number>[], { horizon, numSamples = 30 }: ForecastOptions) {
      const error = fail?.();
      if (error) throw error;
      return contexts.map((closes) => {
        const last = closes[closes.length - 1];
        const at = (step: number, score: number) => last * (1 + drift) * Math.exp(0.015 * Math.sqrt(step + 1) * score);
        const column = (score: number) => Float64Array.from({ length: horizon }, (_, step) => at(step, score));
        return {
          median: column(0),
          q10: column(-1.2816),
          q90: column(1.2816),
          levels,
          quantiles: Float64Array.from({ length: horizon * levels.length }, (_, i) =>
            at(Math.floor(i / levels.length), z[i % levels.length]),
          ),
          samples: Float64Array.from({ length: numSamples * horizon }, (_, i) =>
            at(i % horizon, 4 * (Math.floor(i / horizon) / (numSamples - 1) - 0.5)),
          ),
        };
      });
    },
    async dispose() {},
  };
}

/** A clock that stands at an instant in Seoul until it is set. */
export function seoulClock(start: string) {
  let now = new Date(`${start}+09:00`);
  return {
    clock: () => now,
    set(instant: string) {
      now = new Date(`${instant}+09:00`);
    },
  };
}

/** What tests make contexts of. */
export interface TestParts extends Partial<Omit<ContextOptions, 'members'>> {
  chronos?: ChronosModel | undefined;
  /** How the LightGBM member is trained. */
  lgbm?: PooledLgbmOptions;
}

const NO_PRICES: PriceSource = { getBars: async () => [] };

/** Sources are trained on the test's own thread: a thread of its own would run what was built last. */
const OWN_THREAD = { threads: 0 };

/** The reference setup on KRX. */
export function referenceOf({ chronos, lgbm, ...parts }: TestParts): Context {
  return referenceSetup({ market: krx, prices: NO_PRICES, ...parts, chronos, lgbm: { ...OWN_THREAD, ...lgbm } });
}

/** Chronos, where there is one, and the pooled LightGBM on KRX. */
export function pooledOf({ chronos, lgbm, ...parts }: TestParts): Context {
  const members = [...(chronos ? [chronosMember(chronos)] : []), pooledLgbm({ ...OWN_THREAD, ...lgbm })];
  return createContext({ market: krx, prices: NO_PRICES, ...parts, members });
}
