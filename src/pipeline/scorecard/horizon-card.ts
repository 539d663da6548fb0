import { YARDSTICK } from '../../ensemble/inside.js';
import { DIRECTIONS } from '../../series/inside.js';
import { groupBy, quantile } from '../../stats/index.js';
import { type ForecastScore, type MatchedForecast, scoreForecasts } from '../outcomes/score-forecasts.js';
import { type HeldRow, type MeasuredShare, type MeasuredSkill, measuredShare, measuredSkill } from './measured.js';
import type { IssuedForecastState } from './read-record.js';

/** Base dates that count as "lately". */
const LATELY_DATES = 20;

/** Rows below which a bucket shows its count alone. */
const LEAST_IN_BUCKET = 20;

/** Forecast shares in a stretch (from, to] beside how often the direction came. */
export interface CalibrationBucket {
  from: number;
  to: number;
  count: number;
  /** Mean of the shares forecast; absent below 20 rows, as is `came`. */
  forecast?: number;
  came?: MeasuredShare;
}

/** What one member earned. */
export interface MemberEarning {
  member: string;
  /** The weight that it had in the window's forecasts, `count` of them: mean, least and largest. */
  weight: { mean: number; least: number; largest: number; count: number };
  /** Pinball loss beside the yardstick's; absent for the yardstick itself and where nothing was matched. */
  skill?: MeasuredSkill;
}

/** What the forecasts of one horizon are worth. */
export interface HorizonCard {
  horizon: number;
  issued: number;
  matched: number;
  /** Matched rows that have no yardstick to be held against. */
  withoutYardstick: number;
  /** The ensemble beside the yardstick, by pinball loss, score of the 80 % interval, and error of the point; absent without rows. */
  skill?: { pinball: MeasuredSkill; interval: MeasuredSkill; point: MeasuredSkill };
  /** Share of closes inside the nominally 80 % interval: overall; in thirds by the yardstick's width when issued; of the newest 20 dates. */
  coverage: {
    nominal: 0.8;
    overall?: MeasuredShare;
    calm?: MeasuredShare;
    middle?: MeasuredShare;
    wild?: MeasuredShare;
    lately?: MeasuredShare;
  };
  /** Buckets without a row are left out. */
  calibration: { up: CalibrationBucket[]; flat: CalibrationBucket[]; down: CalibrationBucket[] };
  /** Directions right, the commonest direction's share with hindsight, and 1 - misses / misses of always naming that one. */
  direction?: { hitRate: MeasuredShare; baseRate: MeasuredShare; skill: MeasuredSkill };
  members: MemberEarning[];
}

/** Returns the card of one horizon. */
export function horizonCard(
  horizon: number,
  issued: readonly IssuedForecastState[],
  matched: readonly MatchedForecast[],
): HorizonCard {
  const scored = matched.filter(({ prediction }) => prediction.members[YARDSTICK]);
  const scores = scoreForecasts(scored);
  const ensemble = scores.find(({ forecaster }) => forecaster === 'ensemble');
  return {
    horizon,
    issued: issued.length,
    matched: matched.length,
    withoutYardstick: matched.length - scored.length,
    ...(ensemble && { skill: skillsOf(ensemble) }),
    coverage: coverageOf(scored, horizon),
    calibration: {
      up: buckets(matched, 'up', horizon),
      flat: buckets(matched, 'flat', horizon),
      down: buckets(matched, 'down', horizon),
    },
    ...(ensemble && { direction: directionOf(scored, ensemble) }),
    members: earnings(issued, scores),
  };
}

function skillsOf(score: ForecastScore): NonNullable<HorizonCard['skill']> {
  return {
    pinball: measuredSkill(score.pinballSkill, score),
    interval: measuredSkill(score.intervalSkill, score),
    point: measuredSkill(score.absErrorSkill, score),
  };
}

function coverageOf(scored: readonly MatchedForecast[], horizon: number): HorizonCard['coverage'] {
  const coverage: HorizonCard['coverage'] = { nominal: 0.8 };
  if (scored.length === 0) return coverage;
  const widths = scored.map(({ prediction }) => {
    const { ciLow, ciHigh } = prediction.members[YARDSTICK];
    return Math.log(ciHigh / ciLow);
  });
  const cuts = [quantile(widths, 1 / 3), quantile(widths, 2 / 3)];
  const third = (i: number) => (widths[i] <= cuts[0] ? 0 : widths[i] <= cuts[1] ? 1 : 2);
  const held = scored.map(heldOf);
  const newest = [...new Set(held.map(({ date }) => date))].sort().slice(-LATELY_DATES);
  const parts = {
    overall: held,
    calm: held.filter((_, i) => third(i) === 0),
    middle: held.filter((_, i) => third(i) === 1),
    wild: held.filter((_, i) => third(i) === 2),
    lately: held.filter(({ date }) => date >= newest[0]),
  };
  for (const [name, rows] of Object.entries(parts) as [keyof typeof parts, HeldRow[]][]) {
    const share = measuredShare(rows, horizon);
    if (share !== undefined) coverage[name] = share;
  }
  return coverage;
}

/** Returns whether the interval held, as the outcome says: rescaled to the matching fetch's base close. */
export function heldOf({ prediction, outcome }: MatchedForecast): HeldRow {
  return { date: prediction.baseDate, held: outcome.covered };
}

const FIELDS = { up: 'probUp', flat: 'probFlat', down: 'probDown' } as const;

function buckets(
  matched: readonly MatchedForecast[],
  direction: 'up' | 'flat' | 'down',
  horizon: number,
): CalibrationBucket[] {
  const field = FIELDS[direction];
  const tenth = ({ prediction }: MatchedForecast) => Math.min(9, Math.max(0, Math.ceil(prediction[field] * 10) - 1));
  return [...groupBy(matched, tenth)]
    .sort(([a], [b]) => a - b)
    .map(([bin, rows]) => {
      const bucket = { from: bin / 10, to: (bin + 1) / 10, count: rows.length };
      if (rows.length < LEAST_IN_BUCKET) return bucket;
      const forecast = rows.reduce((sum, { prediction }) => sum + prediction[field], 0) / rows.length;
      const held = rows.map(({ prediction, outcome }) => ({
        date: prediction.baseDate,
        held: outcome.actualDirection === direction,
      }));
      const came = measuredShare(held, horizon);
      return { ...bucket, forecast, ...(came && { came }) };
    });
}

function directionOf(scored: readonly MatchedForecast[], score: ForecastScore): NonNullable<HorizonCard['direction']> {
  const count = (direction: string) => scored.filter(({ outcome }) => outcome.actualDirection === direction).length;
  const commonest = DIRECTIONS.reduce((best, direction) => (count(direction) > count(best) ? direction : best));
  const share = (holds: (row: MatchedForecast) => boolean) =>
    measuredShare(
      scored.map((row) => ({ date: row.prediction.baseDate, held: holds(row) })),
      score.horizon,
    )!;
  return {
    hitRate: share(({ outcome }) => outcome.directionHit),
    baseRate: share(({ outcome }) => outcome.actualDirection === commonest),
    skill: measuredSkill(score.hitSkill, score),
  };
}

function earnings(issued: readonly IssuedForecastState[], scores: readonly ForecastScore[]): MemberEarning[] {
  const weights = new Map<string, number[]>();
  for (const forecast of issued) {
    for (const [member, weight] of Object.entries(forecast.weights)) {
      const shares = weights.get(member);
      if (shares === undefined) weights.set(member, [weight]);
      else shares.push(weight);
    }
  }
  return [...weights].map(([member, shares]) => {
    const score = scores.find(({ forecaster }) => forecaster === member);
    return {
      member,
      weight: {
        mean: shares.reduce((sum, share) => sum + share, 0) / shares.length,
        least: shares.reduce((least, share) => Math.min(least, share), 1),
        largest: shares.reduce((largest, share) => Math.max(largest, share), 0),
        count: shares.length,
      },
      ...(score && member !== YARDSTICK && { skill: measuredSkill(score.pinballSkill, score) }),
    };
  });
}
