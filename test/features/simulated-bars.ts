import { type Bar, fromEpochDay } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';

/** How `simulatedBars` makes bars. */
export interface SimulatedBarsOptions {
  seed: number;
  count: number;
  /** Price grid; none (continuous prices) unless given. A grid brings ties and bars without range. */
  tick?: number;
  /** Share of days without volume; 0 unless given. */
  idle?: number;
  /** Share of weekdays without a bar; 0 unless given. */
  missing?: number;
}

/** Returns a seeded random walk of daily bars around a price of 100, from 2020-01-01 on. */
export function simulatedBars({ seed, count, tick = 0, idle = 0, missing = 0 }: SimulatedBarsOptions): Bar[] {
  const random = createRandom(seed);
  const onGrid = (price: number) => (tick > 0 ? Math.max(tick, Math.round(price / tick) * tick) : price);
  const bars: Bar[] = [];
  let close = 100;
  for (let day = 18_262; bars.length < count; day++) {
    if ((day + 3) % 7 >= 5 || random.uniform() < missing) continue;
    const open = close * Math.exp(0.005 * random.normal());
    close = open * Math.exp(0.015 * random.normal());
    const high = Math.max(open, close) * Math.exp(0.006 * Math.abs(random.normal()));
    const low = Math.min(open, close) * Math.exp(-0.006 * Math.abs(random.normal()));
    bars.push({
      date: fromEpochDay(day),
      open: onGrid(open),
      high: onGrid(high),
      low: onGrid(low),
      close: onGrid(close),
      volume: random.uniform() < idle ? 0 : Math.round(1e5 * Math.exp(0.5 * random.normal())),
    });
  }
  return bars;
}
