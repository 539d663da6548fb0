import {
  type LossSkill,
  lossSkill,
  pinballLosses,
  type ShareInterval,
  shareInterval,
} from '../../src/scoring/index.js';
import { LEVELS } from './forecast.js';

/** Days of which a forecaster is judged: about a year. */
export const REPLAY_DAYS = 250;

/** One forecast that met its close. All numbers are simple returns from the close of the base day. */
export interface Met {
  /** The base day. */
  readonly date: string;
  readonly actual: number;
  /** [LEVELS], non-decreasing. */
  readonly quantiles: readonly number[];
}

/** How a forecaster did beside the random walk. */
export interface Score {
  readonly forecaster: string;
  readonly horizon: number;
  readonly days: number;
  readonly from: string;
  readonly to: string;
  /** Days on which the close fell into the 80 % interval. */
  readonly held: number;
  /** Their share with its 95 % interval; undefined with too few days. */
  readonly coverage: ShareInterval | undefined;
  /** 1 - loss / the random walk's loss (mean pinball over `LEVELS`), with its 95 % interval; undefined for the random walk itself and with too few days. */
  readonly skill: LossSkill | undefined;
}

/**
 * Returns the score of forecasts that met their closes, beside the random walk's of the same days.
 *
 * @param met in order of time
 * @param reference the random walk's, of the same base days; undefined for the random walk itself
 * @throws ForecastError `EMPTY_SERIES` without forecasts
 */
export function scoreOf(
  forecaster: string,
  horizon: number,
  met: readonly Met[],
  reference: readonly Met[] | undefined,
): Score {
  const losses = lossesOf(met);
  const referenceLosses = reference && lossesOf(reference);
  const held = met.map(({ date, actual, quantiles }) => ({
    date,
    held: quantiles[1] <= actual && actual <= quantiles[LEVELS.length - 2],
  }));
  return {
    forecaster,
    horizon,
    days: met.length,
    from: met[0].date,
    to: met[met.length - 1].date,
    held: held.filter((row) => row.held).length,
    coverage: shareInterval(held, horizon),
    skill:
      referenceLosses &&
      lossSkill(
        met.map(({ date }, i) => ({ date, loss: losses[i], reference: referenceLosses[i] })),
        horizon,
      ),
  };
}

function lossesOf(met: readonly Met[]): Float64Array {
  return pinballLosses({
    actuals: met.map(({ actual }) => actual),
    levels: LEVELS,
    quantiles: met.flatMap(({ quantiles }) => quantiles),
  });
}
