import { everyDay, krx, us } from '../../src/markets/index.js';
import type { Bar } from '../../src/series/index.js';
import { addTradingDays, fromEpochDay, toEpochDay } from '../../src/series/index.js';
import { createRandom } from '../../src/stats/index.js';

/** The series that the page brings along. All are made up: prices of exchanges may not be handed on. */
export type SimulatedName = 'stock-krw' | 'stock-usd' | 'coin-usd';

interface Recipe {
  readonly seed: number;
  readonly bars: number;
  readonly start: number;
  /** The smallest step of a price. */
  readonly tick: number;
  /** Standard deviation of the daily log return in the long run. */
  readonly volatility: number;
  readonly last: string;
  readonly calendar: typeof krx.calendar;
}

const RECIPES: Record<SimulatedName, Recipe> = {
  'stock-krw': {
    seed: 7,
    bars: 1500,
    start: 62_000,
    tick: 100,
    volatility: 0.019,
    last: '2026-11-20',
    calendar: krx.calendar,
  },
  'stock-usd': {
    seed: 21,
    bars: 1500,
    start: 84,
    tick: 0.01,
    volatility: 0.014,
    last: '2026-11-20',
    calendar: us.calendar,
  },
  'coin-usd': {
    seed: 5,
    bars: 1500,
    start: 1900,
    tick: 0.01,
    volatility: 0.034,
    last: '2026-11-20',
    calendar: everyDay.calendar,
  },
};

/** Steps within a day, from which open, high, low and close are read. */
const STEPS = 12;

/**
 * Returns the bars of a made-up instrument, the same on every call: a random walk without any drift to be found, whose log variance
 * wanders (a slow and a fast autoregression), so that the width of tomorrow's distribution can be forecast and its centre cannot.
 */
export function simulatedBars(name: SimulatedName): Bar[] {
  const { seed, bars: count, start, tick, volatility, last, calendar } = RECIPES[name];
  const random = createRandom(seed);
  const dates = tradingDaysUntil(last, count, calendar);
  let [slow, fast, price] = [0, 0, start];
  return dates.map((date) => {
    slow = 0.985 * slow + 0.09 * random.normal();
    fast = 0.75 * fast + 0.3 * random.normal();
    const sigma = volatility * Math.exp(slow + fast - 0.25);
    const close = price;
    const path = [close * Math.exp(0.35 * sigma * random.normal())];
    for (let step = 1; step <= STEPS; step++) {
      path.push(path[step - 1] * Math.exp((0.94 * sigma * random.normal()) / Math.sqrt(STEPS)));
    }
    price = path[STEPS];
    const round = (value: number) => Math.max(tick, Number((Math.round(value / tick) * tick).toFixed(2)));
    return {
      date,
      open: round(path[0]),
      high: round(Math.max(...path)),
      low: round(Math.min(...path)),
      close: round(price),
      volume: Math.round(1e6 * Math.exp(slow + fast + 0.3 * random.normal())),
    };
  });
}

function tradingDaysUntil(last: string, count: number, calendar: Recipe['calendar']): string[] {
  const dates: string[] = [];
  let day = toEpochDay(addTradingDays(last, -1, calendar)) + 1;
  for (; dates.length < count; day--) {
    const date = fromEpochDay(day);
    if (calendar.isTradingDay(date)) dates.push(date);
  }
  return dates.reverse();
}
