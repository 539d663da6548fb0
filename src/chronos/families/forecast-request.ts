import { invalid, refuseUnknown } from '../../errors.js';
import type { ForecastOptions } from '../chronos-model.js';
import { checkList, type ModelCall } from './model-call.js';
import type { SamplingRule } from './t5-sampling.js';

/** Checked options of one call, with the defaults filled in. */
export interface ForecastRequest {
  readonly call: ModelCall;
  readonly horizon: number;
  /** The call's own: they never change. */
  readonly levels: readonly number[];
  readonly numSamples: number;
  /** One a context. */
  readonly seeds: readonly number[];
  readonly signal: AbortSignal | undefined;
  /** Values of a context that are read. */
  readonly contextLength: number;
  /** What a call changes in how tokens are drawn. */
  readonly sampling: Partial<Pick<SamplingRule, 'temperature' | 'topK' | 'topP'>>;
}

/** What a model offers that a call may choose from. */
export interface Offer {
  readonly levels: readonly number[];
  readonly contextLength: number;
  /** Whether it draws tokens. */
  readonly draws?: boolean;
  /** Options of its own. */
  readonly more?: readonly string[];
}

const OPTIONS = ['horizon', 'levels', 'numSamples', 'seed', 'contextLength', 'signal'] as const;
const DRAWING = ['temperature', 'topK', 'topP'] as const;

/** Returns the checked options of a call with these contexts or tasks; throws INVALID_HORIZON, INVALID_ARGUMENT. */
export function checkRequest(
  options: ForecastOptions,
  offer: Offer,
  list: readonly unknown[],
  call: 'forecast' | 'forecastTasks' = 'forecast',
): ForecastRequest {
  checkList(list, call);
  refuseUnknown(call, options, [...OPTIONS, ...(offer.draws ? DRAWING : []), ...(offer.more ?? [])]);
  const { horizon, levels = offer.levels, numSamples = 30, seed = 0, contextLength = offer.contextLength } = options;
  if (!Number.isSafeInteger(horizon) || horizon < 1)
    throw invalid('INVALID_HORIZON', call, 'horizon', 'a whole number of steps >= 1', horizon);
  if (!Number.isSafeInteger(numSamples) || numSamples < 1)
    throw invalid('INVALID_ARGUMENT', call, 'numSamples', 'a whole number >= 1', numSamples);
  const seeds = typeof seed === 'object' ? seed : new Array<number>(list.length).fill(seed);
  if (seeds.length !== list.length)
    throw invalid('INVALID_ARGUMENT', call, 'seed', `one for each of ${list.length} series`, seed);
  for (const one of typeof seed === 'object' ? seed : [seed])
    if (!Number.isSafeInteger(one) || one < 0)
      throw invalid('INVALID_ARGUMENT', call, 'seed', 'a whole number in 0..2^53-1', one);
  levels.forEach((level, i) => {
    if (!(level > 0 && level < 1) || (i > 0 && level <= levels[i - 1]))
      throw invalid('INVALID_ARGUMENT', call, `levels[${i}]`, 'in (0, 1), and above the level before it', level);
  });
  const most = offer.contextLength;
  if (!Number.isSafeInteger(contextLength) || contextLength < 1 || contextLength > most)
    throw invalid('INVALID_ARGUMENT', call, 'contextLength', `a whole number in 1..${most}`, contextLength);
  const { signal } = options;
  const sampling = checkSampling(options, call);
  return { call, horizon, levels: [...levels], numSamples, seeds, signal, contextLength, sampling };
}

function checkSampling({ temperature, topK, topP }: ForecastOptions, call: ModelCall): ForecastRequest['sampling'] {
  if (temperature !== undefined && !(temperature > 0 && temperature < Infinity))
    throw invalid('INVALID_ARGUMENT', call, 'temperature', 'a finite number above 0', temperature);
  if (topK !== undefined && !(Number.isSafeInteger(topK) && topK >= 0))
    throw invalid('INVALID_ARGUMENT', call, 'topK', 'a whole number >= 0', topK);
  if (topP !== undefined && !(topP > 0 && topP <= 1))
    throw invalid('INVALID_ARGUMENT', call, 'topP', 'a number in (0, 1]', topP);
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topK !== undefined && { topK }),
    ...(topP !== undefined && { topP }),
  };
}
