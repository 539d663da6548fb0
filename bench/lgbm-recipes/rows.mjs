import { createDataset } from 'chronolight/lgbm';

const WARM_UP = 60;
const CLIP = 8;

/**
 * Returns the rows that a training on the morning of `cutoff` may see, split by date: the newest fifth of the dates validates, and no
 * training row's target reaches into it.
 */
export function splitRows(panel, { horizon, cutoff, bars = 1250, warmUp = WARM_UP, validationShare = 0.2 }) {
  const rows = [];
  panel.forEach(({ series }, instrument) => {
    let last = series.length - 1;
    while (last >= 0 && series.dates[last] >= cutoff) last--;
    for (let t = Math.max(warmUp, last + 1 - bars); t + horizon <= last; t++) {
      rows.push({ instrument, t, date: series.dates[t], known: series.dates[t + horizon] });
    }
  });
  const dates = [...new Set(rows.map(({ date }) => date))].sort();
  const start = dates[Math.floor(dates.length * (1 - validationShare))] ?? '9999';
  return {
    training: rows.filter(({ known }) => known < start),
    validation: rows.filter(({ date }) => date >= start),
  };
}

/** The log return over the horizon in units of the EWMA volatility × √horizon. */
export const scaledReturn = ({ logs, sigma }, t, horizon) =>
  (logs[t + horizon] - logs[t]) / (sigma[t] * Math.sqrt(horizon));

/** The same within ±8: a data error must not outweigh everything. */
export const clippedReturn = (one, t, horizon) => Math.max(-CLIP, Math.min(CLIP, scaledReturn(one, t, horizon)));

/** The variance of the bars ahead, from their ranges, per unit of the EWMA variance. */
export const varianceRatio = ({ ranges, sigma }, t, horizon) =>
  Math.min(CLIP ** 2, Math.max(0.01, (ranges[t + horizon] - ranges[t]) / horizon / sigma[t] ** 2));

/** Returns the rows' features, [rows × features]. */
export function featuresOf(panel, rows) {
  const width = panel[0].matrix.names.length;
  const values = new Float64Array(rows.length * width);
  rows.forEach(({ instrument, t }, i) => {
    values.set(panel[instrument].matrix.values.subarray(t * width, (t + 1) * width), i * width);
  });
  return values;
}

/** Returns the rows as a dataset with `label(instrument, t)` as the target, and scores to start from, if any. */
export function datasetOf(panel, rows, label, initScore) {
  const labels = rows.map(({ instrument, t }) => label(panel[instrument], t));
  return createDataset({
    values: featuresOf(panel, rows),
    rows: rows.length,
    labels,
    featureNames: panel[0].matrix.names,
    ...(initScore && { initScore }),
  });
}
