import { invalid, refuseUnknown } from '../../errors.js';
import type { ChronosEmbedding, EmbedOptions } from '../chronos-model.js';
import type { LocScale } from './instance-norm.js';
import { noForecast } from './quantile-forecast.js';

/** Returns the checked options of embed with the defaults filled in; throws INVALID_ARGUMENT. */
export function checkEmbedRequest(
  options: EmbedOptions,
  most: number,
): { contextLength: number; signal: AbortSignal | undefined } {
  refuseUnknown('embed', options, ['contextLength', 'signal']);
  const { contextLength = most, signal } = options;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1 || contextLength > most)
    throw invalid('INVALID_ARGUMENT', 'embed', 'contextLength', `a whole number in 1..${most}`, contextLength);
  return { contextLength, signal };
}

/** Returns the embedding whose vectors `values` are `width` wide; throws NO_FORECAST when one is not finite. */
export function embeddingOf(values: Float32Array, width: number, { loc, scale }: LocScale): ChronosEmbedding {
  if (!values.every(Number.isFinite)) throw noForecast();
  return { tokens: values.length / width, width, values, loc, scale };
}
