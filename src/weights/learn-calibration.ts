import type { Calibration } from '../ensemble/index.js';
import { quantile } from '../stats/index.js';
import { byDay } from './by-day.js';
import type { ScoredInterval } from './scored-forecast.js';

/** The interval is to be held with this probability. */
const INTERVAL_LEVEL = 0.8;

/** The pool's stretch is drawn towards 1 by so many independent outcomes, an instrument's own towards the pool's. */
const PRIOR_OUTCOMES = { pool: 100, own: 400 };

/** How alike the instruments of one day fare: 100 of them are worth about 3.3 independent outcomes. */
const SAME_DAY_CORRELATION = 0.3;

/** No evidence stretches an interval beyond these. */
const MIN_STRETCH = 0.5;
const MAX_STRETCH = 2;

/** A half-width below this many sigmas is no interval to learn from. */
const MIN_HALF_WIDTH = 1e-6;

/**
 * Returns the stretch of the interval that would have held the actual close with probability 0.8: the 0.8 quantile of the
 * distance from the point in units of the half-width on that side.
 *
 * The interval's own width is the yardstick, so a forecaster that widens with volatility keeps doing so. Both halves get the same stretch: a
 * stretch for each follows the trend of the days it saw. Shrunk towards `towards` by what the evidence is worth, counting overlapping forecasts
 * once (/ horizon) and a day's m instruments as m / (1 + 0.3 (m - 1)), and bounded to [0.5, 2].
 *
 * @param forecasts matched forecasts of one horizon, of one instrument or pooled
 * @param options options.horizon in trading days; options.towards the pool's stretch for an instrument's own, without it 1
 * @see Romano, Patterson, Candès (2019), Conformalized quantile regression, arXiv:1905.03222, with a scaled score
 */
export function learnCalibration(
  forecasts: readonly ScoredInterval[],
  { horizon, towards }: { horizon: number; towards?: Calibration | undefined },
): Calibration {
  const known = forecasts.filter(({ point, low, high }) => Math.min(point - low, high - point) > MIN_HALF_WIDTH);
  const parent = towards ?? { low: 1, high: 1 };
  if (known.length === 0) return { ...parent };
  const scores = known.map(({ actual, point, low, high }) =>
    actual < point ? (point - actual) / (point - low) : (actual - point) / (high - point),
  );
  const stretch = Math.max(MIN_STRETCH, Math.min(MAX_STRETCH, quantile(scores, INTERVAL_LEVEL)));
  const evidence = independentOutcomes(known, horizon);
  const prior = towards === undefined ? PRIOR_OUTCOMES.pool : PRIOR_OUTCOMES.own;
  const drawn = (target: number) => (evidence * stretch + prior * target) / (evidence + prior);
  return { low: drawn(parent.low), high: drawn(parent.high) };
}

function independentOutcomes(forecasts: readonly ScoredInterval[], horizon: number): number {
  const perDay = byDay(forecasts).map(({ length }) => length / (1 + SAME_DAY_CORRELATION * (length - 1)));
  return perDay.reduce((sum, count) => sum + count, 0) / horizon;
}
