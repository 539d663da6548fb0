import { invalid } from '../../errors.js';
import { leastSquares } from '../../stats/index.js';
import { LOG_RATIO_BOUNDS } from './pooled-rows.js';

/** A linear regression of ln(variance of the bars ahead / EWMA variance). */
export interface LinearScale {
  readonly names: readonly string[];
  readonly intercept: number;
  /** One a name. */
  readonly weights: readonly number[];
  /** Means of the inputs over the training rows, one a name: what an input that is missing counts as. */
  readonly centres: readonly number[];
}

/**
 * Returns the regression that makes the squares least.
 *
 * @param values [rows × names], row-major; NaN is missing
 * @param labels [rows]
 */
export function fitLinear(values: Float64Array, labels: Float64Array, names: readonly string[]): LinearScale {
  const width = names.length;
  const rows = labels.length;
  const centres = names.map((_, k) => {
    let [sum, count] = [0, 0];
    for (let at = k; at < values.length; at += width) {
      if (Number.isNaN(values[at])) continue;
      sum += values[at];
      count++;
    }
    return count === 0 ? 0 : sum / count;
  });
  const design = new Float64Array(rows * (width + 1));
  for (let row = 0; row < rows; row++) {
    design[row * (width + 1)] = 1;
    for (let k = 0; k < width; k++) {
      design[row * (width + 1) + k + 1] = centred(values[row * width + k], centres[k]);
    }
  }
  const [intercept, ...weights] = leastSquares(design, labels, width + 1);
  return { names, intercept, weights, centres };
}

/** Returns what the regression says of each row, within `LOG_RATIO_BOUNDS`. */
export function predictLinear({ intercept, weights, centres }: LinearScale, values: Float64Array): Float64Array {
  const width = weights.length;
  return Float64Array.from({ length: values.length / width }, (_, row) => {
    let sum = intercept;
    for (let k = 0; k < width; k++) sum += weights[k] * centred(values[row * width + k], centres[k]);
    return Math.min(LOG_RATIO_BOUNDS[1], Math.max(LOG_RATIO_BOUNDS[0], sum));
  });
}

function centred(value: number, centre: number): number {
  return Number.isNaN(value) ? 0 : value - centre;
}

/** Returns a regression as it was stored. @throws ForecastError `INVALID_MODEL` for anything else, or inputs that are not `known` */
export function readLinear(stored: unknown, key: string, known: readonly string[]): LinearScale {
  const { names, intercept, weights, centres } = (stored ?? {}) as Record<string, unknown>;
  const refuse = (field: string, expected: string, actual: unknown) =>
    invalid('INVALID_MODEL', key, `linear.${field}`, expected, actual);
  if (!Array.isArray(names) || names.length === 0 || !names.every((name) => known.includes(name))) {
    throw refuse('names', 'inputs that are made here', names);
  }
  if (typeof intercept !== 'number' || !Number.isFinite(intercept)) {
    throw refuse('intercept', 'a finite number', intercept);
  }
  const numbers = (field: string, values: unknown): number[] => {
    if (Array.isArray(values) && values.length === names.length && values.every(Number.isFinite)) return values;
    throw refuse(field, `${names.length} finite numbers`, values);
  };
  return { names, intercept, weights: numbers('weights', weights), centres: numbers('centres', centres) };
}
