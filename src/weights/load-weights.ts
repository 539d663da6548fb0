import type { Calibration, Weights } from '../ensemble/index.js';
import { type Weighed, weightsFor } from '../ensemble/inside.js';

/** The slice of a Store that weights are read from. */
export interface WeightsSource {
  getWeights(
    code: string,
    horizon: number,
    asOf?: string,
  ): Promise<{ weights: Weights; calibration?: Calibration } | undefined>;
}

/** What was learned for one instrument and horizon, or the priors. */
export interface LoadedWeights {
  /** Shares of the members asked for, together 1. */
  weights: Weights;
  /** Absent when none was learned. */
  calibration?: Calibration;
}

/**
 * Returns the weights learned for one instrument and horizon, for these members; their priors if none are stored.
 *
 * A member that the stored row does not know starts at its prior share; one that is gone leaves its share to the others.
 *
 * @param source undefined where nothing is stored
 * @param key key.asOf: only weights learned from outcomes up to this date 'YYYY-MM-DD'
 */
export async function loadWeights(
  source: WeightsSource | undefined,
  { code, horizon, asOf }: { code: string; horizon: number; asOf?: string | undefined },
  members: readonly Weighed[],
): Promise<LoadedWeights> {
  return weightsOfRow(await source?.getWeights(code, horizon, asOf), members);
}

/** Returns the weights of these members by what is stored; see {@link loadWeights}. */
export function weightsOfRow(
  stored: { weights: Weights; calibration?: Calibration } | undefined,
  members: readonly Weighed[],
): LoadedWeights {
  const weights = weightsFor(members, stored?.weights);
  return stored?.calibration === undefined ? { weights } : { weights, calibration: stored.calibration };
}
