import { YARDSTICK } from '../../ensemble/inside.js';
import { invalid, refuseUnknown } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { parseEpochDay } from '../../series/inside.js';
import { groupBy } from '../../stats/index.js';
import type { PredictionVoid } from '../../store/records.js';
import { checkCodes, checkHorizons } from '../check-request.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireStoring } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { type HorizonCard, horizonCard } from './horizon-card.js';
import { type IssuedForecastState, readRecord } from './read-record.js';
import { type WeekChange, weekChange } from './week-change.js';

export interface ScorecardOptions extends CallOptions {
  /** Only these instruments; default all. */
  codes?: readonly string[] | undefined;
  /** First base date, 'YYYY-MM-DD'; default a year before `to`. */
  from?: string | undefined;
  /** Last base date, and the day whose evening the record is seen from; default today. */
  to?: string | undefined;
  /** Only these; default all. */
  horizons?: readonly number[] | undefined;
}

const KEYS = [...CALL_OPTIONS, 'codes', 'from', 'to', 'horizons'];

/** What a record of forecasts is worth. Every share and skill has its count and its 95 % interval, or is absent. */
export interface Scorecard {
  from: string;
  to: string;
  /** The member that the others are held against. */
  yardstick: string;
  /** Forecasts by what had become of them on the last day; issued = matched + waiting + overdue + void. */
  issued: number;
  matched: number;
  /** Their day has not come. */
  waiting: number;
  /** Their day has come, and no close has been met yet. */
  overdue: number;
  /** They can never be matched, by reason. */
  void: Record<PredictionVoid['reason'], number>;
  /** Rows of the store that cannot be read back. */
  unreadable: number;
  /** The first and the last base date, and the newest close that was met; absent without any. */
  firstBaseDate?: string;
  lastBaseDate?: string;
  newestClose?: string;
  /** By horizon, ascending. */
  horizons: HorizonCard[];
  /** What is new since seven days before `to`. */
  sinceLastWeek: WeekChange;
}

/**
 * Returns what the stored forecasts of a window are worth: how many were issued, matched, wait or are void; skill beside the yardstick; coverage;
 * calibration and hits of directions; what each member earned; what is new since last week.
 *
 * The window is seen from the evening of its last day: later closes, voids and forecasts do not change it.
 *
 * @throws ForecastError `INVALID_DATE`, `INVALID_ARGUMENT`, `INVALID_HORIZON` for the call; whatever the store throws; the signal's reason
 * @example
 * const card = await scorecard(context, { codes: ['005930'], from: '2026-01-01', to: '2026-06-30' });
 * card.horizons[0].skill?.pinball.verdict; // 'better', 'worse', 'not distinguishable' or 'too few days'
 */
export async function scorecard(context: Context, options: ScorecardOptions = {}): Promise<Scorecard> {
  const where = 'scorecard';
  const storing = requireStoring(where, context, options);
  refuseUnknown(where, options, KEYS);
  const to = checkDay('to', options.to ?? todayOf(storing));
  const from = checkDay('from', options.from ?? fromEpochDay(toEpochDay(to) - 365));
  if (from > to) throw invalid('INVALID_ARGUMENT', where, 'from', `a day up to ${to}`, from);
  const record = await readRecord(storing, {
    codes: options.codes && checkCodes(where, options.codes),
    horizons: options.horizons && checkHorizons(where, options.horizons),
    from,
    to,
    signal: options.signal,
  });
  const { issued, matched, unreadable } = record;
  const byHorizon = groupBy(matched, ({ outcome }) => outcome.horizon);
  const horizons = [...groupBy(issued, ({ horizon }) => horizon)]
    .sort(([a], [b]) => a - b)
    .map(([horizon, forecasts]) => horizonCard(horizon, forecasts, byHorizon.get(horizon) ?? []));
  const stateCount = (state: IssuedForecastState['state']) => issued.filter((row) => row.state === state).length;
  return {
    from,
    to,
    yardstick: YARDSTICK,
    issued: issued.length,
    matched: stateCount('matched'),
    waiting: stateCount('waiting'),
    overdue: stateCount('overdue'),
    void: {
      'no-base': stateCount('no-base'),
      'no-close': stateCount('no-close'),
      'unknown-code': stateCount('unknown-code'),
    },
    unreadable,
    ...edges(
      issued.map(({ baseDate }) => baseDate),
      matched.map(({ outcome }) => outcome.actualDate),
    ),
    horizons,
    sinceLastWeek: weekChange(record, to),
  };
}

function checkDay(field: string, day: string): string {
  if (parseEpochDay(day) !== undefined) return day;
  throw invalid('INVALID_DATE', 'scorecard', field, "an existing day 'YYYY-MM-DD'", day);
}

/** Rows run by base date; the days of the closes do not. */
function edges(
  baseDates: readonly string[],
  closes: readonly string[],
): Pick<Scorecard, 'firstBaseDate' | 'lastBaseDate' | 'newestClose'> {
  if (baseDates.length === 0) return {};
  const newestClose = closes.reduce((newest, day) => (day > newest ? day : newest), '');
  return {
    firstBaseDate: baseDates[0],
    lastBaseDate: baseDates[baseDates.length - 1],
    ...(newestClose !== '' && { newestClose }),
  };
}
