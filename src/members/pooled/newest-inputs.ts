import type { PriceSeries } from '../../series/index.js';
import { MARKET_INPUTS } from './market-state.js';
import { OWN_INPUTS, ownInputs } from './own-inputs.js';
import { instrumentHistory } from './pooled-rows.js';
import type { RequestMarket } from './request-market.js';

/** What a linear regression sees of an instrument's newest bar itself, by name, and the bar's volatility. */
export interface NewestInputs {
  readonly date: string;
  readonly sigma: number;
  /** Where the close lay in the day's range. */
  readonly location: number;
  readonly values: ReadonlyMap<string, number>;
}

/** Returns what a linear regression sees of the newest bar. */
export function newestInputs(series: PriceSeries): NewestInputs {
  const last = series.length - 1;
  const { sigma, history, location } = instrumentHistory(series, { from: last });
  const row = ownInputs(history, sigma, { from: last });
  return {
    date: series.dates[last],
    sigma: sigma[last],
    location: location[last],
    values: new Map(OWN_INPUTS.map((name, k) => [name, row[k]])),
  };
}

/** Returns the named inputs, NaN for those of a market that has no state on the day, which the notes then tell. */
export function inputsNamed(
  names: readonly string[],
  { date, values }: NewestInputs,
  market: RequestMarket | undefined,
): { values: Float64Array; notes: readonly string[] } {
  const state = market?.states.get(date);
  const notes = market === undefined ? [] : [...market.notes];
  if (market !== undefined && state === undefined) {
    notes.push(`market left out: fewer than half of its reference instruments have a bar of ${date}`);
  }
  return {
    notes,
    values: Float64Array.from(names, (name) => values.get(name) ?? state?.[MARKET_INPUTS.indexOf(name)] ?? Number.NaN),
  };
}
