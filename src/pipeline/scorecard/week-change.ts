import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { groupBy } from '../../stats/index.js';
import { type MatchedForecast, scoreForecasts } from '../outcomes/score-forecasts.js';
import { heldOf } from './horizon-card.js';
import { type MeasuredShare, type MeasuredSkill, measuredShare, measuredSkill } from './measured.js';
import type { IssuedForecastState, TrackRecord } from './read-record.js';

/** What a week added. */
export interface WeekChange {
  /** The evening that it is compared with, seven days before the last one. */
  since: string;
  /** New ones. */
  issued: number;
  matched: number;
  void: number;
  horizons: {
    horizon: number;
    /** Coverage of the closes met in the week. */
    coverage?: MeasuredShare;
    /** The ensemble's pinball skill on all that was matched, then and now. */
    skillBefore?: MeasuredSkill;
    skillNow?: MeasuredSkill;
    /** Mean weight in the forecasts of the week before and of this week, with how many those are. */
    weights: { member: string; before?: CountedMean; now?: CountedMean }[];
  }[];
}

/** A mean of weights in force. */
export interface CountedMean {
  mean: number;
  count: number;
}

/** Returns what is new on `to` beside seven days before. */
export function weekChange({ issued, matched }: TrackRecord, to: string): WeekChange {
  const since = fromEpochDay(toEpochDay(to) - 7);
  const before = fromEpochDay(toEpochDay(to) - 14);
  const settled = issued.filter((row) => row.settled !== undefined && row.settled > since);
  const isNew = ({ outcome }: MatchedForecast) => outcome.actualDate > since;
  const byHorizon = groupBy(matched, ({ outcome }) => outcome.horizon);
  return {
    since,
    issued: issued.filter(({ baseDate }) => baseDate > since).length,
    matched: settled.filter(({ state }) => state === 'matched').length,
    void: settled.filter(({ state }) => state !== 'matched').length,
    horizons: [...groupBy(issued, ({ horizon }) => horizon)]
      .sort(([a], [b]) => a - b)
      .map(([horizon, forecasts]) => {
        const rows = byHorizon.get(horizon) ?? [];
        const coverage = measuredShare(rows.filter(isNew).map(heldOf), horizon);
        const skillBefore = pinballSkill(rows.filter((row) => !isNew(row)));
        const skillNow = pinballSkill(rows);
        const earlier = meanWeights(forecasts.filter(({ baseDate }) => baseDate > before && baseDate <= since));
        const now = meanWeights(forecasts.filter(({ baseDate }) => baseDate > since));
        const members = [...new Set([...earlier.keys(), ...now.keys()])];
        return {
          horizon,
          ...(coverage && { coverage }),
          ...(skillBefore && { skillBefore }),
          ...(skillNow && { skillNow }),
          weights: members.map((member) => ({
            member,
            ...(earlier.has(member) && { before: earlier.get(member)! }),
            ...(now.has(member) && { now: now.get(member)! }),
          })),
        };
      }),
  };
}

function pinballSkill(rows: readonly MatchedForecast[]): MeasuredSkill | undefined {
  const score = scoreForecasts(rows).find(({ forecaster }) => forecaster === 'ensemble');
  return score && measuredSkill(score.pinballSkill, score);
}

function meanWeights(forecasts: readonly IssuedForecastState[]): Map<string, CountedMean> {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { weights } of forecasts) {
    for (const [member, weight] of Object.entries(weights)) {
      const known = sums.get(member) ?? { sum: 0, count: 0 };
      sums.set(member, { sum: known.sum + weight, count: known.count + 1 });
    }
  }
  return new Map([...sums].map(([member, { sum, count }]) => [member, { mean: sum / count, count }]));
}
