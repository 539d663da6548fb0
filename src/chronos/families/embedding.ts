import { invalid, refuseUnknown } from '../../errors.js';
import type { ChronosEmbedding, EmbedOptions } from '../chronos-model.js';
import type { LocScale } from './instance-norm.js';
import { checkList, type ModelCall, noForecast } from './model-call.js';

/** Checked options of one call, with the defaults filled in. */
export interface EmbedRequest {
  readonly call: ModelCall;
  /** Values of a context that are read. */
  readonly contextLength: number;
  readonly signal: AbortSignal | undefined;
}

/** Returns the checked options of embed or embedTasks with these contexts or tasks; throws INVALID_ARGUMENT. */
export function checkEmbedRequest(
  list: readonly unknown[],
  options: EmbedOptions,
  most: number,
  call: 'embed' | 'embedTasks' = 'embed',
): EmbedRequest {
  checkList(list, call);
  refuseUnknown(call, options, ['contextLength', 'signal']);
  const { contextLength = most, signal } = options;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1 || contextLength > most)
    throw invalid('INVALID_ARGUMENT', call, 'contextLength', `a whole number in 1..${most}`, contextLength);
  return { call, contextLength, signal };
}

/** Returns the embedding whose vectors `values` are `width` wide; throws NO_FORECAST when one is not finite. */
export function embeddingOf(
  values: Float32Array,
  width: number,
  { loc, scale }: LocScale,
  call: ModelCall,
): ChronosEmbedding {
  if (!values.every(Number.isFinite)) throw noForecast(call);
  return { tokens: values.length / width, width, values, loc, scale };
}
