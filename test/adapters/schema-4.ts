import type { OutcomeRecord, PredictionRecord, PredictionVoid } from '../../src/store/records.js';
import type { Store } from '../../src/store/store.js';
import { sampleOutcome, samplePrediction } from '../../src/testing/samples.js';

/* The rows of fixtures/store-schema-4: what the code of schema 4 put there with `putRowsOfSchema4`, members' quantiles still in the text. */

const LEVELS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
const quantilesAbout = (centre: number) => LEVELS.map((level) => centre * (0.9 + level / 5));
const { chronos, my_model } = samplePrediction().members;
const atLevels = { levels: LEVELS, quantiles: quantilesAbout(73_541.25), ciLow: quantilesAbout(73_541.25)[2] };

/** A forecast of the ensemble's levels in one member, of its own levels in the other, which has a note and its own label. */
const matched = samplePrediction({
  ...atLevels,
  userTriggered: true,
  members: {
    chronos: { ...chronos, levels: LEVELS, quantiles: quantilesAbout(73_500) },
    my_model: { ...my_model, direction: 'flat', expectedReturn: 0.5, notes: ['a note'] },
  },
});
const { levels, quantiles, ciLow, pointClose, ciHigh, probUp, probFlat, probDown, direction, expectedReturn } = matched;
const distribution = {
  levels,
  quantiles,
  ciLow,
  pointClose,
  ciHigh,
  probUp,
  probFlat,
  probDown,
  direction,
  expectedReturn,
};
const { issuedAt, weights, members, sourcesUsed } = matched;
/** Issued before the open, in the place of one at the close. */
const reissued = samplePrediction({
  horizon: 3,
  issue: 'open',
  earlier: { ...distribution, issuedAt, weights, members, sourcesUsed },
});
const VOID: PredictionVoid = { reason: 'no-close', voidedAt: new Date('2024-03-20T07:00:00.000Z') };
const silent = samplePrediction({ horizon: 5, members: {}, sourcesUsed: [], calibration: undefined });

export const OUTCOME_OF_SCHEMA_4: OutcomeRecord = sampleOutcome();
export const FORECASTS_OF_SCHEMA_4: PredictionRecord[] = [matched, reissued, { ...silent, void: VOID }];

export async function putRowsOfSchema4(store: Store): Promise<void> {
  await store.upsertPredictions([matched, reissued, silent]);
  await store.recordOutcomes([OUTCOME_OF_SCHEMA_4]);
  await store.voidPredictions([{ code: silent.code, baseDate: silent.baseDate, horizon: silent.horizon, ...VOID }]);
}
