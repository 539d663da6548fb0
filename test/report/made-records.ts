import { completeStatement, type Distribution } from '../../src/ensemble/index.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';

/** Returns a member's forecast from a close of 100, as what it states comes to. */
export function madeDistribution(levels = [0.1, 0.5, 0.9], quantiles = [95, 101, 105]): Distribution {
  return completeStatement('made', { levels, quantiles }, { baseClose: 100, flatBand: 0.003 });
}

/** Returns a forecast of 100 -> 101 in [95, 105], with what is given on top. */
export function madePrediction(given: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    code: 'A',
    baseDate: '2026-01-05',
    horizon: 1,
    targetDate: '2026-01-06',
    issuedAt: new Date('2026-01-05T09:00:00Z'),
    baseClose: 100,
    issue: 'close',
    pointClose: 101,
    levels: [0.1, 0.5, 0.9],
    quantiles: [95, 101, 105],
    ciLow: 95,
    ciHigh: 105,
    probUp: 0.5,
    probFlat: 0.2,
    probDown: 0.3,
    direction: 'up',
    expectedReturn: 0.01,
    userTriggered: false,
    weights: { chronos: 0.6, lgbm: 0.4, naive: 0 },
    members: {},
    sourcesUsed: [],
    ...given,
  };
}

/** Returns an outcome 100 -> 102 that hit, was covered and missed the point by 1, with what is given on top. */
export function madeOutcome(given: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    code: 'A',
    baseDate: '2026-01-05',
    horizon: 1,
    actualDate: '2026-01-06',
    baseClose: 100,
    actualClose: 102,
    actualReturn: 0.02,
    actualDirection: 'up',
    directionHit: true,
    absError: 1,
    covered: true,
    members: {},
    matchedAt: new Date('2026-01-06T09:00:00Z'),
    ...given,
  };
}
