// How weights by level and a calibration that follows storms fare on a folder of daily prices (gzipped CSV: date,open,high,low,close,volume), with
// baselines as members, beside equal shares and the long-run calibration alone. After `npm run build`:
//     node bench/scoring/learning.mjs FOLDER FROM [TO] [--instruments N] [--try]
// Every day from the first with 300 bars before it is learned from; those from FROM to TO are scored. With --try it prints a grid of settings.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  BASELINE_LEVELS,
  ewmaMixtureForecast,
  fitGasT,
  gasTForecast,
  harRangeForecast,
  randomWalkForecast,
} from 'chronolight/baselines';
import {
  coverage,
  coverageByVolatility,
  covered,
  intervalScores,
  lossSkill,
  pinballLosses,
  worstCoverage,
} from 'chronolight/scoring';
import { learnCalibration, levelLearner, stormTracker } from 'chronolight/weights';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { instruments: { type: 'string', default: '40' }, try: { type: 'boolean', default: false } },
});
const [folder, from, to = '9999'] = positionals;
if (folder === undefined || from === undefined)
  throw new Error('usage: learning FOLDER FROM [TO] [--instruments N] [--try]');

const HORIZONS = [1, 3, 5];
const MEMBERS = ['random walk', 'mixture', 'har', 'gas'];
const WARM_UP = 300;
const SEEN = 600;
const DECILES = BASELINE_LEVELS.map((_, i) => i).filter((i) => BASELINE_LEVELS[i] >= 0.1 && BASELINE_LEVELS[i] <= 0.9);
const [LOW, MIDDLE, HIGH] = [0.1, 0.5, 0.9].map((level) => BASELINE_LEVELS.indexOf(level));

function readInstrument(name) {
  const rows = gunzipSync(readFileSync(join(folder, name)))
    .toString()
    .trim()
    .split('\n')
    .slice(1)
    .map((row) => row.split(','));
  const column = (i) => Float64Array.from(rows, (row) => Number(row[i]));
  return {
    code: name.replace('.csv.gz', ''),
    dates: rows.map(([date]) => date),
    open: column(1),
    high: column(2),
    low: column(3),
    close: column(4),
  };
}

/** Every member's forecasts of an instrument, in sigmas of the random walk, with what came. */
function forecastsOf({ code, dates, open, high, low, close }, rows) {
  let parameters;
  for (let t = WARM_UP; t + 1 < close.length && dates[t] <= to; t++) {
    const cut = (prices) => prices.subarray(Math.max(0, t + 1 - SEEN), t + 1);
    const closes = cut(close);
    const horizon = HORIZONS.at(-1);
    if ((t - WARM_UP) % 60 === 0) parameters = fitGasT(closes.slice(1).map((price, i) => Math.log(price / closes[i])));
    const walk = randomWalkForecast(closes, { horizon });
    const all = [
      walk,
      ewmaMixtureForecast(closes, { horizon }),
      harRangeForecast({ open: cut(open), high: cut(high), low: cut(low), close: closes }, { horizon }),
      gasTForecast(closes, { horizon, parameters }),
    ];
    HORIZONS.forEach((h, k) => {
      if (t + h >= close.length) return;
      const sigma = walk.sigma[h - 1];
      const scaled = (price) => (price / close[t] - 1) / sigma;
      const members = {};
      all.forEach(({ quantiles, levels }, m) => {
        members[MEMBERS[m]] = quantiles.slice((h - 1) * levels.length, h * levels.length).map(scaled);
      });
      rows[k].push({
        code,
        baseDate: dates[t],
        actualDate: dates[t + h],
        actual: scaled(close[t + h]),
        sigma,
        members,
      });
    });
  }
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) {
    const key = keyOf(item);
    if (groups.has(key)) groups.get(key).push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** Learns day by day and hands each forecast what was known on its base date. */
function walkThrough(rows, horizon, { weights, mean, storm, calibration }) {
  const outcomes = groupBy(rows, ({ actualDate }) => actualDate);
  const issues = groupBy(rows, ({ baseDate }) => baseDate);
  const days = [...new Set([...outcomes.keys(), ...issues.keys()])].sort();
  const learner = weights && levelLearner({ horizon, members: MEMBERS, levels: BASELINE_LEVELS, ...weights });
  const tracker = storm && stormTracker({ horizon, ...storm });
  const equal = {
    shares: Object.fromEntries(MEMBERS.map((name) => [name, BASELINE_LEVELS.map(() => 1 / MEMBERS.length)])),
  };
  const issued = [];
  const past = [];
  let stretch = 1;
  days.forEach((day, number) => {
    const matched = outcomes.get(day) ?? [];
    learner?.learn(matched);
    const intervals = matched
      .filter(({ pooled }) => pooled)
      .map(({ pooled, baseDate, actualDate, actual }) => {
        return { baseDate, actualDate, actual, point: pooled[MIDDLE], low: pooled[LOW], high: pooled[HIGH] };
      });
    if (tracker) {
      tracker.learn(intervals);
      stretch = tracker.calibration().high;
    } else if (calibration) {
      past.push(...intervals);
      // As the live code: once a week, from all outcomes of two years.
      const since = days[Math.max(0, number - 500)];
      if (number % 5 === 0)
        stretch = learnCalibration(
          past.filter(({ actualDate }) => actualDate >= since),
          { horizon },
        ).high;
    }
    let { shares } = learner?.weights() ?? equal;
    // As the live code: one share a member.
    if (mean) shares = Object.fromEntries(Object.entries(shares).map(([name, all]) => [name, meanOf(all)]));
    for (const row of issues.get(day) ?? []) {
      row.pooled = BASELINE_LEVELS.map((_, l) =>
        MEMBERS.reduce((sum, name) => sum + shares[name][l] * row.members[name][l], 0),
      );
      const centre = row.pooled[MIDDLE];
      if (day >= from)
        issued.push({ ...row, quantiles: row.pooled.map((q) => centre + stretch * (q - centre)), shares });
    }
  });
  return issued;
}

function meanOf(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map(() => mean);
}

function report(label, issued, horizon) {
  const loss = (quantilesOf) =>
    issued.map(
      (row) =>
        row.sigma *
        pinballLosses({
          actuals: [row.actual],
          levels: DECILES.map((i) => BASELINE_LEVELS[i]),
          quantiles: DECILES.map((i) => quantilesOf(row)[i]),
        })[0],
    );
  const reference = loss((row) => row.members['random walk']);
  const losses = loss((row) => row.quantiles);
  const skill = lossSkill(
    issued.map(({ baseDate }, i) => ({ date: baseDate, loss: losses[i], reference: reference[i] })),
    horizon,
  );
  const interval = {
    actuals: issued.map(({ actual }) => actual),
    lows: issued.map(({ quantiles }) => quantiles[LOW]),
    highs: issued.map(({ quantiles }) => quantiles[HIGH]),
  };
  const held = covered(interval);
  const { calm, middle, wild } = coverageByVolatility(
    held,
    issued.map(({ sigma }) => sigma),
  );
  const number = new Map([...new Set(issued.map(({ baseDate }) => baseDate))].map((date, i) => [date, i]));
  const worst =
    number.size < 120
      ? { share: Number.NaN }
      : worstCoverage(
          held,
          issued.map(({ baseDate }) => number.get(baseDate)),
        );
  const scores = intervalScores(interval);
  const score = scores.reduce((sum, one, i) => sum + one * issued[i].sigma, 0) / scores.length;
  const percent = (share) => (100 * share).toFixed(2);
  const three = (thirds) => thirds.map(({ share }) => share.toFixed(3)).join('/');
  console.log(
    `h=${horizon} ${label.padEnd(44)} skill ${percent(skill.estimate)} [${percent(skill.low)}, ${percent(skill.high)}]  80 % ${coverage(interval).toFixed(3)}  ${three([calm, middle, wild])}  worst120 ${worst.share.toFixed(3)}  interval score ${percent(score)} %`,
  );
}

const rows = HORIZONS.map(() => []);
const names = readdirSync(folder)
  .filter((name) => name.endsWith('.csv.gz'))
  .sort()
  .slice(0, Number(values.instruments));
for (const name of names) forecastsOf(readInstrument(name), rows);
for (const all of rows)
  all.sort((a, b) => (a.baseDate < b.baseDate ? -1 : a.baseDate > b.baseDate ? 1 : a.code < b.code ? -1 : 1));

HORIZONS.forEach((horizon, k) => {
  const scored = rows[k].filter(({ baseDate }) => baseDate >= from);
  console.log(`\nh = ${horizon}: ${names.length} instruments, ${scored.length} forecasts from ${from}`);
  for (const name of MEMBERS)
    report(
      name,
      scored.map((row) => ({ ...row, quantiles: row.members[name] })),
      horizon,
    );
  const runs = values.try
    ? [
        ...[3, 10, 30].flatMap((rate) => [0.98, 0.99, 0.995].map((forgetting) => ({ weights: { rate, forgetting } }))),
        ...[0.05, 1].map((bandwidth) => ({ weights: { bandwidth } })),
        ...[0, 0.3, 0.6, 1].flatMap((response) =>
          [0.7, 0.8, 0.9].map((memory) => ({ weights: {}, storm: { response, memory } })),
        ),
      ]
    : [
        {},
        { calibration: true },
        { weights: {} },
        { weights: {}, mean: true },
        { weights: {}, mean: true, storm: {} },
        { weights: {}, calibration: true },
        { weights: {}, storm: { response: 0 } },
        { weights: {}, storm: {} },
      ];
  for (const run of runs) {
    const issued = walkThrough(rows[k], horizon, run);
    report(JSON.stringify(run), issued, horizon);
    if (run.weights && !values.try) {
      const last = issued.at(-1).shares;
      console.log(
        `     last shares at 0.1 / 0.5 / 0.9: ${MEMBERS.map((name) => `${name} ${[LOW, MIDDLE, HIGH].map((l) => last[name][l].toFixed(2)).join('/')}`).join(', ')}`,
      );
    }
  }
});
