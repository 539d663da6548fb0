import { nanUntil } from '../stats/index.js';

/**
 * Returns the exponential moving average as TA-Lib has it: seeded with the mean of the first `period` values, then
 * ema[t] = ema[t-1] + 2 / (period + 1) (x[t] - ema[t-1]).
 *
 * @param start the first row that is averaged; the first output is row start + period - 1, NaN before
 */
export function ema(values: Float64Array, period: number, start = 0): Float64Array {
  const length = values.length;
  const first = start + period - 1;
  const averages = nanUntil(first, length);
  if (first >= length) return averages;
  const share = 2 / (period + 1);
  let sum = 0;
  for (let t = start; t <= first; t++) sum += values[t];
  let average = sum / period;
  averages[first] = average;
  for (let t = first + 1; t < length; t++) {
    average += share * (values[t] - average);
    averages[t] = average;
  }
  return averages;
}
