/**
 * Features of a folder of prices: bars × features per second, beside TA-Lib's C library in Python, pass by pass in turn.
 *
 *     npx esbuild bench/features/bench.ts --bundle --platform=node --format=esm --outfile=bench/features/bench.mjs
 *     node bench/features/bench.mjs FOLDER [PYTHON]      FOLDER: *.csv or *.csv.gz with date,open,high,low,close,volume
 *
 * Both sides hold the parsed prices; timed is one pass over all instruments, from prices to a row-major matrix. The ratio is of
 * the columns that both have; the rest of the features is timed here alone. Times are CPU time of the process, on both sides.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { buildFeatures, DEFAULT_FEATURES, type Feature } from '../../src/features/index.js';
import { newestFeatures } from '../../src/features/inside.js';
import { type PriceSeries, parseSeries } from '../../src/series/index.js';

const PASSES = 15;
const SHARED = new Set(
  `rsi_5 rsi_14 macd macd_signal macd_hist stoch_k stoch_d roc_12 roc_120 willr_14 cci_14 sma_gap_5 sma_gap_20 sma_gap_60 sma_gap_120
  sma_cross_20_60 slope_20 slope_60 high_gap_252 low_gap_252 drawdown_60 adx_14 di_diff_14 aroon_osc_25 atr_14 bb_width_20 bb_pct_b_20
  volume_ratio_20 volume_trend_5_60 obv_slope_20 mfi_14 bop ret_volume_corr_20`.split(/\s+/),
);

const [folder, python = 'python3'] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('bench: name a folder of prices');

const series = readdirSync(folder)
  .filter((file) => /\.csv(\.gz)?$/.test(file))
  .sort()
  .map((file) => readSeries(join(folder, file)));
const bars = series.reduce((sum, { length }) => sum + length, 0);
const shared = DEFAULT_FEATURES.filter(({ name }) => SHARED.has(name));

const worker = spawn(python, [fileURLToPath(new URL('talib-worker.py', import.meta.url)), folder], {
  stdio: ['pipe', 'pipe', 'inherit'],
});
const answers = createInterface(worker.stdout)[Symbol.asyncIterator]();
const answer = async () => {
  const { value, done } = await answers.next();
  if (done) throw new Error('bench: the TA-Lib worker ended early');
  return String(value).split(' ').map(Number);
};
const [theirBars, theirColumns] = await answer();
if (theirBars !== bars || theirColumns !== shared.length) {
  throw new Error(`bench: ${bars} bars × ${shared.length} columns here, ${theirBars} × ${theirColumns} there`);
}

const times = { talib: [] as number[], shared: [] as number[], all: [] as number[], newest: [] as number[] };
let consumed = 0;
for (let pass = -3; pass < PASSES; pass++) {
  worker.stdin.write('\n');
  const [theirs, checksum] = await answer();
  const ours = timed(() => everyMatrix(shared));
  const all = timed(() => everyMatrix(DEFAULT_FEATURES));
  const newest = timed(() => {
    for (const one of series) consumed += newestFeatures(one).values[0];
  });
  consumed += checksum;
  // The first passes warm up compilers and caches.
  if (pass < 0) continue;
  times.talib.push(theirs);
  times.shared.push(ours);
  times.all.push(all);
  times.newest.push(newest);
}
worker.stdin.end();

console.log(
  `${series.length} instruments, ${bars} bars, ${PASSES} passes in turn, Node ${process.version} (${consumed.toFixed(1)})`,
);
report(`TA-Lib in Python, ${shared.length} shared columns`, times.talib, bars * shared.length);
report(`chronolight, the same ${shared.length}`, times.shared, bars * shared.length);
report(`chronolight, all ${DEFAULT_FEATURES.length}`, times.all, bars * DEFAULT_FEATURES.length);
console.log(
  `chronolight, newest row only: ${((Math.min(...times.newest) / series.length) * 1e6).toFixed(0)} µs an instrument`,
);
const ratios = times.talib.map((theirs, i) => theirs / times.shared[i]).sort((a, b) => a - b);
console.log(
  `speed ratio to TA-Lib, shared columns: ${(Math.min(...times.talib) / Math.min(...times.shared)).toFixed(2)} of minima, ` +
    `${ratios[ratios.length >> 1].toFixed(2)} median (${ratios[0].toFixed(2)} to ${ratios.at(-1)?.toFixed(2)})`,
);

function everyMatrix(features: readonly Feature[]): void {
  for (const one of series) consumed += buildFeatures(one, { features }).values.at(-1) ?? 0;
}

/** CPU seconds of the whole process, compiler and garbage collector threads included: wall time lies on a busy machine. */
function timed(work: () => void): number {
  const start = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e6;
}

function report(what: string, seconds: number[], values: number): void {
  const fastest = Math.min(...seconds);
  const spread = `${(fastest * 1000).toFixed(1)} to ${(Math.max(...seconds) * 1000).toFixed(1)} ms`;
  console.log(`${what}: ${spread}, ${(values / fastest / 1e6).toFixed(1)} million values a second`);
}

function readSeries(path: string): PriceSeries {
  const raw = readFileSync(path);
  const [head, ...lines] = (path.endsWith('.gz') ? gunzipSync(raw) : raw).toString('utf8').trim().split(/\r?\n/);
  if (head !== 'date,open,high,low,close,volume') throw new Error(`bench: ${path} has the heading ${head}`);
  return parseSeries(
    lines.map((line) => {
      const [date, open, high, low, close, volume] = line.split(',');
      return {
        date,
        open: Number(open),
        high: Number(high),
        low: Number(low),
        close: Number(close),
        volume: Number(volume),
      };
    }),
  );
}
