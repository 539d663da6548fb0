import { invalid, refuseUnknown } from '../../errors.js';
import type { Model } from '../text/model.js';
import { valueOfRow, type Walk } from './predict.js';

/** When a row's class is beyond doubt. */
export interface EarlyStopOptions {
  /** Iterations between two looks at the score, default 10 (`pred_early_stop_freq`). */
  freq?: number | undefined;
  /** How far the raw scores of the two best classes, or twice that of a single output, lie apart; default 10 (`pred_early_stop_margin`). */
  margin?: number | undefined;
}

/** When to end a row's prediction before its last tree. */
export interface PredictionStop {
  /** Iterations between two looks at the score. */
  readonly freq: number;
  /** By how much the raw scores of the two best classes, or twice that of a single output, must lie apart. */
  readonly margin: number;
}

/** Adds trees begin..end-1 to each row's scores, until the row's class is beyond doubt. */
export function addUntilSure(walk: Walk, { freq, margin }: PredictionStop, scores: Float64Array): void {
  const { outputs } = walk.model;
  for (let row = 0; row < walk.rows; row++) {
    const own = scores.subarray(row * outputs, (row + 1) * outputs);
    for (let tree = walk.begin, done = 1; tree < walk.end; done++) {
      for (let output = 0; output < outputs; output++, tree++) own[output] += valueOfRow(walk, tree, row);
      if (done % freq === 0 && lead(own) > margin) break;
    }
  }
}

function lead(scores: Float64Array): number {
  if (scores.length === 1) return 2 * Math.abs(scores[0]);
  let [best, second] = [-Infinity, -Infinity];
  for (const score of scores) {
    if (score > best) [best, second] = [score, best];
    else if (score > second) second = score;
  }
  return best - second;
}

type StoppedModel = Pick<Model, 'objective' | 'averageOutput'>;

/** Objectives whose predictions native ends early; those of others are to be exact. */
const STOPPABLE = ['binary', 'multiclass', 'multiclassova', 'lambdarank', 'rank_xendcg'];

/**
 * Returns how to end predictions early, defaults filled in.
 *
 * @throws ForecastError INVALID_ARGUMENT for what no row's prediction can be ended by.
 */
export function checkedStop(given: EarlyStopOptions, kind: string, model: StoppedModel): PredictionStop {
  refuseUnknown('predict earlyStop', given, ['freq', 'margin']);
  const { objective, averageOutput } = model;
  const { freq = 10, margin = 10 } = given;
  const refuse = (field: string, expected: string, actual: unknown) => {
    throw invalid('INVALID_ARGUMENT', 'predict', field, expected, actual);
  };
  if (!Number.isInteger(freq) || freq < 1) refuse('earlyStop.freq', 'a whole number >= 1', freq);
  if (!(margin >= 0)) refuse('earlyStop.margin', 'a number >= 0', margin);
  if (kind !== 'value' && kind !== 'raw') refuse('earlyStop', 'absent unless kind is value or raw', kind);
  if (averageOutput) refuse('earlyStop', 'absent for a random forest', 'given');
  if (!STOPPABLE.includes(objective.split(' ')[0])) refuse('earlyStop', 'absent for this objective', objective);
  return { freq, margin };
}
