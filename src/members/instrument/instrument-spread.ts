import { invalid } from '../../errors.js';

/** How far an instrument's pair of models is trusted, as validation has it. */
export interface InstrumentSpread {
  /** Share of the predicted return that moves the forecast, in [0, 1]; 0: the random walk. */
  readonly pull: number;
  /** The errors' spread / the returns', both in units of the random walk's own width, in [0.5, 1]; 1 where `pull` is 0. */
  readonly narrowing: number;
  /** Whether the classifier's shares are stated; without them the shares are read off the quantiles. */
  readonly shares: boolean;
}

/** Errors are never taken for less than half as wide as returns. */
export const LEAST_NARROWING = 0.5;

/** Returns the text under which a spread is stored: JSON. */
export function spreadToText({ pull, narrowing, shares }: InstrumentSpread): string {
  return JSON.stringify({ pull, narrowing, shares });
}

/** @throws ForecastError `INVALID_MODEL` for anything but a pull in [0, 1], a narrowing in [0.5, 1] and shares that are true or false */
export function parseSpread(text: string, key: string): InstrumentSpread {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid('INVALID_MODEL', key, 'text', 'JSON', text, cause);
  }
  const { pull, narrowing, shares } = (parsed ?? {}) as Record<string, unknown>;
  if (typeof pull !== 'number' || !(pull >= 0 && pull <= 1)) {
    throw invalid('INVALID_MODEL', key, 'pull', 'in [0, 1]', pull);
  }
  if (typeof narrowing !== 'number' || !(narrowing >= LEAST_NARROWING && narrowing <= 1)) {
    throw invalid('INVALID_MODEL', key, 'narrowing', `in [${LEAST_NARROWING}, 1]`, narrowing);
  }
  if (typeof shares !== 'boolean') throw invalid('INVALID_MODEL', key, 'shares', 'true or false', shares);
  return { pull, narrowing, shares };
}

/** A random walk's quantiles as log returns, moved to a predicted return and narrowed. */
export function movedQuantiles(
  walk: ArrayLike<number>,
  predicted: number,
  { pull, narrowing }: Pick<InstrumentSpread, 'pull' | 'narrowing'>,
): Float64Array {
  const shift = Math.log1p(pull * predicted);
  return Float64Array.from(walk, (logReturn) => shift + narrowing * logReturn);
}
