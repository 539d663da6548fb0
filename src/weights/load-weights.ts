import type { Weights } from '../ensemble/index.js';
import { DEFAULT_WEIGHTS } from './default-weights.js';

/** The slice of a Store that weights are read from. */
export interface WeightsSource {
  getWeights(code: string, horizon: number, asOf?: string): Promise<{ weights: Weights } | undefined>;
}

/**
 * Returns the weights learned for one instrument and horizon, or the defaults (0.6 / 0.4 / 0) if none are stored.
 *
 * @param asOf only weights learned from outcomes up to this date 'YYYY-MM-DD'
 */
export async function loadWeights(
  store: WeightsSource,
  code: string,
  horizon: number,
  asOf?: string,
): Promise<Weights> {
  const stored = await store.getWeights(code, horizon, asOf);
  return { ...(stored?.weights ?? DEFAULT_WEIGHTS) };
}
