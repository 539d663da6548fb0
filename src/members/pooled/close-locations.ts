import type { PriceSeries } from '../../series/index.js';

/** Returns where each close lay in its day's range, from -0.5 at the low to 0.5 at the high; 0 in a day without range. */
export function closeLocations({ high, low, close, length }: PriceSeries): Float64Array {
  const locations = new Float64Array(length);
  for (let t = 0; t < length; t++) {
    const range = high[t] - low[t];
    // Rounded prices can put the close a hair outside its range.
    if (range > 0) locations[t] = Math.max(-0.5, Math.min(0.5, (close[t] - low[t]) / range - 0.5));
  }
  return locations;
}
