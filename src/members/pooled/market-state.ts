import { mean } from '../../stats/index.js';
import type { OwnHistory } from './own-inputs.js';

/**
 * What the linear regression sees of the market, over its reference instruments. `market_shock_n`: their mean shock over n days; `market_fall_1`: the
 * same where it is below 0; `market_volatility`: ln(mean square of their mean return over 22 days / over 120); `market_scatter`: the spread of a day's
 * shocks; `market_range_n` and `market_spread_n`: mean and spread of ln(range variance of n days / the usual one).
 */
export const MARKET_INPUTS: readonly string[] = [
  ...['market_shock_1', 'market_fall_1', 'market_shock_5', 'market_volatility', 'market_scatter'],
  ...['market_range_1', 'market_range_5', 'market_range_22', 'market_spread_1', 'market_spread_5', 'market_spread_22'],
];

/** Where in a state, behind the inputs, the references' mean close location stands: see `closeLocations`. */
export const MARKET_LOCATION = MARKET_INPUTS.length;

/** Places in an instrument's levels of 1, 5 and 22 days. */
const LEVELS = [0, 1, 2];

/** The first bars of a series, whose averages are not warm yet, do not speak for the market. */
const WARM_UP_BARS = 60;
const SHORT_DAYS = 22;
const LONG_DAYS = 120;

/** An instrument that the market's state is made of. */
export interface MarketReference {
  readonly dates: readonly string[];
  readonly close: Float64Array;
  readonly history: OwnHistory;
  readonly location: Float64Array;
}

/** The market's inputs by date, each [MARKET_INPUTS], and behind them its mean close location; none for a date on which fewer than half of the references have a bar. */
export type MarketStates = ReadonlyMap<string, Float64Array>;

interface Day {
  shocks: number[];
  returns: number[];
  levels: number[][];
  locations: number[];
}

/**
 * Returns the market's state on every date, from the references' bars up to it alone.
 *
 * @param expected how many references there should be; default all that are given
 */
export function marketStates(references: readonly MarketReference[], expected = references.length): MarketStates {
  const days = new Map<string, Day>();
  for (const { dates, close, history, location } of references) {
    for (let t = WARM_UP_BARS; t < dates.length; t++) {
      let day = days.get(dates[t]);
      if (day === undefined) {
        day = { shocks: [], returns: [], levels: LEVELS.map(() => []), locations: [] };
        days.set(dates[t], day);
      }
      day.shocks.push(history.shocks[t]);
      day.returns.push(Math.log(close[t] / close[t - 1]));
      day.locations.push(location[t]);
      for (const k of LEVELS) day.levels[k].push(history.levels[k][t] - history.usual[t]);
    }
  }
  const states = new Map<string, Float64Array>();
  const squares: number[] = [];
  const shocks: number[] = [];
  for (const date of [...days.keys()].sort()) {
    const day = days.get(date)!;
    if (day.shocks.length < expected / 2) continue;
    const shock = mean(day.shocks);
    shocks.push(shock);
    squares.push(mean(day.returns) ** 2);
    const [short, long] = [SHORT_DAYS, LONG_DAYS].map((span) => mean(squares.slice(-span)));
    states.set(
      date,
      Float64Array.from([
        shock,
        Math.min(0, shock),
        mean(shocks.slice(-5)),
        long > 0 ? Math.log(Math.max(short / long, 0.01)) : 0,
        deviation(day.shocks),
        ...day.levels.map(mean),
        ...day.levels.map(deviation),
        mean(day.locations),
      ]),
    );
  }
  return states;
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
