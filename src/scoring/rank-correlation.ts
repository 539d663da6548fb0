import { invalid } from '../errors.js';
import { mean } from '../stats/index.js';
import { checkColumns, checkCount, checkLength } from './check-rows.js';
import { bartlettVariance } from './diebold-mariano.js';
import { studentTTwoSided } from './student-t-cdf.js';

/** What forecasts say of the order of a day's instruments. */
export interface DailyRankCorrelation<Day> {
  /** The days that could be ranked, ascending. */
  dates: Day[];
  /** [dates], each in [-1, 1]. */
  correlations: Float64Array;
  /** Their mean: the information coefficient. */
  mean: number;
  /** Mean / sample standard deviation over days, not annualised. NaN if the days are all alike. */
  icir: number;
  /** Mean / Newey-West standard error. NaN if the days are all alike. */
  statistic: number;
  /** Two-sided, Student t with days - 1 degrees of freedom. */
  pValue: number;
  /** Autocovariances taken in. */
  lag: number;
  /** Days with too few instruments, or on which one side was the same for all. */
  leftOut: number;
}

/** Fewer instruments have no order worth the name. */
const LEAST_INSTRUMENTS = 5;

/**
 * Returns Spearman's rank correlation of forecasts with outcomes on each day, with its mean, ICIR and Newey-West t.
 *
 * Above 0, what was ranked high came out high. It needs no scale: instruments are compared with one another only.
 *
 * @param rows rows.predicted and rows.actuals [rows], finite; rows.dates the day that each was forecast on
 * @param options options.horizon in trading days, default 1; options.lag default max(horizon - 1, ⌊4 (n/100)^(2/9)⌋); options.leastInstruments of a day,
 * default 5
 * @throws ForecastError `EMPTY_SERIES` without rows; `SERIES_TOO_SHORT` with fewer than two days that can be ranked; `INVALID_ARGUMENT` for
 * lengths that do not fit, values that are not finite, or a lag that is no whole number in 0..days-1
 * @see Spearman 1904; Grinold & Kahn 1999, "Active Portfolio Management"; Newey & West 1987, Econometrica 55
 */
export function dailyRankCorrelation<Day extends string | number>(
  { predicted, actuals, dates }: { predicted: ArrayLike<number>; actuals: ArrayLike<number>; dates: ArrayLike<Day> },
  {
    horizon = 1,
    leastInstruments = LEAST_INSTRUMENTS,
    ...options
  }: { horizon?: number | undefined; lag?: number | undefined; leastInstruments?: number | undefined } = {},
): DailyRankCorrelation<Day> {
  const where = 'dailyRankCorrelation';
  checkColumns(where, { predicted, actuals });
  checkLength(where, 'dates', dates, actuals.length);
  checkCount(where, 'horizon', horizon);
  checkCount(where, 'leastInstruments', leastInstruments, 2);
  const rowsOf = new Map<Day, number[]>();
  for (let row = 0; row < dates.length; row++) {
    const rows = rowsOf.get(dates[row]);
    if (rows) rows.push(row);
    else rowsOf.set(dates[row], [row]);
  }
  const ranked = [...rowsOf]
    .filter(([, rows]) => rows.length >= leastInstruments)
    .map(([day, rows]) => ({
      day,
      correlation: rankCorrelation(
        rows.map((row) => predicted[row]),
        rows.map((row) => actuals[row]),
      ),
    }))
    .filter(({ correlation }) => !Number.isNaN(correlation))
    .sort((a, b) => (a.day < b.day ? -1 : 1));
  const count = ranked.length;
  if (count < 2) throw invalid('SERIES_TOO_SHORT', where, 'dates', 'at least 2 days that can be ranked', `${count}`);
  const lag = options.lag ?? Math.min(count - 1, Math.max(horizon - 1, Math.floor(4 * (count / 100) ** (2 / 9))));
  checkCount(where, 'lag', lag, 0);
  if (lag >= count) throw invalid('INVALID_ARGUMENT', where, 'lag', `< ${count}, the days`, lag);

  const correlations = Float64Array.from(ranked, ({ correlation }) => correlation);
  const average = mean(correlations);
  const deviation = Math.sqrt((bartlettVariance(correlations, 0) * count) / (count - 1));
  const statistic = average / Math.sqrt(bartlettVariance(correlations, lag) / count);
  const alike = deviation === 0;
  return {
    dates: ranked.map(({ day }) => day),
    correlations,
    mean: average,
    icir: alike ? Number.NaN : average / deviation,
    statistic: alike ? Number.NaN : statistic,
    pValue: alike ? Number.NaN : studentTTwoSided(statistic, count - 1),
    lag,
    leftOut: rowsOf.size - count,
  };
}

/**
 * Returns Spearman's rank correlation: Pearson's of the ranks, equal values sharing their mean rank.
 *
 * @param x [rows], finite
 * @param y [rows], finite
 * @returns in [-1, 1]; NaN if one side is the same everywhere
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit or values that are not finite
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkColumns('rankCorrelation', { x, y });
  const [a, b] = [meanRanks(x), meanRanks(y)];
  const centre = (x.length - 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    both += (a[i] - centre) * (b[i] - centre);
    ofA += (a[i] - centre) ** 2;
    ofB += (b[i] - centre) ** 2;
  }
  const scale = Math.sqrt(ofA * ofB);
  return scale === 0 ? Number.NaN : Math.max(-1, Math.min(1, both / scale));
}

/** Ranks from 0 up; equal values get the mean of the ranks that they take up. */
function meanRanks(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from(values, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + end - 1) / 2;
    start = end;
  }
  return ranks;
}
