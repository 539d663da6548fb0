import { nanUntil } from '../stats/index.js';
import type { Derivation } from './feature.js';

/** Returns the true range of every bar, from row 1: the larger of its own range and its reach from the close before. */
export const trueRanges: Derivation<Float64Array> = ({ high, low, close, length }) => {
  const ranges = nanUntil(1, length);
  for (let t = 1; t < length; t++) {
    const before = close[t - 1];
    const own = high[t] - low[t];
    const above = Math.abs(high[t] - before);
    const below = Math.abs(low[t] - before);
    const reach = above > below ? above : below;
    ranges[t] = own > reach ? own : reach;
  }
  return ranges;
};
