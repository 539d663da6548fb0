import { leastSquares } from './least-squares.mjs';

/** Days over which range variances are averaged. */
const SPANS = [1, 5, 22];
const LONG = 66;
/** No variance counts as less than this share of its long-run mean. */
const LEAST_SHARE = 0.04;

/**
 * Returns the panel with columns added to each instrument's matrix: its own log range variances ('har'), what the cross-section did ('market'), and
 * how it stands beside it ('distance'). Row t of each from bars up to its date alone, of whatever instrument.
 *
 * @param references how many instruments, evenly spaced, make the cross-section; default all
 */
export function withColumns(panel, groups, references = panel.length) {
  const own = panel.map(ownColumns);
  const among = panel.flatMap((_, i) =>
    Math.floor((i * references) / panel.length) !== Math.floor(((i - 1) * references) / panel.length) ? [i] : [],
  );
  const market = marketByDate(
    among.map((i) => panel[i]),
    among.map((i) => own[i]),
  );
  return panel.map((one, i) => {
    const columns = {};
    if (groups.includes('har')) Object.assign(columns, harColumns(one, own[i]));
    if (groups.includes('leverage')) Object.assign(columns, leverageColumns(one));
    if (groups.includes('market')) Object.assign(columns, marketColumns(one, market));
    if (groups.includes('distance')) Object.assign(columns, distanceColumns(one, own[i], market));
    return { ...one, matrix: widened(one.matrix, columns) };
  });
}

function ownColumns({ ranges, logs }) {
  const bars = logs.length;
  const long = new Float64Array(bars);
  const levels = SPANS.map(() => new Float64Array(bars));
  const quarter = new Float64Array(bars);
  for (let t = 1; t < bars; t++) {
    const mean = (span) => (ranges[t] - ranges[Math.max(0, t - span)]) / Math.min(span, t);
    long[t] = Math.max(mean(250), 1e-12);
    const log = (span) => Math.log(Math.max(mean(span), LEAST_SHARE * long[t]));
    SPANS.forEach((span, k) => {
      levels[k][t] = log(span);
    });
    quarter[t] = log(LONG);
  }
  return { long, levels, quarter };
}

function harColumns({ sigma, logs }, { long, levels, quarter }) {
  const ewma = sigma.map((value) => 2 * Math.log(Math.max(value, 1e-8)));
  const columns = {};
  SPANS.forEach((span, k) => {
    columns[`har_${span}`] = levels[k].map((value, t) => value - ewma[t]);
  });
  columns.har_66 = quarter.map((value, t) => value - ewma[t]);
  columns.har_250 = long.map((value, t) => Math.log(Math.max(value, 1e-12)) - ewma[t]);
  // a mean of logs says more of a usual day than the log of a mean
  const sums = new Float64Array(logs.length);
  for (let t = 1; t < logs.length; t++) sums[t] = sums[t - 1] + levels[0][t];
  for (const span of [5, 22, 66]) {
    columns[`har_log_${span}`] = sums.map((sum, t) =>
      t === 0 ? 0 : (sum - sums[Math.max(0, t - span)]) / Math.min(span, t) - ewma[t],
    );
  }
  return columns;
}

function leverageColumns({ logs, sigma }) {
  const scaled = logs.map((log, t) => (t > 0 && sigma[t - 1] > 0 ? clip((log - logs[t - 1]) / sigma[t - 1]) : 0));
  const fall = scaled.map((value) => Math.min(0, value));
  return {
    shock_1: scaled,
    fall_1: fall,
    fall_5: trailing(fall, 5),
    shock_5: trailing(scaled, 5),
    fall_22: trailing(fall, 22),
  };
}

function marketByDate(panel, own) {
  const days = new Map();
  panel.forEach(({ series, logs, sigma }, i) => {
    for (let t = 60; t < series.length; t++) {
      if (!(sigma[t - 1] > 0)) continue;
      const day = days.get(series.dates[t]) ?? { levels: SPANS.map(() => []), shocks: [], returns: [] };
      days.set(series.dates[t], day);
      const long = Math.log(own[i].long[t]);
      SPANS.forEach((_, k) => void day.levels[k].push(own[i].levels[k][t] - long));
      day.shocks.push(clip((logs[t] - logs[t - 1]) / sigma[t - 1]));
      day.returns.push(logs[t] - logs[t - 1]);
    }
  });
  const dates = [...days.keys()].sort();
  const state = new Map();
  let variance = 1e-4;
  let long = 1e-4;
  const shocks = [];
  for (const date of dates) {
    const day = days.get(date);
    const move = mean(day.returns);
    shocks.push(mean(day.shocks));
    variance += 0.06 * (move ** 2 - variance);
    long += 0.004 * (move ** 2 - long);
    state.set(date, {
      levels: day.levels.map(mean),
      spreads: day.levels.map(deviation),
      shock: shocks.at(-1),
      shock5: mean(shocks.slice(-5)),
      volatility: Math.log(variance / long),
      scatter: deviation(day.shocks),
    });
  }
  return state;
}

const NONE = {
  levels: SPANS.map(() => 0),
  spreads: SPANS.map(() => 0),
  shock: 0,
  shock5: 0,
  volatility: 0,
  scatter: 0,
};

function marketColumns({ series }, market) {
  const at = (pick) => Float64Array.from(series.dates, (date) => pick(market.get(date) ?? NONE));
  const columns = {
    market_shock: at(({ shock }) => shock),
    market_fall: at(({ shock }) => Math.min(0, shock)),
    market_shock_5: at(({ shock5 }) => shock5),
    market_volatility: at(({ volatility }) => volatility),
    market_scatter: at(({ scatter }) => scatter),
  };
  SPANS.forEach((span, k) => {
    columns[`market_level_${span}`] = at(({ levels }) => levels[k]);
    columns[`market_spread_${span}`] = at(({ spreads }) => spreads[k]);
  });
  return columns;
}

function distanceColumns({ series }, { long, levels }, market) {
  const columns = {};
  SPANS.forEach((span, k) => {
    columns[`distance_${span}`] = Float64Array.from(
      series.dates,
      (date, t) => levels[k][t] - Math.log(Math.max(long[t], 1e-12)) - (market.get(date) ?? NONE).levels[k],
    );
  });
  return columns;
}

function widened({ names, values, ...rest }, columns) {
  const added = Object.keys(columns);
  const [before, after] = [names.length, names.length + added.length];
  const rows = values.length / before;
  const wide = new Float64Array(rows * after);
  for (let row = 0; row < rows; row++) {
    wide.set(values.subarray(row * before, (row + 1) * before), row * after);
    added.forEach((name, k) => {
      wide[row * after + before + k] = columns[name][row];
    });
  }
  return { ...rest, names: [...names, ...added], values: wide };
}

/** Returns the linear regression of the label on the named columns of the rows, and what it says of other rows. */
export function linearStart(panel, rows, labels, names) {
  const places = names.map((name) => panel[0].matrix.names.indexOf(name));
  if (places.includes(-1)) throw new TypeError(`no column ${names[places.indexOf(-1)]}`);
  const width = places.length + 1;
  const design = (of) => {
    const values = new Float64Array(of.length * width);
    of.forEach(({ instrument, t }, row) => {
      const { matrix } = panel[instrument];
      values[row * width] = 1;
      places.forEach((place, k) => {
        values[row * width + k + 1] = matrix.values[t * matrix.names.length + place];
      });
    });
    return values;
  };
  const weights = leastSquares(design(rows), labels, width);
  return (of) => {
    const values = design(of);
    return Float64Array.from(of, (_, row) =>
      weights.reduce((sum, weight, k) => sum + weight * values[row * width + k], 0),
    );
  };
}

const clip = (value) => Math.max(-8, Math.min(8, value));
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
function deviation(values) {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}
function trailing(values, span) {
  const out = new Float64Array(values.length);
  let sum = 0;
  for (let t = 0; t < values.length; t++) {
    sum += values[t] - (t >= span ? values[t - span] : 0);
    out[t] = sum / Math.min(span, t + 1);
  }
  return out;
}
