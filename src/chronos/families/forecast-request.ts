import { invalid } from '../../errors.js';
import type { ForecastOptions } from '../chronos-model.js';

/** Checked options of one call, with the defaults filled in. */
export interface ForecastRequest {
  readonly horizon: number;
  readonly levels: readonly number[];
  readonly numSamples: number;
  /** One a context. */
  readonly seeds: readonly number[];
  readonly signal: AbortSignal | undefined;
}

/** Returns the checked options of a call with so many contexts; throws INVALID_HORIZON, INVALID_ARGUMENT. */
export function checkRequest(options: ForecastOptions, native: readonly number[], contexts: number): ForecastRequest {
  const { horizon, levels = native, numSamples = 30, seed = 0, signal } = options;
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw invalid('INVALID_HORIZON', 'forecast', 'horizon', 'a whole number of steps >= 1', horizon);
  if (!Number.isSafeInteger(numSamples) || numSamples < 1)
    throw invalid('INVALID_ARGUMENT', 'forecast', 'numSamples', 'a whole number >= 1', numSamples);
  const seeds = typeof seed === 'object' ? seed : new Array<number>(contexts).fill(seed);
  if (seeds.length !== contexts)
    throw invalid('INVALID_ARGUMENT', 'forecast', 'seed', `one for each of ${contexts} contexts`, seed);
  for (const one of typeof seed === 'object' ? seed : [seed])
    if (!Number.isSafeInteger(one) || one < 0)
      throw invalid('INVALID_ARGUMENT', 'forecast', 'seed', 'a whole number in 0..2^53-1', one);
  levels.forEach((level, i) => {
    if (!(level > 0 && level < 1) || (i > 0 && level <= levels[i - 1]))
      throw invalid('INVALID_ARGUMENT', 'forecast', `levels[${i}]`, 'in (0, 1), and above the level before it', level);
  });
  return { horizon, levels, numSamples, seeds, signal };
}
