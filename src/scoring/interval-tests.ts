import { invalid } from '../errors.js';
import { normalCdf } from '../stats/index.js';
import { checkColumn, checkShare } from './check-rows.js';

/** A likelihood-ratio test. */
export interface LikelihoodRatio {
  /** >= 0; χ² under the hypothesis. */
  statistic: number;
  pValue: number;
}

/**
 * Returns Kupiec's test that misses come as often as they should.
 *
 * @param held [rows], 1 if the interval held, 0 if not
 * @param nominal the interval's nominal coverage, 0.8 for levels 0.1 and 0.9
 * @returns χ² with 1 degree of freedom
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for other values than 0 and 1, or a nominal outside (0, 1)
 * @see Kupiec 1995, "Techniques for Verifying the Accuracy of Risk Measurement Models", J. of Derivatives 3(2)
 */
export function kupiecTest(held: ArrayLike<number>, nominal = 0.8): LikelihoodRatio {
  checkHeld('kupiecTest', held);
  checkShare('kupiecTest', 'nominal', nominal);
  const hits = countOnes(held);
  const misses = held.length - hits;
  const statistic = Math.max(
    0,
    2 * (logLikelihood(hits, misses, hits / held.length) - logLikelihood(hits, misses, nominal)),
  );
  return { statistic, pValue: chiSquareTail(statistic, 1) };
}

/**
 * Returns Christoffersen's tests of one instrument's successive one-day intervals: that a miss does not make the next more likely
 * (independence), and that with the right frequency together (conditional coverage).
 *
 * Where no miss follows or precedes (no transitions of a kind), that kind adds nothing to the likelihood.
 *
 * @param held [days], in order of time, 1 if the interval held, 0 if not
 * @param nominal the interval's nominal coverage
 * @returns χ² with 1 and 2 degrees of freedom; the conditional statistic is the sum of both likelihood ratios over the days that
 * have a predecessor
 * @throws ForecastError `SERIES_TOO_SHORT` with fewer than 2 days; `INVALID_ARGUMENT` for other values than 0 and 1, or a nominal
 * outside (0, 1)
 * @see Christoffersen 1998, "Evaluating Interval Forecasts", International Economic Review 39(4)
 */
export function christoffersenTest(
  held: ArrayLike<number>,
  nominal = 0.8,
): { independence: LikelihoodRatio; conditional: LikelihoodRatio } {
  const where = 'christoffersenTest';
  if (held.length < 2) throw invalid('SERIES_TOO_SHORT', where, 'held', 'at least 2 days', `${held.length} days`);
  checkHeld(where, held);
  checkShare(where, 'nominal', nominal);
  // counts[before][now], 1 = held.
  const counts = [
    [0, 0],
    [0, 0],
  ];
  for (let t = 1; t < held.length; t++) counts[held[t - 1]][held[t]]++;
  const hits = counts[0][1] + counts[1][1];
  const misses = counts[0][0] + counts[1][0];
  const pooled = logLikelihood(hits, misses, hits / (hits + misses));
  const split = counts.reduce((sum, [missed, held]) => sum + logLikelihood(held, missed, held / (held + missed)), 0);
  const independence = Math.max(0, 2 * (split - pooled));
  const conditional = Math.max(0, 2 * (split - logLikelihood(hits, misses, nominal)));
  return {
    independence: { statistic: independence, pValue: chiSquareTail(independence, 1) },
    conditional: { statistic: conditional, pValue: chiSquareTail(conditional, 2) },
  };
}

/** ln(p^ones (1-p)^zeros), with 0 · ln 0 = 0. */
function logLikelihood(ones: number, zeros: number, p: number): number {
  return (ones === 0 ? 0 : ones * Math.log(p)) + (zeros === 0 ? 0 : zeros * Math.log1p(-p));
}

/** P(χ² >= x), for the two degrees of freedom that have a short form. */
function chiSquareTail(x: number, degrees: 1 | 2): number {
  return degrees === 1 ? 2 * normalCdf(-Math.sqrt(x)) : Math.exp(-x / 2);
}

function countOnes(held: ArrayLike<number>): number {
  let ones = 0;
  for (let i = 0; i < held.length; i++) ones += held[i];
  return ones;
}

function checkHeld(where: string, held: ArrayLike<number>): void {
  checkColumn(where, 'held', held);
  for (let i = 0; i < held.length; i++) {
    if (held[i] !== 0 && held[i] !== 1) throw invalid('INVALID_ARGUMENT', where, `held[${i}]`, '0 or 1', held[i]);
  }
}
