import type { IntervalCalibration } from '../ensemble/index.js';
import { quantile } from '../stats/index.js';
import type { ScoredForecast } from './scored-forecast.js';

/** Each bound is to be held with this probability: 0.9 below and 0.9 above make an interval of 80 %. */
const BOUND_LEVEL = 0.9;

/** A learned stretch is drawn towards its parent (an instrument's to the pool's, the pool's to 1) by so many outcomes. */
const PRIOR_OUTCOMES = 100;

/** No evidence stretches a bound beyond these. */
const MIN_STRETCH = 0.5;
const MAX_STRETCH = 2;

/** A half-width below this many sigmas is no interval to learn from. */
const MIN_HALF_WIDTH = 1e-6;

/**
 * Returns the stretch of each half of the interval that would have held the actual close with probability 0.9 a side:
 * the 0.9 quantile of (point - actual) / (point - low), and of its mirror image.
 *
 * The interval's own width is the yardstick, so a forecaster that widens with volatility keeps doing so. Shrunk towards
 * `towards`, counting overlapping forecasts once (n / horizon), and bounded to [0.5, 2].
 *
 * @param forecasts matched forecasts of one horizon, of one instrument or pooled
 * @see Romano, Patterson, Candès (2019), Conformalized quantile regression, arXiv:1905.03222, with a scaled score
 */
export function learnCalibration(
  forecasts: readonly ScoredForecast[],
  { horizon, towards = { low: 1, high: 1 } }: { horizon: number; towards?: IntervalCalibration },
): IntervalCalibration {
  const lows: number[] = [];
  const highs: number[] = [];
  for (const { actual, point, low, high } of forecasts) {
    if (point - low > MIN_HALF_WIDTH) lows.push((point - actual) / (point - low));
    if (high - point > MIN_HALF_WIDTH) highs.push((actual - point) / (high - point));
  }
  return { low: shrunk(lows, towards.low, horizon), high: shrunk(highs, towards.high, horizon) };
}

function shrunk(scores: number[], towards: number, horizon: number): number {
  if (scores.length === 0) return towards;
  const evidence = scores.length / horizon;
  const stretch = Math.max(MIN_STRETCH, Math.min(MAX_STRETCH, quantile(scores, BOUND_LEVEL)));
  return (evidence * stretch + PRIOR_OUTCOMES * towards) / (evidence + PRIOR_OUTCOMES);
}
