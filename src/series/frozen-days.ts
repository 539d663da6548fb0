import type { PriceSeries } from './price-series.js';

/**
 * Returns how many of the newest bars say nothing new: each has the close of the bar before it and either no range and no volume
 * (a close carried forward) or all five values of that bar (a row sent again). 0 for a series that moves.
 *
 * A fund of one price without volume is frozen by this measure too: what is long for a stock is usual there.
 */
export function frozenDays({ length, open, high, low, close, volume }: PriceSeries): number {
  let frozen = 0;
  for (let t = length - 1; t > 0 && close[t] === close[t - 1]; t--) {
    const carried = volume[t] === 0 && open[t] === close[t] && high[t] === close[t] && low[t] === close[t];
    const again =
      open[t] === open[t - 1] && high[t] === high[t - 1] && low[t] === low[t - 1] && volume[t] === volume[t - 1];
    if (!carried && !again) break;
    frozen++;
  }
  return frozen;
}
