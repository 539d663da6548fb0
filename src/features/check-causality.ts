import { ForecastError } from '../errors.js';
import { type PriceSeries, sliceSeries } from '../series/index.js';
import { computeColumn } from './compute-column.js';
import { deriveFrom, type Feature } from './feature.js';

/** Where a feature changed a row once later bars were known. */
export interface CausalityViolation {
  row: number;
  date: string;
  /** How many bars the shorter history had. */
  bars: number;
  /** The row's value with only those bars, and with the whole series. */
  without: number;
  withLater: number;
}

/** What the two values may differ by, relatively: summing in another order is no look-ahead. */
const TOLERANCE = 1e-9;

/**
 * Returns the first row that a feature computes differently when later bars exist, undefined if there is none.
 *
 * The feature is computed on the whole series and on histories cut short (one, two and three bars before the end, and at about
 * nine, seven and five tenths of it); every row that both have must be the same, NaN with NaN, else within 1e-9 relatively.
 * This catches reads of later bars, centred windows and scaling by the whole sample. It is a test on the prices at hand: what
 * they don't show (a look ahead whose result happens to be equal) it can't see.
 */
export function checkCausality(feature: Feature, series: PriceSeries): CausalityViolation | undefined {
  const whole = computeColumn(feature, series, deriveFrom(series));
  for (const bars of cutsOf(series.length)) {
    const history = sliceSeries(series, 0, bars);
    const short = computeColumn(feature, history, deriveFrom(history));
    for (let row = bars - 1; row >= 0; row--) {
      if (!agree(short[row], whole[row])) {
        return { row, date: series.dates[row], bars, without: short[row], withLater: whole[row] };
      }
    }
  }
  return undefined;
}

/**
 * Returns nothing if a feature is causal on this series, as far as `checkCausality` can see.
 *
 * @throws ForecastError `LOOKAHEAD` with the row, its date and both values
 */
export function refuseLookahead(feature: Feature, series: PriceSeries): void {
  const found = checkCausality(feature, series);
  if (found === undefined) return;
  const expected = `${found.without}, what it is with the first ${found.bars} bars alone`;
  const actual = `${found.withLater} once later bars are known`;
  throw new ForecastError(
    'LOOKAHEAD',
    `buildFeatures: feature ${feature.name} at row ${found.row} (${found.date}) must be ${expected}, got ${actual}`,
    { field: feature.name, expected, actual },
  );
}

function cutsOf(length: number): number[] {
  const cuts = [length - 1, length - 2, length - 3, ...[0.9, 0.7, 0.5].map((share) => Math.floor(length * share))];
  return [...new Set(cuts)].filter((bars) => bars >= 1);
}

function agree(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
