import { doubles, nanUntil } from './scratch.js';

/** Means and sums of squared deviations over sliding windows, aligned with their last value. */
export interface RollingMoments {
  mean: Float64Array;
  /** Sum of (value - mean)^2; divide by window for the population variance, by window - 1 for the sample's. */
  squares: Float64Array;
}

/**
 * Returns mean and squared deviations of each sliding window; NaN for the first window - 1.
 *
 * Welford's update inside blocks of `window` values, Chan's merge of two blocks across: exact zeros for constant windows, no
 * cancellation when the mean is large against the spread, NaN and later values without influence elsewhere. O(n).
 *
 * @param window a whole number >= 1
 * @param from the first row that is wanted: those before it mean nothing
 * @see Chan, Golub & LeVeque 1983, "Algorithms for Computing the Sample Variance", The American Statistician 37(3)
 */
export function rollingMoments(values: ArrayLike<number>, window: number, from = 0): RollingMoments {
  const length = values.length;
  const mean = nanUntil(window - 1, length, from);
  const squares = nanUntil(window - 1, length, from);
  const tailMean = doubles(window);
  const tailSquares = doubles(window);
  const wanted = from - (from % window);
  for (let start = Math.max(0, wanted - window); start < length; start += window) {
    const end = start + window;
    let headMean = 0;
    let headSquares = 0;
    // of the block before the first wanted one only the tail counts
    for (let t = start < wanted ? end : start; t < Math.min(end, length); t++) {
      const count = t + 1 - start;
      const step = values[t] - headMean;
      headMean += step / count;
      headSquares += step * (values[t] - headMean);
      if (count === window) {
        mean[t] = headMean;
        squares[t] = headSquares;
      } else if (start > 0) {
        const apart = headMean - tailMean[count];
        const share = count / window;
        mean[t] = tailMean[count] + apart * share;
        squares[t] = tailSquares[count] + headSquares + apart * apart * (window - count) * share;
      }
    }
    if (end > length) break;
    let blockMean = 0;
    let blockSquares = 0;
    for (let k = window - 1; k > (start < wanted ? from - wanted : 0); k--) {
      const value = values[start + k];
      const step = value - blockMean;
      blockMean += step / (window - k);
      blockSquares += step * (value - blockMean);
      tailMean[k] = blockMean;
      tailSquares[k] = blockSquares;
    }
  }
  return { mean, squares };
}
