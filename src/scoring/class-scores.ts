import { invalid } from '../errors.js';
import { checkColumn, checkCount, checkLength } from './check-rows.js';

/** Probabilities of ordered classes beside the class that came. */
export interface ClassRows {
  /** [rows × classes], row-major, each in [0, 1], each row summing to 1; directions in the order down, flat, up. */
  probabilities: ArrayLike<number>;
  /** [rows], the class that came, 0..classes-1. */
  outcomes: ArrayLike<number>;
  /** Number of classes; default 3. */
  classes?: number | undefined;
}

/** How far a row's sum may be from 1. */
const SUM_TOLERANCE = 1e-6;

/** Refuses probabilities outside [0, 1] or not summing to 1, classes that do not exist, and lengths that do not fit. */
export function checkClassRows(where: string, { probabilities, outcomes, classes = 3 }: ClassRows): number {
  checkCount(where, 'classes', classes, 2);
  checkOutcomes(where, 'outcomes', outcomes, classes);
  checkColumn(where, 'probabilities', probabilities);
  checkLength(where, 'probabilities', probabilities, outcomes.length * classes);
  for (let row = 0; row < outcomes.length; row++) {
    let sum = 0;
    for (let k = row * classes; k < (row + 1) * classes; k++) {
      const share = probabilities[k];
      if (share < 0 || share > 1) throw invalid('INVALID_ARGUMENT', where, `probabilities[${k}]`, 'in [0, 1]', share);
      sum += share;
    }
    if (Math.abs(sum - 1) > SUM_TOLERANCE) {
      throw invalid('INVALID_ARGUMENT', where, `the sum of row ${row} of probabilities`, '1', sum);
    }
  }
  return classes;
}

/** Refuses no outcomes, and outcomes that are no class number. */
export function checkOutcomes(where: string, field: string, outcomes: ArrayLike<number>, classes: number): void {
  if (outcomes.length === 0) throw invalid('EMPTY_SERIES', where, field, 'at least one row', 'none');
  for (let i = 0; i < outcomes.length; i++) {
    if (!Number.isInteger(outcomes[i]) || outcomes[i] < 0 || outcomes[i] >= classes) {
      throw invalid('INVALID_ARGUMENT', where, `${field}[${i}]`, `a class in 0..${classes - 1}`, outcomes[i]);
    }
  }
}

/**
 * Returns each row's log loss -ln p(class that came), with p no smaller than `least`.
 *
 * @returns [rows], in [0, -ln least]; three equal shares give ln 3 = 1.0986
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, probabilities outside [0, 1] or
 * not summing to 1, or outcomes that are no class
 * @see Good 1952, "Rational Decisions"
 */
export function logLosses(rows: ClassRows, least = 1e-6): Float64Array {
  const classes = checkClassRows('logLosses', rows);
  const { probabilities, outcomes } = rows;
  return Float64Array.from(
    outcomes,
    (outcome, row) => -Math.log(Math.max(probabilities[row * classes + outcome], least)),
  );
}

/**
 * Returns each row's Brier score, the squared distance of the probabilities from the class that came, summed over classes.
 *
 * @returns [rows], in [0, 2]
 * @throws ForecastError as {@link logLosses}
 * @see Brier 1950, Monthly Weather Review 78, the original form for several classes
 */
export function brierScores(rows: ClassRows): Float64Array {
  const classes = checkClassRows('brierScores', rows);
  const { probabilities, outcomes } = rows;
  return Float64Array.from(outcomes, (outcome, row) => {
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += (probabilities[row * classes + k] - (k === outcome ? 1 : 0)) ** 2;
    return sum;
  });
}

/**
 * Returns each row's ranked probability score: squared distances of the cumulative probabilities, over the classes - 1 steps. The
 * order counts: down foretold and up come costs more than flat.
 *
 * @returns [rows], in [0, 1] (normalised by classes - 1)
 * @throws ForecastError as {@link logLosses}
 * @see Epstein 1969, "A Scoring System for Probability Forecasts of Ranked Categories", J. Appl. Meteorology 8
 */
export function rankedProbabilityScores(rows: ClassRows): Float64Array {
  const classes = checkClassRows('rankedProbabilityScores', rows);
  const { probabilities, outcomes } = rows;
  return Float64Array.from(outcomes, (outcome, row) => {
    let sum = 0;
    let cumulative = 0;
    for (let k = 0; k < classes - 1; k++) {
      cumulative += probabilities[row * classes + k];
      sum += (cumulative - (outcome <= k ? 1 : 0)) ** 2;
    }
    return sum / (classes - 1);
  });
}
