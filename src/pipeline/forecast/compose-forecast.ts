import type { MemberFailure } from '../../ensemble/index.js';
import { YARDSTICK } from '../../ensemble/inside.js';
import { ForecastError } from '../../errors.js';
import { addTradingDays, type PriceSeries, type TradingCalendar } from '../../series/index.js';
import type { Context } from '../context.js';
import type { Answers } from './ask-members.js';
import { type Forecast, readable, type Step, type Warning } from './forecast.js';
import type { WeightsReader } from './readable-weights.js';
import { warningsOf } from './warnings.js';

/** One instrument's prices, and what the members say of it. */
export interface Answered {
  code: string;
  series: PriceSeries;
  answers: Answers;
}

/** What all instruments of a batch are composed with. */
export interface Composing {
  readonly context: Context;
  readonly targetDate: TargetDate;
  readonly weightsOf: WeightsReader;
}

/** Returns the day that a forecast is for. */
export type TargetDate = (baseDate: string, horizon: number) => string;

/** Returns what looks up target dates in the calendar, each once: most instruments of a batch have the same base date. */
export function targetDates(calendar: TradingCalendar): TargetDate {
  const known = new Map<string, string>();
  return (baseDate, horizon) => {
    const key = `${baseDate} ${horizon}`;
    let date = known.get(key);
    if (date === undefined) {
      date = addTradingDays(baseDate, horizon, calendar);
      known.set(key, date);
    }
    return date;
  };
}

/**
 * Returns one instrument's forecast: reads the weights, and makes one forecast of the members' at each horizon.
 *
 * @throws ForecastError `NO_FORECAST`; whatever the store throws
 */
export async function composeForecast(
  { code, series, answers }: Answered,
  horizons: readonly number[],
  { context, targetDate, weightsOf }: Composing,
): Promise<Forecast> {
  const { clock, market, members, logger } = context;
  const { flatBand } = market;
  const baseDate = series.dates[series.length - 1];
  const baseClose = series.close[series.length - 1];
  for (const { member, horizons: failed, message } of answers.failures) {
    logger?.warn(`${code}: ${member} has no forecast`, { horizons: failed, message });
  }
  const lost: Warning[] = [];
  const steps: Step[] = [];
  const sourcesUsed = new Set<string>();
  for (const horizon of horizons) {
    const said = answers.steps.get(horizon)!;
    requireForecast(Object.keys(said), { code, horizon, context, failures: answers.failures });
    const { weights, calibration } = await weightsOf({ code, horizon, asOf: baseDate }, lost);
    const combined = context.combine({ baseClose, flatBand, weights, members: said, calibration });
    steps.push(
      readable({
        horizon,
        targetDate: targetDate(baseDate, horizon),
        ...combined,
        members: said,
        ...(calibration && { calibration }),
      }),
    );
    const sources = answers.sources.get(horizon)!;
    for (const name of Object.keys(said)) {
      if (combined.weights[name] > 0) sourcesUsed.add(sources[name]);
    }
  }
  return {
    code,
    baseDate,
    baseClose,
    issuedAt: clock(),
    horizons: [...horizons],
    steps,
    sourcesUsed: inMemberOrder(sourcesUsed, answers, members),
    failures: [...answers.failures],
    warnings: [...warningsOf(series, steps, context), ...lost],
  };
}

/** Returns the sources by the members' order, those of one member by horizon. */
function inMemberOrder(used: ReadonlySet<string>, { sources }: Answers, members: Context['members']): string[] {
  const ordered = new Set<string>();
  for (const { name } of members) {
    for (const ofMembers of sources.values()) if (used.has(ofMembers[name])) ordered.add(ofMembers[name]);
  }
  return [...ordered];
}

interface Asked {
  code: string;
  horizon: number;
  context: Context;
  failures: readonly MemberFailure[];
}

/** The yardstick alone is no forecast, unless it is all that the host asked for. */
function requireForecast(present: readonly string[], { code, horizon, context, failures }: Asked): void {
  const others = context.members.filter(({ name }) => name !== YARDSTICK);
  const wanted = others.length > 0 ? others : context.members;
  if (wanted.some(({ name }) => present.includes(name))) return;
  const causes = wanted.map(({ name }) => {
    const failure = failures.find(({ member, horizons }) => member === name && horizons.includes(horizon));
    return `${name}: ${failure?.message ?? 'nothing trained yet'}`;
  });
  const names = wanted.map(({ name }) => name).join(', ');
  throw new ForecastError(
    'NO_FORECAST',
    `predict(${code}): no member has a forecast for horizon ${horizon} (${causes.join('; ')})`,
    { field: 'members', expected: `a forecast of ${names}`, actual: present.join(', ') || 'none' },
  );
}
