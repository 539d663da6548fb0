import { invalid } from '../../errors.js';

/** The quantiles of the return per unit of forecast volatility, of all instruments of a pool together. */
export interface PooledQuantiles {
  /** Ascending, each in (0, 1). */
  levels: number[];
  /** One a level, non-decreasing. */
  values: number[];
}

/** Returns the text under which the quantiles are stored: JSON. */
export function quantilesToText({ levels, values }: PooledQuantiles): string {
  return JSON.stringify({ levels, values });
}

/**
 * Returns the quantiles of a stored text.
 *
 * @throws ForecastError `INVALID_MODEL` for anything but ascending levels in (0, 1), 0.1, 0.5 and 0.9 among them, with one finite,
 *   non-decreasing value each
 */
export function parseQuantiles(text: string, key: string): PooledQuantiles {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid('INVALID_MODEL', key, 'text', 'JSON', text, cause);
  }
  const { levels, values } = (parsed ?? {}) as Record<string, unknown>;
  if (!isAscending(levels) || !levels.every((level, i) => level > (levels[i - 1] ?? 0) && level < 1)) {
    throw invalid('INVALID_MODEL', key, 'levels', 'ascending and in (0, 1)', levels);
  }
  for (const needed of [0.1, 0.5, 0.9]) {
    if (!levels.includes(needed)) throw invalid('INVALID_MODEL', key, 'levels', `levels with ${needed}`, levels);
  }
  if (!isAscending(values) || values.length !== levels.length) {
    throw invalid('INVALID_MODEL', key, 'values', `${levels.length} finite numbers, non-decreasing`, values);
  }
  return { levels, values };
}

function isAscending(numbers: unknown): numbers is number[] {
  return (
    Array.isArray(numbers) &&
    numbers.every((number, i) => Number.isFinite(number) && (i === 0 || number >= numbers[i - 1]))
  );
}
