import { ForecastError } from '../errors.js';
import { type PriceSeries, sliceSeries } from '../series/index.js';
import { computeColumn } from './compute-column.js';
import { deriveFrom, type Feature } from './feature.js';

/** Where a feature changed a row once later bars were known. */
export interface CausalityViolation {
  row: number;
  date: string;
  /** How many bars were left as they are. */
  bars: number;
  /** The row's value when only those bars are known, the later ones missing or others, and with the whole series. */
  without: number;
  withLater: number;
}

/** What the two values may differ by, relatively: summing in another order is no look-ahead. */
const TOLERANCE = 1e-9;

/**
 * Returns a row that a feature computes differently when later bars are missing or other ones, undefined if none is found.
 *
 * The feature is computed on the whole series, on histories cut short (one, two and three bars before the end, at nine, seven and
 * five tenths of it), and with the bars after each power of two and after those cuts replaced by wild ones; every row before the
 * cut must be the same, NaN with NaN, else within 1e-9 relatively. This catches reads of later bars, centred windows, values
 * filled in backwards, and scaling by the whole sample. It is a test on the prices at hand, not a proof.
 */
export function checkCausality(feature: Feature, series: PriceSeries): CausalityViolation | undefined {
  const whole = computeColumn(feature, series, deriveFrom(series));
  const ends = [series.length - 1, series.length - 2, series.length - 3];
  const inner = [0.9, 0.7, 0.5].map((share) => Math.floor(series.length * share));
  const early = Array.from({ length: Math.ceil(Math.log2(series.length)) }, (_, power) => 2 ** power);
  const cuts = (bars: number[]) => [...new Set(bars)].filter((count) => count >= 1);
  return (
    firstDifference(feature, series, whole, cuts([...ends, ...inner]), (bars) => sliceSeries(series, 0, bars)) ??
    firstDifference(feature, series, whole, cuts([...ends, ...inner, ...early]), (bars) => withWildBars(series, bars))
  );
}

function firstDifference(
  feature: Feature,
  series: PriceSeries,
  whole: ArrayLike<number>,
  cuts: readonly number[],
  historyOf: (bars: number) => PriceSeries,
): CausalityViolation | undefined {
  for (const bars of cuts) {
    const history = historyOf(bars);
    const known = computeColumn(feature, history, deriveFrom(history));
    for (let row = bars - 1; row >= 0; row--) {
      if (!agree(known[row], whole[row])) {
        return { row, date: series.dates[row], bars, without: known[row], withLater: whole[row] };
      }
    }
  }
  return undefined;
}

/** The same series with prices from row `bars` on 16 times as high and as low in turn, so that any extreme or mean moves. */
function withWildBars(series: PriceSeries, bars: number): PriceSeries {
  const wild = (values: Float64Array) => values.map((value, t) => (t < bars ? value : t % 2 ? value * 16 : value / 16));
  const { open, high, low, close, volume } = series;
  return {
    ...series,
    open: wild(open),
    high: wild(high),
    low: wild(low),
    close: wild(close),
    volume: wild(volume),
  };
}

/**
 * Returns nothing if a feature is causal on this series, as far as `checkCausality` can see.
 *
 * @throws ForecastError `LOOKAHEAD` with the row, its date and both values
 */
export function refuseLookahead(feature: Feature, series: PriceSeries): void {
  const found = checkCausality(feature, series);
  if (found === undefined) return;
  const expected = `${found.without}, what the first ${found.bars} bars make it`;
  const actual = `${found.withLater} with the bars that follow`;
  throw new ForecastError(
    'LOOKAHEAD',
    `buildFeatures: feature ${feature.name} at row ${found.row} (${found.date}) must be ${expected}, got ${actual}`,
    { field: feature.name, expected, actual },
  );
}

function agree(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  return Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b));
}
