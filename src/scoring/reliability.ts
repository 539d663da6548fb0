import { invalid } from '../errors.js';
import { checkColumn, checkCount, checkLength } from './check-rows.js';
import { type ClassRows, checkClassRows } from './class-scores.js';

/** One stretch of foretold probabilities beside how often the event came. */
export interface ReliabilityBin {
  /** The stretch (from, to], the first one with 0. */
  from: number;
  to: number;
  /** Mean of the foretold probabilities; NaN if none fell here. */
  foretold: number;
  /** Share of rows in which the event came; NaN if none fell here. */
  observed: number;
  count: number;
}

/**
 * Returns the reliability curve of the probability of an event: equal stretches of [0, 1] with the mean probability foretold and the
 * share that came. Calibrated is foretold = observed, up to chance √(p(1-p)/count).
 *
 * @param probabilities [rows], each in [0, 1]
 * @param events [rows], 1 if the event came, 0 if not
 * @param bins number of stretches; default 10
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, values out of range, or bins < 1
 */
export function reliabilityCurve(
  probabilities: ArrayLike<number>,
  events: ArrayLike<number>,
  bins = 10,
): ReliabilityBin[] {
  const where = 'reliabilityCurve';
  checkColumn(where, 'probabilities', probabilities);
  checkColumn(where, 'events', events);
  checkLength(where, 'events', events, probabilities.length);
  checkCount(where, 'bins', bins);
  const curve = Array.from({ length: bins }, (_, bin) => ({
    from: bin / bins,
    to: (bin + 1) / bins,
    foretold: 0,
    observed: 0,
    count: 0,
  }));
  for (let i = 0; i < probabilities.length; i++) {
    const p = probabilities[i];
    if (p < 0 || p > 1) throw invalid('INVALID_ARGUMENT', where, `probabilities[${i}]`, 'in [0, 1]', p);
    if (events[i] !== 0 && events[i] !== 1)
      throw invalid('INVALID_ARGUMENT', where, `events[${i}]`, '0 or 1', events[i]);
    const bin = curve[Math.max(0, Math.ceil(p * bins) - 1)];
    bin.foretold += p;
    bin.observed += events[i];
    bin.count++;
  }
  for (const bin of curve) {
    bin.foretold /= bin.count;
    bin.observed /= bin.count;
  }
  return curve;
}

/**
 * Returns the expected calibration error of the most probable class: |share of hits - mean probability| in equal stretches of that
 * probability, weighted by their rows.
 *
 * A tie goes to the class of the higher number. Small samples give more than 0 even to a perfect forecast.
 *
 * @returns in [0, 1]
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, probabilities outside [0, 1] or
 * not summing to 1, outcomes that are no class, or bins < 1
 * @see Guo et al. 2017, "On Calibration of Modern Neural Networks", equation 3
 */
export function calibrationError(rows: ClassRows, bins = 10): number {
  const classes = checkClassRows('calibrationError', rows);
  const { probabilities, outcomes } = rows;
  const confidence = new Float64Array(outcomes.length);
  const hits = new Uint8Array(outcomes.length);
  for (let row = 0; row < outcomes.length; row++) {
    let top = 0;
    for (let k = 1; k < classes; k++) {
      if (probabilities[row * classes + k] >= probabilities[row * classes + top]) top = k;
    }
    confidence[row] = probabilities[row * classes + top];
    hits[row] = top === outcomes[row] ? 1 : 0;
  }
  let error = 0;
  for (const { foretold, observed, count } of reliabilityCurve(confidence, hits, bins)) {
    if (count > 0) error += (count / outcomes.length) * Math.abs(observed - foretold);
  }
  return error;
}
