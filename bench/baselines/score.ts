/**
 * Prints how the baselines score on a folder of daily prices (gzipped CSV: date,open,high,low,close,volume), each beside the naive
 * member, with its uncertainty. See docs/evaluation.md for the command.
 *
 *     npx esbuild bench/baselines/score.ts --bundle --platform=node --format=esm --outfile=dist/bench/score-baselines.mjs
 *     node dist/bench/score-baselines.mjs FOLDER FROM [TO] [STRIDE]
 *
 * Every day from FROM (or every STRIDE-th) is an origin; a forecast sees the bars up to its origin alone. GARCH and GAS
 * are fitted anew every 20 days, the pooled HAR each January on the bars of all instruments before it.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HAR_LEAST_BARS } from '../../src/baselines/har-range.js';
import {
  type BaselineForecast,
  directionClimatology,
  ewmaMixtureForecast,
  fitGarch,
  fitGasT,
  fitPooledHar,
  garchForecast,
  gasTForecast,
  harRangeForecast,
  type PooledHar,
  pooledHarForecast,
  randomWalkForecast,
} from '../../src/baselines/index.js';
import { sharesOf } from '../../src/ensemble/index.js';
import {
  blockBootstrap,
  coverage,
  coverageByVolatility,
  covered,
  dieboldMariano,
  intervalScores,
  logLosses,
  murphyDecomposition,
  pinballLosses,
  rankedProbabilityScores,
  sumByDate,
  worstCoverage,
} from '../../src/scoring/index.js';
import { DIRECTIONS, directionOf, FLAT_BAND } from '../../src/series/direction.js';
import { mean, quantileFunction } from '../../src/stats/index.js';

const HORIZONS = [1, 3, 5];
const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const WARM_UP = 300;
const REFIT_DAYS = 20;
/** Of probabilities, for Murphy's decomposition: 2.5 points each. */
const BINS = 40;

interface Instrument {
  dates: string[];
  open: Float64Array;
  high: Float64Array;
  low: Float64Array;
  close: Float64Array;
}

/** Rows of one baseline at one horizon. */
interface Column {
  dates: string[];
  actuals: number[];
  quantiles: number[];
  sigma: number[];
  probabilities: number[];
  outcomes: number[];
}

type Forecaster = (instrument: Instrument, end: number) => BaselineForecast;

function readInstrument(path: string): Instrument {
  const rows = gunzipSync(readFileSync(path)).toString().trim().split('\n').slice(1);
  const cells = rows.map((row) => row.split(','));
  const column = (i: number) => Float64Array.from(cells, (cell) => Number(cell[i]));
  return { dates: cells.map((cell) => cell[0]), open: column(1), high: column(2), low: column(3), close: column(4) };
}

function rangePrices({ open, high, low, close }: Instrument, end: number) {
  const [o, h, l, c] = [open, high, low, close].map((prices) => prices.subarray(0, end));
  return { open: o, high: h, low: l, close: c };
}

/** Returns a fit that is made anew every 20 days of one instrument. */
function refitted<T>(estimate: (returns: Float64Array) => T): (closes: Float64Array) => T {
  let parameters: T;
  let fittedAt = -REFIT_DAYS;
  return (closes) => {
    if (closes.length - fittedAt >= REFIT_DAYS) {
      parameters = estimate(Float64Array.from(closes.subarray(1), (value, t) => Math.log(value / closes[t])));
      fittedAt = closes.length;
    }
    return parameters;
  };
}

/** Returns the regression of all instruments' bars before the year of a date, each made once. */
function yearlyPooledHar(instruments: Instrument[], horizon: number): (date: string) => PooledHar {
  const models = new Map<string, PooledHar>();
  return (date) => {
    const year = date.slice(0, 4);
    let model = models.get(year);
    if (model === undefined) {
      const pool = instruments
        .map((instrument) => rangePrices(instrument, instrument.dates.filter((day) => day < year).length))
        .filter(({ close }) => close.length >= HAR_LEAST_BARS + horizon);
      model = fitPooledHar(pool, { horizon });
      models.set(year, model);
    }
    return model;
  };
}

function forecasters(instruments: Instrument[]): { [name: string]: () => Forecaster } {
  const horizon = Math.max(...HORIZONS);
  const pooledHar = yearlyPooledHar(instruments, horizon);
  const closesOnly =
    (forecast: (closes: Float64Array) => BaselineForecast): (() => Forecaster) =>
    () =>
    ({ close }, end) =>
      forecast(close.subarray(0, end));
  return {
    'random walk, EWMA': closesOnly((closes) => randomWalkForecast(closes, { horizon })),
    '... with drift': closesOnly((closes) => randomWalkForecast(closes, { horizon, drift: 'mean' })),
    '... of 400 closes': closesOnly((closes) => randomWalkForecast(closes.subarray(-400), { horizon })),
    'EWMA mixture': closesOnly((closes) => ewmaMixtureForecast(closes, { horizon })),
    'HAR of ranges': () => (instrument, end) => harRangeForecast(rangePrices(instrument, end), { horizon }),
    'HAR, pooled': () => (instrument, end) =>
      pooledHarForecast(rangePrices(instrument, end), { horizon, model: pooledHar(instrument.dates[end - 1]) }),
    'GARCH(1,1)-t': () => {
      const parametersOf = refitted(fitGarch);
      return ({ close }, end) => {
        const closes = close.subarray(0, end);
        return garchForecast(closes, { horizon, parameters: parametersOf(closes) });
      };
    },
    'GAS(1,1)-t': () => {
      const parametersOf = refitted(fitGasT);
      return ({ close }, end) => {
        const closes = close.subarray(0, end);
        return gasTForecast(closes, { horizon, parameters: parametersOf(closes) });
      };
    },
  };
}

function emptyColumns(): Column[] {
  return HORIZONS.map(() => ({ dates: [], actuals: [], quantiles: [], sigma: [], probabilities: [], outcomes: [] }));
}

function addRows(
  columns: Column[],
  climate: Column[] | undefined,
  forecaster: Forecaster,
  instrument: Instrument,
  origins: Set<string>,
) {
  const { dates, close } = instrument;
  for (let t = WARM_UP; t + 1 < close.length; t++) {
    if (!origins.has(dates[t])) continue;
    const forecast = forecaster(instrument, t + 1);
    const { levels, quantiles, sigma } = forecast;
    HORIZONS.forEach((h, k) => {
      if (t + h >= close.length) return;
      const row = quantiles.subarray((h - 1) * levels.length, h * levels.length);
      const simpleReturn = close[t + h] / close[t] - 1;
      const column = columns[k];
      column.dates.push(dates[t]);
      column.actuals.push(Math.log(close[t + h] / close[t]));
      for (const decile of DECILES) column.quantiles.push(Math.log(row[levels.indexOf(decile)] / close[t]));
      column.sigma.push(sigma[h - 1]);
      const { probDown, probFlat, probUp } = sharesOf(quantileFunction(levels, row), {
        baseClose: close[t],
        flatBand: FLAT_BAND,
      });
      column.probabilities.push(probDown, probFlat, probUp);
      column.outcomes.push(DIRECTIONS.indexOf(directionOf(simpleReturn)));
      if (climate === undefined) return;
      const shares = directionClimatology(close.subarray(0, t + 1), { horizon: h });
      climate[k].probabilities.push(shares.probDown, shares.probFlat, shares.probUp);
    });
  }
}

/** How the Brier score of 'up' comes about, in ten-thousandths. */
function murphyOfUp({ probabilities, outcomes }: Pick<Column, 'probabilities' | 'outcomes'>): string {
  const up = DIRECTIONS.indexOf('up');
  const classes = DIRECTIONS.length;
  const { reliability, resolution, uncertainty, withinBins } = murphyDecomposition(
    outcomes.map((_, i) => probabilities[i * classes + up]),
    outcomes.map((outcome) => Number(outcome === up)),
    { bins: BINS },
  );
  const [a, b, c, d] = [reliability, resolution, uncertainty, withinBins].map((part) => (1e4 * part).toFixed(1));
  return `${a} - ${b} + ${c} + ${d}`;
}

function print(cells: (string | number)[]) {
  console.log(`| ${cells.join(' | ')} |`);
}

const [folder, from, to = '9999', stride = '1'] = process.argv.slice(2);
if (folder === undefined || from === undefined) throw new Error('usage: score FOLDER FROM [TO] [STRIDE]');
const instruments = readdirSync(folder)
  .filter((name) => name.endsWith('.csv.gz'))
  .sort()
  .map((name) => readInstrument(join(folder, name)));

const days = [...new Set(instruments.flatMap(({ dates }) => dates))]
  .filter((date) => date >= from && date <= to)
  .sort();
const origins = new Set(days.filter((_, i) => i % Number(stride) === 0));

const tables: { [name: string]: Column[] } = {};
const climate = emptyColumns();
const seconds: { [name: string]: number } = {};
for (const [name, create] of Object.entries(forecasters(instruments))) {
  const started = performance.now();
  tables[name] = emptyColumns();
  const first = Object.keys(tables).length === 1;
  for (const instrument of instruments)
    addRows(tables[name], first ? climate : undefined, create(), instrument, origins);
  seconds[name] = (performance.now() - started) / 1000;
}

const [naiveName] = Object.keys(tables);
const naive = tables[naiveName];
const percent = (share: number, digits = 2) => `${(100 * share).toFixed(digits)} %`;
HORIZONS.forEach((h, k) => {
  const reference = pinballLosses({ ...naive[k], levels: DECILES });
  const referenceDays = sumByDate(reference, naive[k].dates);
  console.log(
    `\nh = ${h}: ${instruments.length} instruments, ${reference.length} rows, ${referenceDays.dates.length} days\n`,
  );
  print([
    'baseline',
    'pinball e-4',
    'skill [95 %]',
    'DM p',
    'interval score %',
    '80 %',
    'calm/mid/wild',
    'worst 120 days',
    'log loss',
    'RPS',
    'Brier of up: reliability - resolution + uncertainty + within bins, e-4',
    's',
  ]);
  print(new Array(12).fill('---'));
  for (const [name, columns] of Object.entries(tables)) {
    const rows = { ...columns[k], levels: DECILES };
    const losses = pinballLosses(rows);
    const byDay = sumByDate(losses, rows.dates);
    const saved = referenceDays.sums.map((sum, i) => sum - byDay.sums[i]);
    const gain = blockBootstrap(saved, referenceDays.sums, { blockLength: Math.ceil(20 / Number(stride)) });
    const test = dieboldMariano(byDay.means, referenceDays.means, { horizon: Math.ceil(h / Number(stride)) });
    const lows = rows.actuals.map((_, i) => rows.quantiles[i * DECILES.length]);
    const highs = rows.actuals.map((_, i) => rows.quantiles[(i + 1) * DECILES.length - 1]);
    const interval = { actuals: rows.actuals, lows, highs };
    const held = covered(interval);
    const thirds = coverageByVolatility(held, naive[k].sigma);
    const order = rows.dates.map((_, i) => i).sort((a, b) => (rows.dates[a] < rows.dates[b] ? -1 : 1));
    const dayNumber = new Map(byDay.dates.map((date, i) => [date, i]));
    const worst = worstCoverage(
      order.map((i) => held[i]),
      order.map((i) => dayNumber.get(rows.dates[i])!),
      Math.ceil(120 / Number(stride)),
    );
    print([
      name,
      (1e4 * mean(losses)).toFixed(2),
      name === naiveName ? '' : `${percent(gain.estimate)} [${percent(gain.low)}, ${percent(gain.high)}]`,
      name === naiveName ? '' : `${test.pValue.toFixed(3)} ${test.verdict}`,
      (100 * mean(intervalScores(interval))).toFixed(3),
      coverage(interval).toFixed(3),
      [thirds.calm, thirds.middle, thirds.wild].map(({ share }) => share.toFixed(3)).join('/'),
      worst.share.toFixed(3),
      mean(logLosses(rows)).toFixed(4),
      mean(rankedProbabilityScores(rows)).toFixed(4),
      murphyOfUp(rows),
      seconds[name].toFixed(0),
    ]);
  }
  const shares = { probabilities: climate[k].probabilities, outcomes: naive[k].outcomes };
  const blank = new Array(7).fill('');
  print([
    'class climatology',
    ...blank,
    mean(logLosses(shares)).toFixed(4),
    mean(rankedProbabilityScores(shares)).toFixed(4),
    murphyOfUp(shares),
    '',
  ]);
});
