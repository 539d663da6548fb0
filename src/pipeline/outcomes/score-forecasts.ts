import type { Distribution } from '../../ensemble/index.js';
import { labelDirection, YARDSTICK } from '../../ensemble/inside.js';
import { hitRate, intervalScores, logLosses, lossSkill, pinballLosses, type Verdict } from '../../scoring/index.js';
import { DIRECTIONS } from '../../series/inside.js';
import type { OutcomeRecord, PredictionRecord } from '../../store/records.js';
import { DECILES, decilesOf } from './deciles.js';

/** A forecast and what came of it. */
export interface MatchedForecast {
  prediction: PredictionRecord;
  outcome: OutcomeRecord;
}

/** How much less a forecaster lost than the random walk, on the rows that both forecast. */
export interface Skill {
  /** 1 - loss / the random walk's loss; above 0 is better. */
  estimate: number;
  /** 95 % interval; absent where there are too few days to tell (see `lossSkill`). */
  low?: number;
  high?: number;
  verdict: Verdict;
}

/** The scores of one forecaster at one horizon. */
export interface ForecastScore {
  /** A member's name, or 'ensemble'. */
  forecaster: string;
  horizon: number;
  /** Rows scored, and the dates that they fall on: instruments of one date are not independent. */
  count: number;
  dates: number;
  /** Mean pinball loss of log returns over the levels 0.1 to 0.9, and 1 - that / the yardstick's. */
  pinball: number;
  pinballSkill: Skill;
  /** Mean interval score of the 80 % interval, in log returns. */
  intervalScore: number;
  intervalSkill: Skill;
  /** Share of closes inside the nominally 80 % interval. */
  coverage: number;
  /** Mean |ln(pointClose / actualClose)|, and 1 - that / the random walk's. */
  absError: number;
  absErrorSkill: Skill;
  /** Share of directions right, and of the commonest direction: what always naming it would have reached with hindsight. */
  hitRate: number;
  baseRate: number;
  /** 1 - misses / misses of always naming the commonest direction: better only if hits beat the base rate. */
  hitSkill: Skill;
  /** Mean -ln(probability of the direction that came), and that of the directions' own shares (with hindsight). */
  logLoss: number;
  shareLogLoss: number;
}

/**
 * Returns the scores of every member and the ensemble, by horizon, each skill beside the random walk with its 95 % interval.
 *
 * A member is scored on the rows that it forecast. Intervals come from daily means (`lossSkill`): a day's instruments move together.
 *
 * @param matched forecasts with a yardstick among the members, which is the reference; others are left out
 */
export function scoreForecasts(matched: readonly MatchedForecast[]): ForecastScore[] {
  const usable = matched.filter(({ prediction }) => prediction.members[YARDSTICK]);
  const horizons = [...new Set(usable.map(({ outcome }) => outcome.horizon))].sort((a, b) => a - b);
  return horizons.flatMap((horizon) => {
    const rows = usable.filter(({ outcome }) => outcome.horizon === horizon);
    const names = new Set(rows.flatMap(({ prediction }) => Object.keys(prediction.members)));
    return ['ensemble', ...names].flatMap((forecaster) => {
      const own = rows.flatMap((row) => scoredRow(row, forecaster) ?? []);
      return own.length === 0 ? [] : [scoreRows(own, forecaster, horizon)];
    });
  });
}

/** One forecaster's forecast of one close beside the random walk's; log returns from the base close. */
interface ScoredRow {
  date: string;
  actual: number;
  actualClass: number;
  own: Interval & { label: number; shares: number[] };
  naive: Interval;
}

interface Interval {
  point: number;
  low: number;
  high: number;
  /** At the levels 0.1 to 0.9. */
  deciles: number[];
}

function scoredRow({ prediction, outcome }: MatchedForecast, forecaster: string): ScoredRow | undefined {
  const forecast = forecaster === 'ensemble' ? prediction : prediction.members[forecaster];
  if (forecast === undefined) return undefined;
  const base = prediction.baseClose;
  return {
    date: prediction.baseDate,
    actual: Math.log(outcome.actualClose / outcome.baseClose),
    actualClass: DIRECTIONS.indexOf(outcome.actualDirection),
    own: {
      ...intervalOf(forecast, base),
      label: DIRECTIONS.indexOf(labelDirection(forecast, forecast.expectedReturn)),
      shares: [forecast.probDown, forecast.probFlat, forecast.probUp],
    },
    naive: intervalOf(prediction.members[YARDSTICK], base),
  };
}

function intervalOf(forecast: Distribution, base: number): Interval {
  const { pointClose, ciLow, ciHigh } = forecast;
  const inLogs = (price: number) => Math.log(price / base);
  return {
    point: inLogs(pointClose),
    low: inLogs(ciLow),
    high: inLogs(ciHigh),
    deciles: decilesOf(forecast).map(inLogs),
  };
}

function scoreRows(
  rows: readonly ScoredRow[],
  forecaster: ForecastScore['forecaster'],
  horizon: number,
): ForecastScore {
  const dates = rows.map(({ date }) => date);
  const outcomes = rows.map(({ actualClass }) => actualClass);
  const skillOf = (losses: ArrayLike<number>, reference: ArrayLike<number>) => skill(losses, reference, dates, horizon);
  const intervals = (pick: (row: ScoredRow) => Interval) =>
    intervalScores({
      actuals: rows.map(({ actual }) => actual),
      lows: rows.map((row) => pick(row).low),
      highs: rows.map((row) => pick(row).high),
    });
  const pinballs = (pick: (row: ScoredRow) => Interval) =>
    pinballLosses({
      actuals: rows.map(({ actual }) => actual),
      levels: DECILES,
      quantiles: rows.flatMap((row) => pick(row).deciles),
    });
  const errors = (pick: (row: ScoredRow) => Interval) => rows.map((row) => Math.abs(row.actual - pick(row).point));
  const hits = hitRate(
    rows.map(({ own }) => own.label),
    outcomes,
  );
  const shares = DIRECTIONS.map(
    (_, direction) => outcomes.filter((outcome) => outcome === direction).length / rows.length,
  );
  const commonest = shares.indexOf(Math.max(...shares));
  const ownPinball = pinballs(({ own }) => own);
  const ownIntervals = intervals(({ own }) => own);
  const ownErrors = errors(({ own }) => own);
  return {
    forecaster,
    horizon,
    count: rows.length,
    dates: new Set(dates).size,
    pinball: mean(ownPinball),
    pinballSkill: skillOf(
      ownPinball,
      pinballs(({ naive }) => naive),
    ),
    intervalScore: mean(ownIntervals),
    intervalSkill: skillOf(
      ownIntervals,
      intervals(({ naive }) => naive),
    ),
    coverage: mean(rows.map(({ actual, own }) => Number(own.low <= actual && actual <= own.high))),
    absError: mean(ownErrors),
    absErrorSkill: skillOf(
      ownErrors,
      errors(({ naive }) => naive),
    ),
    hitRate: hits.hitRate,
    baseRate: hits.baseRate,
    hitSkill: skillOf(
      rows.map(({ own, actualClass }) => Number(own.label !== actualClass)),
      outcomes.map((outcome) => Number(outcome !== commonest)),
    ),
    logLoss: mean(logLosses({ probabilities: rows.flatMap(({ own }) => own.shares), outcomes })),
    shareLogLoss: mean(logLosses({ probabilities: rows.flatMap(() => shares), outcomes })),
  };
}

function skill(
  losses: ArrayLike<number>,
  reference: ArrayLike<number>,
  dates: readonly string[],
  horizon: number,
): Skill {
  const rows = dates.map((date, i) => ({ date, loss: losses[i], reference: reference[i] }));
  const lost = mean(reference);
  // Where the reference loses nothing there is nothing to save.
  const estimate = lost > 0 ? 1 - mean(losses) / lost : 0;
  return lossSkill(rows, horizon) ?? { estimate, verdict: 'not distinguishable' };
}

function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}
