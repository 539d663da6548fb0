import { krx } from '../../src/markets/index.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';

/** How an instrument's bars are simulated. */
export interface InstrumentLaw {
  count: number;
  /** Correlation of a day's return with the one before; default 0, a random walk. */
  momentum?: number;
  last?: string;
}

/**
 * Returns seeded bars whose volatility comes in clusters (GARCH(1, 1): 0.1, 0.87, around 1.6 % a day), with ranges that show it. Without momentum
 * their direction is nobody's to foretell.
 */
export function clusteredBars(seed: number, { count, momentum = 0, last = '2024-03-29' }: InstrumentLaw): Bar[] {
  const random = createRandom(seed);
  const dates = [last];
  while (dates.length < count) dates.push(addTradingDays(dates[dates.length - 1], -1, krx.calendar));
  const usual = 0.016 ** 2;
  let variance = usual;
  let close = 50_000;
  let move = 0;
  return dates.reverse().map((date) => {
    const sigma = Math.sqrt(variance);
    const night = 0.4 * sigma * random.normal();
    const shock = night + Math.sqrt(1 - 0.4 ** 2) * sigma * random.normal();
    const open = close * Math.exp(night);
    move = momentum * move + shock;
    close *= Math.exp(move);
    const high = Math.max(open, close) * Math.exp(0.4 * sigma * Math.abs(random.normal()));
    const low = Math.min(open, close) * Math.exp(-0.4 * sigma * Math.abs(random.normal()));
    variance = 0.03 * usual + 0.1 * shock ** 2 + 0.87 * variance;
    return { date, open, high, low, close, volume: Math.round(1e6 * Math.exp(0.4 * random.normal())) };
  });
}
