import { invalid, refuseUnknown } from '../errors.js';
import { createRandom, quantileSorted } from '../stats/index.js';
import { checkColumn, checkCount, checkLength, checkShare } from './check-rows.js';
import type { ConfidenceInterval } from './verdict.js';

/** How the bootstrap is drawn. */
export interface BlockBootstrapOptions {
  /** Successive dates drawn together; default max(horizon, 20), at most all dates. */
  blockLength?: number | undefined;
  /** Horizon of the forecasts in trading days, whose outcomes overlap; default 1. */
  horizon?: number | undefined;
  /** Nominal coverage of the interval; default 0.95. */
  level?: number | undefined;
  /** Samples drawn; default 2000. */
  replicates?: number | undefined;
  /** Decides the draw; default 1. */
  seed?: number | undefined;
}

/** Shorter blocks than this break up bursts of volatility. */
const LEAST_BLOCK = 20;

/**
 * Returns a ratio of sums over dates, with its percentile interval by moving-block bootstrap.
 *
 * All instruments of a date are one entry, because they move together: for a hit rate the numerator is the date's hits and the
 * denominator its rows; for a skill, numerator the date's loss saved and denominator the reference's loss. Blocks of successive dates
 * are drawn with replacement until there are as many dates as before (the last block is cut).
 *
 * @param numerators [dates], in order of time
 * @param denominators [dates]; all 1 if missing, which makes it a plain mean
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 2 dates; `INVALID_ARGUMENT` for lengths that do not fit, values that are
 * not finite, a level outside (0, 1), or counts < 1
 * @see Künsch 1989, "The Jackknife and the Bootstrap for General Stationary Observations", Annals of Statistics 17(3)
 */
export function blockBootstrap(
  numerators: ArrayLike<number>,
  denominators?: ArrayLike<number>,
  options: BlockBootstrapOptions = {},
): ConfidenceInterval {
  const where = 'blockBootstrap';
  refuseUnknown(where, options, ['blockLength', 'horizon', 'level', 'replicates', 'seed']);
  const { horizon = 1, level = 0.95, replicates = 2000, seed = 1 } = options;
  const dates = numerators.length;
  if (dates < 2) throw invalid('SERIES_TOO_SHORT', where, 'numerators', 'at least 2 dates', `${dates} dates`);
  checkColumn(where, 'numerators', numerators);
  checkCount(where, 'horizon', horizon);
  const blockLength = options.blockLength ?? Math.min(dates, Math.max(horizon, LEAST_BLOCK));
  checkCount(where, 'blockLength', blockLength);
  if (blockLength > dates)
    throw invalid('INVALID_ARGUMENT', where, 'blockLength', `<= ${dates}, the dates`, blockLength);
  checkCount(where, 'replicates', replicates);
  checkShare(where, 'level', level);
  if (denominators !== undefined) {
    checkLength(where, 'denominators', denominators, dates);
    checkColumn(where, 'denominators', denominators);
  }
  const top = runningSums(numerators);
  const bottom = runningSums(denominators ?? new Float64Array(dates).fill(1));
  const random = createRandom(seed);
  const ratios = new Float64Array(replicates);
  for (let draw = 0; draw < replicates; draw++) {
    let [over, under] = [0, 0];
    for (let filled = 0; filled < dates; filled += blockLength) {
      const start = random.integer(dates - blockLength + 1);
      const end = start + Math.min(blockLength, dates - filled);
      over += top[end] - top[start];
      under += bottom[end] - bottom[start];
    }
    ratios[draw] = over / under;
  }
  ratios.sort();
  return {
    estimate: top[dates] / bottom[dates],
    low: quantileSorted(ratios, (1 - level) / 2),
    high: quantileSorted(ratios, (1 + level) / 2),
  };
}

/** Returns sums of the first 0, 1, .. values, so that a block's sum is one difference. */
function runningSums(values: ArrayLike<number>): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i] + values[i];
  return sums;
}
