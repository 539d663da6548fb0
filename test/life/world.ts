import { ForecastError } from '../../src/errors.js';
import { sessionClose, sessionOpen, us } from '../../src/markets/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { addTradingDays, type Bar } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';

/** From when to when, as true instants; the end is not in it. */
export interface Span {
  from: Date;
  to: Date;
}

/** What happens in a life. Days are sessions of the New York exchange. */
export interface Plan {
  /** Sessions of the life, oldest first. */
  days: readonly string[];
  codes: readonly string[];
  /** An instrument that is not watched, and that users ask for. */
  asked: string;
  horizons: readonly number[];
  /** No process is up. */
  down: readonly Span[];
  /** The price source fails. */
  outages: readonly Span[];
  /** By how much the machine's clock is off meanwhile. */
  clocks: readonly (Span & { offMs: number })[];
  /** The exchange stays shut, which no calendar knew. */
  shut: string;
  /** First and last day without trade, written as a bar of zeros with the last close. */
  halts: readonly { code: string; from: string; to: string }[];
  /** From that morning on every bar before the day is divided by the ratio. */
  splits: readonly { code: string; day: string; ratio: number }[];
  /** Last day with a bar, and the day from which on the source knows the code no more. */
  delisted: readonly { code: string; last: string; forgotten: string }[];
  /** The close of a day comes times the factor until the morning of another. */
  corrections: readonly { code: string; day: string; factor: number; mended: string }[];
}

/** Minutes after the close at which the source has the bar. */
const SETTLED_MS = 10 * 60_000;
const HISTORY = 300;

/** What the instruments really did, and what the source showed of it at any time. */
export interface World extends PriceSource {
  /** Returns the close that the source showed for the day at a true instant, undefined where it showed no bar. */
  closeAt(code: string, day: string, at: Date): number | undefined;
  /** Returns the newest day with a bar of the instrument, as shown at a true instant. */
  newestDay(code: string, at: Date): string | undefined;
  isDown(at: Date): boolean;
  /** Returns the n-th day after a day on which the exchange was really open. */
  sessionAfter(day: string, n: number): string;
}

/** Returns the world of a plan; `now` says the true time. */
export function createWorld(plan: Plan, now: () => Date): World {
  const first = addTradingDays(plan.days[0], -HISTORY, us.calendar);
  const last = plan.days[plan.days.length - 1];
  const sessions: string[] = [];
  for (let day = first; day <= last; day = addTradingDays(day, 1, us.calendar))
    if (day !== plan.shut) sessions.push(day);
  const place = new Map(sessions.map((day, i) => [day, i]));
  const shownFrom = sessions.map((day) => sessionClose(us, day).getTime() + SETTLED_MS);
  const bars = new Map(
    [...plan.codes, plan.asked].map((code, i) => [
      code,
      walk(sessions, { seed: i + 1, sigma: 0.006 + 0.0015 * (i % 10) }),
    ]),
  );
  const of = <T extends { code: string }>(list: readonly T[], code: string) => list.filter((one) => one.code === code);
  const isHalted = (code: string, day: string) => of(plan.halts, code).some(({ from, to }) => from <= day && day <= to);
  const opening = new Map<string, number>();
  const morningOf = (day: string) => {
    if (!opening.has(day)) opening.set(day, sessionOpen(us, day).getTime());
    return opening.get(day)!;
  };

  /** Returns how many bars the source has of the instrument. */
  const lengthAt = (code: string, at: Date): number => {
    let low = 0;
    let high = sessions.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (shownFrom[middle] <= at.getTime()) low = middle + 1;
      else high = middle;
    }
    const [gone] = of(plan.delisted, code);
    return gone === undefined ? low : Math.min(low, place.get(gone.last)! + 1);
  };

  /** Returns a bar as the source shows it. */
  const shown = (code: string, row: number, at: Date): Bar => {
    const bar = bars.get(code)![row];
    let scale = 1;
    for (const { day, ratio } of of(plan.splits, code))
      if (bar.date < day && at.getTime() < morningOf(day)) scale *= ratio;
    const scaled = {
      ...bar,
      open: bar.open * scale,
      high: bar.high * scale,
      low: bar.low * scale,
      close: bar.close * scale,
    };
    const wrong = of(plan.corrections, code).find(
      ({ day, mended }) => day === bar.date && at.getTime() < morningOf(mended),
    );
    if (wrong !== undefined) {
      scaled.close *= wrong.factor;
      scaled.high = Math.max(scaled.high, scaled.close);
      scaled.low = Math.min(scaled.low, scaled.close);
    }
    return isHalted(code, bar.date) ? { ...scaled, open: 0, high: 0, low: 0, volume: 0 } : scaled;
  };

  return {
    async getBars(code, { from = '', to = '9999-12-31', limit = Number.POSITIVE_INFINITY }) {
      const at = now();
      if (plan.outages.some((span) => isIn(span, at))) throw new Error('ECONNREFUSED');
      const gone = of(plan.delisted, code).some(({ forgotten }) => at.getTime() >= morningOf(forgotten));
      if (!bars.has(code) || gone) throw new ForecastError('UNKNOWN_CODE', `no ${code}`);
      const found: Bar[] = [];
      for (let row = lengthAt(code, at) - 1; row >= 0 && found.length < limit && sessions[row] >= from; row--) {
        if (sessions[row] <= to) found.push(shown(code, row, at));
      }
      return found.reverse();
    },
    closeAt(code, day, at) {
      const row = place.get(day);
      if (row === undefined || row >= lengthAt(code, at) || isHalted(code, day)) return undefined;
      return shown(code, row, at).close;
    },
    newestDay(code, at) {
      for (let row = lengthAt(code, at) - 1; row >= 0; row--) if (!isHalted(code, sessions[row])) return sessions[row];
      return undefined;
    },
    isDown: (at) => plan.outages.some((span) => isIn(span, at)),
    sessionAfter: (day, n) => sessions[place.get(day)! + n],
  };
}

/** Returns whether the instant lies within the span. */
export function isIn({ from, to }: Span, at: Date): boolean {
  return from <= at && at < to;
}

function walk(sessions: readonly string[], { seed, sigma }: { seed: number; sigma: number }): Bar[] {
  const random = createRandom(seed);
  let close = 20 + 10 * seed;
  return sessions.map((date) => {
    const open = close * Math.exp(0.3 * sigma * random.normal());
    close *= Math.exp(sigma * random.normal());
    const high = Math.max(open, close) * Math.exp(0.3 * sigma * Math.abs(random.normal()));
    const low = Math.min(open, close) * Math.exp(-0.3 * sigma * Math.abs(random.normal()));
    return { date, open, high, low, close, volume: Math.round(1e6 * Math.exp(0.4 * random.normal())) };
  });
}
