/**
 * What a small view on which way saves of the deciles' pinball loss, beside quantiles that have none, on a folder of CODE.csv(.gz): a linear regression, drawn to
 * zero, of returns on where the close lay in its day, on the day's return and on its overnight part, each beside its mean over the day's instruments.
 *
 *   npm run build && node bench/lgbm-recipes/view.mjs FOLDER --from=2021-07-01 --to=2022-12-31 [--horizons=1,3,5] [--months=1] [--days=500]
 *
 * Fitted anew every --months months on the newest --days dates whose targets are known. A line a set of inputs and a way to take the mean: over all instruments, over
 * twelve (as the pooled member does), or none.
 */
import { lossSkill, pinballLosses } from 'chronolight/scoring';
import { leastSquares } from './least-squares.mjs';
import { DECILES, readPanel } from './panel.mjs';
import { scaledReturn } from './rows.mjs';

const WARM_UP = 60;
const REFERENCES = 12;
const PRIOR_ROWS = 2000;
const MOST_SIGMAS = 4;

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('expected a folder of CODE.csv or CODE.csv.gz');
const flags = Object.fromEntries(rest.map((flag) => flag.replace(/^--/, '').split('=')));
const { from = '2021-07-01', to = '2022-12-31' } = flags;
const [months, days] = [Number(flags.months ?? 1), Number(flags.days ?? 500)];
const horizons = (flags.horizons ?? '1,3,5').split(',').map(Number);

const bounded = (value) => (Number.isFinite(value) ? Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, value)) : 0);
const INPUTS = {
  location: ({ series: { high, low, close } }, t) => {
    const range = high[t] - low[t];
    return range > 0 ? (close[t] - low[t]) / range - 0.5 : 0;
  },
  reversal: ({ logs, sigma }, t) => bounded((logs[t] - logs[t - 1]) / sigma[t - 1]),
  overnight: ({ series: { open, close }, sigma }, t) => bounded(Math.log(open[t] / close[t - 1]) / sigma[t - 1]),
};
const SETS = [
  ['location'],
  ['reversal'],
  ['overnight'],
  ['location', 'overnight'],
  ['location', 'reversal', 'overnight'],
];

const panel = await readPanel(folder, { step: 1, offset: 0 });
const references = Array.from({ length: REFERENCES }, (_, i) => panel[Math.floor((i * panel.length) / REFERENCES)]);
console.log(`${panel.length} instruments, ${from} to ${to}, fitted every ${months} months on ${days} days`);
for (const horizon of horizons) {
  for (const names of SETS) {
    for (const [over, speakers] of Object.entries({ all: panel, twelve: references, none: [] })) {
      if (over !== 'all' && names.length === 1 && names[0] !== 'location') continue;
      const byDate = rowsByDate(names, speakers, horizon);
      const { skill, hits } = walk(byDate, names.length, horizon);
      const percent = (share) => (100 * share).toFixed(3);
      console.log(
        `h${horizon} ${names.join(' + ').padEnd(34)} mean of ${over.padEnd(6)} saves ${percent(skill.estimate)} % [${percent(skill.low)}, ${percent(skill.high)}]; up or down right ${percent(hits)} %`,
      );
    }
  }
}

/** Returns the rows by date: what came in volatilities, and the inputs beside their mean over the speakers of the day. */
function rowsByDate(names, speakers, horizon) {
  const means = new Map();
  for (const one of speakers) {
    for (let t = WARM_UP; t < one.series.length; t++) {
      const date = one.series.dates[t];
      const sums = means.get(date) ?? { count: 0, totals: names.map(() => 0) };
      means.set(date, sums);
      sums.count++;
      names.forEach((name, k) => {
        sums.totals[k] += INPUTS[name](one, t);
      });
    }
  }
  const byDate = new Map();
  for (const one of panel) {
    const { series, sigma } = one;
    for (let t = WARM_UP; t + horizon < series.length; t++) {
      const date = series.dates[t];
      const day = means.get(date);
      if (!(sigma[t] > 0) || (speakers.length > 0 && (day?.count ?? 0) < speakers.length / 2)) continue;
      const inputs = names.map((name, k) => INPUTS[name](one, t) - (day ? day.totals[k] / day.count : 0));
      const row = { actual: scaledReturn(one, t, horizon), unit: sigma[t] * Math.sqrt(horizon), inputs };
      if (!byDate.has(date)) byDate.set(date, []);
      byDate.get(date).push({ ...row, known: series.dates[t + horizon] });
    }
  }
  return byDate;
}

/** Lives through the days from `from` to `to`, and returns what the view saved and how often its sign was right. */
function walk(byDate, width, horizon) {
  const dates = [...byDate.keys()].sort();
  const losses = [];
  let [right, called] = [0, 0];
  let view;
  let fitted = '';
  dates.forEach((date, i) => {
    if (date < from || date > to) return;
    const [year, month] = date.split('-').map(Number);
    const period = `${year} ${Math.floor((month - 1) / months)}`;
    if (period !== fitted) {
      const past = dates.slice(Math.max(0, i - days), i).flatMap((one) => byDate.get(one));
      view = learn(
        past.filter(({ known }) => known < date),
        width,
      );
      fitted = period;
    }
    for (const { actual, unit, inputs } of byDate.get(date)) {
      const shift = inputs.reduce((sum, value, k) => sum + value * view.weights[k], 0);
      const lossOf = (moved) =>
        unit * pinballLosses({ actuals: [actual - moved], levels: DECILES, quantiles: view.shape })[0];
      losses.push({ date, loss: lossOf(shift), reference: lossOf(0) });
      if (actual === 0) continue;
      called++;
      if (Math.sign(shift) === Math.sign(actual)) right++;
    }
  });
  return { skill: lossSkill(losses, horizon), hits: right / called };
}

/** Returns the regression's weights, drawn to zero as if by 2,000 rows that say nothing, and the quantiles of the returns with their mirror images. */
function learn(rows, width) {
  const design = new Float64Array((rows.length + width) * width);
  const target = new Float64Array(rows.length + width);
  const squares = new Float64Array(width);
  rows.forEach(({ actual, inputs }, row) => {
    design.set(inputs, row * width);
    target[row] = bounded(actual);
    inputs.forEach((value, k) => {
      squares[k] += value ** 2;
    });
  });
  for (let k = 0; k < width; k++)
    design[(rows.length + k) * width + k] = Math.sqrt((squares[k] * PRIOR_ROWS) / rows.length);
  const sizes = Float64Array.from(rows, ({ actual }) => Math.abs(actual)).sort();
  const shape = DECILES.map((level) => {
    const place = Math.min(sizes.length - 1, Math.floor(Math.abs(2 * level - 1) * sizes.length));
    return Math.sign(level - 0.5) * sizes[place];
  });
  return { weights: leastSquares(design, target, width), shape };
}
