import { doubles, nanUntil } from './scratch.js';

/**
 * Returns Pearson's correlation of x and y over sliding windows, aligned with their last value, in [-1, 1]; NaN for the first
 * window - 1 and where one of the two doesn't vary.
 *
 * Welford's updates inside blocks of `window` values, Chan's merge of two blocks across, as in `rollingMoments`. O(n).
 *
 * @param y as long as x; a NaN in either reaches only the windows that hold it
 * @param window a whole number >= 2
 * @param from the first row that is wanted: those before it mean nothing
 */
export function rollingCorrelation(x: ArrayLike<number>, y: ArrayLike<number>, window: number, from = 0): Float64Array {
  const length = x.length;
  const correlations = nanUntil(window - 1, length, from);
  const tailMeanX = doubles(window);
  const tailMeanY = doubles(window);
  const tailXX = doubles(window);
  const tailYY = doubles(window);
  const tailXY = doubles(window);
  const wanted = from - (from % window);
  for (let start = Math.max(0, wanted - window); start < length; start += window) {
    const end = start + window;
    let meanX = 0;
    let meanY = 0;
    let xx = 0;
    let yy = 0;
    let xy = 0;
    // of the block before the first wanted one only the tail counts
    for (let t = start < wanted ? end : start; t < Math.min(end, length); t++) {
      const count = t + 1 - start;
      const stepX = x[t] - meanX;
      const stepY = y[t] - meanY;
      meanX += stepX / count;
      meanY += stepY / count;
      const restY = y[t] - meanY;
      xx += stepX * (x[t] - meanX);
      yy += stepY * restY;
      xy += stepX * restY;
      if (count === window) correlations[t] = correlationOf(xx, yy, xy);
      else if (start > 0) {
        const apartX = meanX - tailMeanX[count];
        const apartY = meanY - tailMeanY[count];
        const share = (count * (window - count)) / window;
        correlations[t] = correlationOf(
          tailXX[count] + xx + apartX * apartX * share,
          tailYY[count] + yy + apartY * apartY * share,
          tailXY[count] + xy + apartX * apartY * share,
        );
      }
    }
    if (end > length) break;
    meanX = 0;
    meanY = 0;
    xx = 0;
    yy = 0;
    xy = 0;
    for (let k = window - 1; k > (start < wanted ? from - wanted : 0); k--) {
      const nextX = x[start + k];
      const nextY = y[start + k];
      const stepX = nextX - meanX;
      const stepY = nextY - meanY;
      meanX += stepX / (window - k);
      meanY += stepY / (window - k);
      const restY = nextY - meanY;
      xx += stepX * (nextX - meanX);
      yy += stepY * restY;
      xy += stepX * restY;
      tailMeanX[k] = meanX;
      tailMeanY[k] = meanY;
      tailXX[k] = xx;
      tailYY[k] = yy;
      tailXY[k] = xy;
    }
  }
  return correlations;
}

/** Two roots, not one of the product, which could overflow or vanish; rounding may reach past 1. */
function correlationOf(xx: number, yy: number, xy: number): number {
  return Math.max(-1, Math.min(1, xy / (Math.sqrt(xx) * Math.sqrt(yy))));
}
