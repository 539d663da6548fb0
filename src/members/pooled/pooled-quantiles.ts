import { invalid } from '../../errors.js';
import { type LinearScale, readLinear } from './linear-scale.js';
import { ALL_INPUTS } from './pooled-rows.js';

/** The quantiles of the return per unit of forecast volatility, of all instruments of a pool together. */
export interface PooledQuantiles {
  /** Ascending, each in (0, 1). */
  levels: number[];
  /** One a level, non-decreasing. */
  values: number[];
  /** True where validation found all else worse: the forecast is the random walk's. */
  randomWalk?: boolean;
  /** The linear regression that the trees start from. */
  linear?: LinearScale;
  /** Codes of the instruments that the regression's inputs of the market are made of. */
  references?: readonly string[];
  /** Forecast volatilities × √horizon by which a close a whole range above the market's moves the forecast: see `learnLean`. */
  lean?: number;
  /** True where the regression alone is better than with the trees. */
  withoutTrees?: boolean;
}

/** Returns the text under which the quantiles are stored: JSON. */
export function quantilesToText({
  levels,
  values,
  randomWalk,
  linear,
  references,
  withoutTrees,
  lean,
}: PooledQuantiles): string {
  return JSON.stringify({ levels, values, randomWalk, linear, references, withoutTrees, lean });
}

/**
 * Returns the quantiles of a stored text.
 *
 * @throws ForecastError `INVALID_MODEL` for anything but ascending levels in (0, 1), 0.1, 0.5 and 0.9 among them, with one finite,
 *   non-decreasing value each; flags that are not true; a regression that is none; references that are no codes; a lean that is no number
 */
export function parseQuantiles(text: string, key: string): PooledQuantiles {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid('INVALID_MODEL', key, 'text', 'JSON', text, cause);
  }
  const { levels, values, randomWalk, linear, references, withoutTrees, lean } = (parsed ?? {}) as Record<
    string,
    unknown
  >;
  if (!isAscending(levels) || !levels.every((level, i) => level > (levels[i - 1] ?? 0) && level < 1)) {
    throw invalid('INVALID_MODEL', key, 'levels', 'ascending and in (0, 1)', levels);
  }
  for (const needed of [0.1, 0.5, 0.9]) {
    if (!levels.includes(needed)) throw invalid('INVALID_MODEL', key, 'levels', `levels with ${needed}`, levels);
  }
  if (!isAscending(values) || values.length !== levels.length) {
    throw invalid('INVALID_MODEL', key, 'values', `${levels.length} finite numbers, non-decreasing`, values);
  }
  for (const [field, flag] of Object.entries({ randomWalk, withoutTrees })) {
    if (flag !== undefined && flag !== true) throw invalid('INVALID_MODEL', key, field, 'true, or left out', flag);
  }
  if (
    references !== undefined &&
    !(Array.isArray(references) && references.every((code) => typeof code === 'string'))
  ) {
    throw invalid('INVALID_MODEL', key, 'references', 'codes', references);
  }
  if (lean !== undefined && !(typeof lean === 'number' && Number.isFinite(lean))) {
    throw invalid('INVALID_MODEL', key, 'lean', 'a finite number', lean);
  }
  return {
    levels,
    values,
    ...(randomWalk === true && { randomWalk }),
    ...(linear !== undefined && { linear: readLinear(linear, key, ALL_INPUTS) }),
    ...(references !== undefined && { references }),
    ...(withoutTrees === true && { withoutTrees }),
    ...(lean !== undefined && { lean }),
  };
}

function isAscending(numbers: unknown): numbers is number[] {
  return (
    Array.isArray(numbers) &&
    numbers.every((number, i) => Number.isFinite(number) && (i === 0 || number >= numbers[i - 1]))
  );
}
