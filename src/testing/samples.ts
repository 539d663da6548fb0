import type { Bar } from '../series/index.js';
import type {
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  WeightsRecord,
} from '../store/records.js';

/** Returns the key of a prediction or an outcome. */
export const keyOf = ({ code, baseDate, horizon }: PredictionKey): PredictionKey => ({ code, baseDate, horizon });

/** Returns a complete prediction record, with the given fields instead of its own. */
export function samplePrediction(fields: Partial<PredictionRecord> = {}): PredictionRecord {
  return {
    code: '005930',
    baseDate: '2024-03-08',
    horizon: 1,
    targetDate: '9999-12-30',
    issue: 'close',
    issuedAt: new Date('2024-03-08T07:00:00.123Z'),
    baseClose: 73_300,
    pointClose: 73_541.25,
    ciLow: 72_100.5,
    ciHigh: 74_980.75,
    levels: [0.1, 0.5, 0.9],
    quantiles: [72_100.5, 73_541.25, 74_980.75],
    probUp: 0.45,
    probFlat: 0.3,
    probDown: 0.25,
    direction: 'up',
    expectedReturn: 0.1 + 0.2,
    userTriggered: false,
    weights: { chronos: 0.6, my_model: 0.4, naive: 0 },
    calibration: { low: 1.1, high: 0.9 },
    members: {
      chronos: {
        pointClose: 73_500,
        ciLow: 72_000,
        ciHigh: 75_000,
        probUp: 0.4,
        probFlat: 0.3,
        probDown: 0.3,
        levels: [0.1, 0.5, 0.9],
        quantiles: [72_000, 73_500, 75_000],
        direction: 'up',
        expectedReturn: 73_500 / 73_300 - 1,
      },
      my_model: {
        pointClose: 73_600,
        ciLow: 71_392,
        ciHigh: 75_808,
        probUp: 0.5,
        probFlat: 0.3,
        probDown: 0.2,
        levels: [0.05, 0.1, 0.9],
        quantiles: [70_000.125, 71_392, 75_808],
        direction: 'up',
        expectedReturn: 73_600 / 73_300 - 1,
      },
    },
    sourcesUsed: ['chronos', 'my_model'],
    ...fields,
  };
}

/** Returns the fields of a forecast that is sure of one price: for samples that must differ. */
export function sureOf(
  price: number,
): Pick<PredictionRecord, 'pointClose' | 'ciLow' | 'ciHigh' | 'levels' | 'quantiles'> {
  return { pointClose: price, ciLow: price, ciHigh: price, levels: [0.1, 0.9], quantiles: [price, price] };
}

/** Returns an outcome record of the sample prediction, with the given fields instead of its own. */
export function sampleOutcome(fields: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    code: '005930',
    baseDate: '2024-03-08',
    horizon: 1,
    actualDate: '2024-03-11',
    baseClose: 73_300,
    actualClose: 72_400,
    actualReturn: 72_400 / 73_300 - 1,
    actualDirection: 'down',
    directionHit: false,
    absError: 1141.25,
    covered: true,
    members: {
      chronos: { absError: 1100, covered: true, directionHit: false, logLoss: 1.2039728043259361, pinball: 1 / 300 },
      my_model: { absError: 1200, covered: true, directionHit: false, logLoss: 1.6094379124341003 },
    },
    matchedAt: new Date('2024-03-11T07:30:00.456Z'),
    ...fields,
  };
}

/** Returns a weights record, with the given fields instead of its own. */
export function sampleWeights(fields: Partial<WeightsRecord> = {}): WeightsRecord {
  return {
    code: '005930',
    horizon: 1,
    asOf: '2024-03-08',
    weights: { chronos: 0.55, my_model: 0.35, naive: 0.1 },
    hitRates: { chronos: 0.52, my_model: 0.49, naive: 1 / 3, ensemble: 0.53 },
    calibration: { low: 1.05, high: 0.97 },
    sampleCount: 60,
    ...fields,
  };
}

/** Returns a performance record, with the given fields instead of its own. */
export function samplePerformance(fields: Partial<PerformanceRecord> = {}): PerformanceRecord {
  return {
    code: '005930',
    horizon: 1,
    asOf: '2024-03-08',
    windowDays: 30,
    sampleCount: 21,
    hitRate: 11 / 21,
    baseRate: 10 / 21,
    meanAbsError: 0.0123,
    naiveMeanAbsError: 0.0131,
    coverage: 17 / 21,
    ...fields,
  };
}

/** Returns bars of the given dates whose prices differ from day to day; no two fields are equal. */
export function sampleBars(dates: readonly string[], close = 100): Bar[] {
  return dates.map((date, index) => {
    const price = close * (1 + 0.1 * Math.sin(index + 1));
    return { date, open: price * 0.999, high: price * 1.02, low: price * 0.97, close: price, volume: 1000 + index };
  });
}
