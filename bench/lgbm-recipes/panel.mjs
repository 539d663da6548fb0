import { readdir } from 'node:fs/promises';
import { randomWalkForecast } from 'chronolight/baselines';
import { buildFeatures } from 'chronolight/features';
import { csvPrices } from 'chronolight/prices/csv';
import { parseSeries } from 'chronolight/series';

export const DECILES = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Reads every `step`-th instrument of a folder: its bars, features, log closes, EWMA volatility and variances from ranges. */
export async function readPanel(folder, { step, offset }) {
  const suffix = /\.csv(\.gz)?$/;
  const names = (await readdir(folder)).filter((name) => suffix.test(name)).sort();
  const codes = names.map((name) => name.replace(suffix, '')).filter((_, i) => i % step === offset);
  const prices = csvPrices(folder);
  const panel = [];
  for (const code of codes) {
    const series = parseSeries(await prices.getBars(code, {}), { code });
    const logs = series.close.map(Math.log);
    const matrix = buildFeatures(series);
    panel.push({ code, series, logs, matrix, sigma: causalVolatility(logs), ranges: runningRanges(series) });
  }
  return panel;
}

/** EWMA(0.94), started by the mean of the squares so far, never below a tenth of their root mean square: entry t from bars <= t. */
function causalVolatility(logs) {
  const sigma = new Float64Array(logs.length);
  let variance = 0;
  let total = 0;
  for (let t = 1; t < logs.length; t++) {
    const square = (logs[t] - logs[t - 1]) ** 2;
    total += square;
    variance = t <= 20 ? total / t : 0.94 * variance + 0.06 * square;
    variance = Math.max(variance, (0.01 * total) / t);
    sigma[t] = Math.sqrt(variance);
  }
  return sigma;
}

/** Running sums of each bar's variance: the squared overnight return and Rogers and Satchell's estimate. */
function runningRanges({ open, high, low, close, length }) {
  const sums = new Float64Array(length);
  for (let t = 1; t < length; t++) {
    const night = Math.log(open[t] / close[t - 1]);
    const up = Math.log(high[t] / open[t]);
    const down = Math.log(low[t] / open[t]);
    const day = Math.log(close[t] / open[t]);
    sums[t] = sums[t - 1] + night * night + Math.max(0, up * (up - day) + down * (down - day));
  }
  return sums;
}

/** Returns the rows on which every recipe is scored, with the random walk's quantiles: one per instrument, day and horizon. */
export function scoredRows(panel, { from, to, horizons, stride }) {
  const rows = [];
  panel.forEach(({ code, series, logs }, instrument) => {
    for (let t = 120; t < series.length; t += stride) {
      if (series.dates[t] < from || series.dates[t] > to) continue;
      const forecast = randomWalkForecast(series.close.subarray(0, t + 1), { horizon: Math.max(...horizons) });
      const { levels } = forecast;
      for (const horizon of horizons.filter((bars) => t + bars < series.length)) {
        const own = forecast.quantiles.subarray((horizon - 1) * levels.length, horizon * levels.length);
        const reference = { levels, quantiles: Array.from(own, (price) => Math.log(price) - logs[t]) };
        const actual = logs[t + horizon] - logs[t];
        rows.push({ code, instrument, t, horizon, date: series.dates[t], actual, reference });
      }
    }
  });
  return rows;
}
