import { combine, completeStatement, type Distribution } from '../../src/ensemble/index.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';
import { sampleOutcome, samplePrediction } from '../../src/testing/samples.js';

const HORIZONS = [1, 3, 5];
const LEVELS = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];

/** The code of the `index`-th instrument. */
export const codeOf = (index: number) => String(index).padStart(6, '0');

/** The day on which every forecast of `forecasts` is due. */
export const TARGET = '2024-03-11';

/**
 * Returns `rows` forecasts as the pipeline makes them: each instrument's horizons, three members, 13 levels each and of the ensemble. With
 * `lean` they are the rows that the bench of the first version wrote (deciles of one member, short numbers), as far as today's checks let
 * them: for a comparison with it on like rows.
 */
export function forecasts(rows: number, lean = false): PredictionRecord[] {
  return Array.from({ length: rows }, (_, index) => {
    const baseClose = 50_000 + index / 7;
    return samplePrediction({
      ...(lean ? leanForecast(baseClose) : fullForecast(baseClose, index)),
      ...{ code: codeOf(Math.floor(index / 3)), horizon: HORIZONS[index % 3], baseClose, targetDate: TARGET },
      userTriggered: index % 2 === 0,
    });
  });
}

function fullForecast(baseClose: number, index: number): Partial<PredictionRecord> {
  const base = { baseClose, flatBand: 0.003 };
  const about = (centre: number, width: number) => {
    const quantiles = LEVELS.map((level) => baseClose * (1 + centre + width * (level - 0.5)));
    return completeStatement('bench', { levels: LEVELS, quantiles, pointClose: baseClose * (1 + centre) }, base);
  };
  const members = { chronos: about(0.01, 0.2), lgbm: about(0.003 + index / 1e9, 0.17), naive: about(0, 0.18) };
  const combined = combine({ ...base, weights: { chronos: 0.6, lgbm: 0.4, naive: 0 }, members });
  return { ...combined, members, sourcesUsed: ['chronos', 'lgbm_h1'] };
}

function leanForecast(baseClose: number): Partial<PredictionRecord> {
  const shares = { probUp: 0.5, probFlat: 0.3, probDown: 0.2 };
  const wide = { levels: [0.1, 0.9], quantiles: [41_392, 75_808], ciLow: 41_392, ciHigh: 75_808 };
  const sure = { direction: 'up' as const, expectedReturn: 0.01 };
  const deciles = LEVELS.filter((level) => level >= 0.1 && level <= 0.9);
  const chronos: Distribution = {
    ...{ ...wide, ...shares, ...sure, pointClose: 73_500, levels: deciles },
    quantiles: deciles.map((level) => baseClose * (0.9 + level / 5)),
  };
  const lgbm: Distribution = { ...wide, ...shares, ...sure, pointClose: baseClose, expectedReturn: 0 };
  const naive: Distribution = { ...lgbm, pointClose: 73_600 };
  const weights = { chronos: 0.6, lgbm: 0.4, naive: 0 };
  return {
    ...wide,
    pointClose: baseClose * 1.01,
    weights,
    members: { chronos, lgbm, naive },
    sourcesUsed: ['chronos', 'lgbm_h1'],
  };
}

/** Returns the outcome of one of them. */
export function outcomeOf({ code, baseDate, horizon }: PredictionRecord): OutcomeRecord {
  const { members, ...outcome } = sampleOutcome({ code, baseDate, horizon });
  return { ...outcome, members: { chronos: members['chronos'], lgbm: members['my_model'] } };
}
