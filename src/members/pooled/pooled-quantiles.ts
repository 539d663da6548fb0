import { invalid } from '../../errors.js';

/** The quantiles of the return per unit of forecast volatility, of all instruments of a pool together. */
export interface PooledQuantiles {
  /** Ascending, each in (0, 1). */
  levels: number[];
  /** One a level, non-decreasing. */
  values: number[];
  /** True where validation found the booster worse than none: the volatility is the EWMA's then, and the forecast the random walk's. */
  withoutBooster?: boolean;
}

/** Returns the text under which the quantiles are stored: JSON. */
export function quantilesToText({ levels, values, withoutBooster }: PooledQuantiles): string {
  return JSON.stringify({ levels, values, ...(withoutBooster && { withoutBooster }) });
}

/**
 * Returns the quantiles of a stored text.
 *
 * @throws ForecastError `INVALID_MODEL` for anything but ascending levels in (0, 1), 0.1, 0.5 and 0.9 among them, with one finite,
 *   non-decreasing value each, and a `withoutBooster` that is true, if any
 */
export function parseQuantiles(text: string, key: string): PooledQuantiles {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid('INVALID_MODEL', key, 'text', 'JSON', text, cause);
  }
  const { levels, values, withoutBooster } = (parsed ?? {}) as Record<string, unknown>;
  if (!isAscending(levels) || !levels.every((level, i) => level > (levels[i - 1] ?? 0) && level < 1)) {
    throw invalid('INVALID_MODEL', key, 'levels', 'ascending and in (0, 1)', levels);
  }
  for (const needed of [0.1, 0.5, 0.9]) {
    if (!levels.includes(needed)) throw invalid('INVALID_MODEL', key, 'levels', `levels with ${needed}`, levels);
  }
  if (!isAscending(values) || values.length !== levels.length) {
    throw invalid('INVALID_MODEL', key, 'values', `${levels.length} finite numbers, non-decreasing`, values);
  }
  if (withoutBooster === undefined) return { levels, values };
  if (withoutBooster !== true)
    throw invalid('INVALID_MODEL', key, 'withoutBooster', 'true, or left out', withoutBooster);
  return { levels, values, withoutBooster };
}

function isAscending(numbers: unknown): numbers is number[] {
  return (
    Array.isArray(numbers) &&
    numbers.every((number, i) => Number.isFinite(number) && (i === 0 || number >= numbers[i - 1]))
  );
}
