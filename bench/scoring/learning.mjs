// How weights by level and a calibration that follows storms fare on a folder of daily prices (gzipped CSV: date,open,high,low,close,volume), with
// baselines as members, or on the members' forecasts that `examples/backtest/main.js` recorded, beside equal shares and the long-run calibration
// alone. After `npm run build`:
//     node bench/scoring/learning.mjs FOLDER FROM [TO] [--instruments N] [--try]
//     node bench/scoring/learning.mjs OUT/records.jsonl FROM [TO] [--prior chronos=0.6,lgbm=0.4] [--try]
// Every day from the first with 300 bars before it (all recorded ones) is learned from; those from FROM to TO are scored. With --try it prints a grid
// of settings; with --pool N the instruments are learned from in pools of N apart, the shares being the priors throughout. Where forecasts were also issued before the open, they are scored with what was learned of those at the close.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync } from 'node:zlib';
import {
  ewmaMixtureForecast,
  fitGasT,
  gasTForecast,
  harRangeForecast,
  randomWalkForecast,
} from 'chronolight/baselines';
import { FORECAST_LEVELS } from 'chronolight/ensemble';
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
  options: {
    instruments: { type: 'string', default: '40' },
    prior: { type: 'string' }, // name=share,...: of the others than the random walk; equal shares unless given
    pool: { type: 'string' }, // instruments that learn together; all unless given
    try: { type: 'boolean', default: false },
  },
});
const [source, from, to = '9999'] = positionals;
if (source === undefined || from === undefined)
  throw new Error(
    'usage: learning FOLDER|RECORDS.jsonl FROM [TO] [--instruments N] [--prior NAME=SHARE,...] [--pool N] [--try]',
  );

const HORIZONS = [1, 3, 5];
const WARM_UP = 300;
const SEEN = 600;
/** What the live code gives the random walk before anything is learned. */
const FOOTHOLD = 0.1;
const INTERVAL_SIGMAS = 2 * 1.2815515655446004;

const isRecorded = source.endsWith('.jsonl');
const LEVELS = isRecorded ? [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9] : FORECAST_LEVELS;
const DECILES = LEVELS.map((_, i) => i).filter((i) => LEVELS[i] >= 0.1 && LEVELS[i] <= 0.9);
const [LOW, MIDDLE, HIGH] = [0.1, 0.5, 0.9].map((level) => LEVELS.indexOf(level));
const { names, rows } = isRecorded ? readRecords(source) : readPrices(source);
/** The random walk first. */
const MEMBERS = isRecorded
  ? ['naive', ...Object.keys(rows[0][0].members).filter((name) => name !== 'naive')]
  : ['random walk', 'mixture', 'har', 'gas'];
const PRIOR = priorOf(values.prior);

function readInstrument(folder, name) {
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

/** Returns the members' recorded forecasts by horizon, those issued before the open beside the ones at the close: { names, rows }. */
function readRecords(file) {
  const rows = HORIZONS.map(() => []);
  const opened = new Map();
  const codes = new Set();
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const { issue, code, baseDate, horizon, baseClose, actualDate, actualClose, members } = JSON.parse(line);
    if (baseDate > to || !HORIZONS.includes(horizon) || !members.naive) continue;
    codes.add(code);
    const sigma = (members.naive.high - members.naive.low) / baseClose / INTERVAL_SIGMAS;
    const scaled = (price) => (price / baseClose - 1) / sigma;
    const stated = Object.fromEntries(Object.entries(members).map(([name, one]) => [name, one.quantiles.map(scaled)]));
    const key = `${horizon} ${code} ${baseDate}`;
    if (issue === 'open') opened.set(key, stated);
    else
      rows[HORIZONS.indexOf(horizon)].push({
        key,
        code,
        baseDate,
        actualDate,
        actual: scaled(actualClose),
        sigma,
        members: stated,
      });
  }
  for (const row of rows.flat()) row.opened = opened.get(row.key);
  return { names: [...codes], rows };
}

function priorOf(text) {
  const others = MEMBERS.slice(1);
  const given = text && Object.fromEntries(text.split(',').map((part) => part.split('=')));
  const shares = others.map((name) => (given ? Number(given[name]) : 1));
  const total = shares.reduce((sum, share) => sum + share, 0);
  return {
    [MEMBERS[0]]: FOOTHOLD,
    ...Object.fromEntries(others.map((name, i) => [name, ((1 - FOOTHOLD) * shares[i]) / total])),
  };
}

function readPrices(folder) {
  const rows = HORIZONS.map(() => []);
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.csv.gz'))
    .sort()
    .slice(0, Number(values.instruments));
  for (const name of names) forecastsOf(readInstrument(folder, name), rows);
  return { names, rows };
}

/** Every baseline's forecasts of an instrument, in sigmas of the random walk, with what came. */
function forecastsOf({ code, dates, open, high, low, close }, rows) {
  let parameters;
  for (let t = WARM_UP; t + 1 < close.length && dates[t] <= to; t++) {
    const cut = (prices) => prices.subarray(Math.max(0, t + 1 - SEEN), t + 1);
    const closes = cut(close);
    const horizon = HORIZONS.at(-1);
    if ((t - WARM_UP) % 60 === 0) parameters = fitGasT(closes.slice(1).map((price, i) => Math.log(price / closes[i])));
    const walk = randomWalkForecast(closes, { horizon });
    const all = {
      'random walk': walk,
      mixture: ewmaMixtureForecast(closes, { horizon }),
      har: harRangeForecast({ open: cut(open), high: cut(high), low: cut(low), close: closes }, { horizon }),
      gas: gasTForecast(closes, { horizon, parameters }),
    };
    HORIZONS.forEach((h, k) => {
      if (t + h >= close.length) return;
      const sigma = walk.sigma[h - 1];
      const scaled = (price) => (price / close[t] - 1) / sigma;
      const members = {};
      for (const [name, { quantiles, levels }] of Object.entries(all))
        members[name] = quantiles.slice((h - 1) * levels.length, h * levels.length).map(scaled);
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
  const learner = weights && levelLearner({ horizon, members: MEMBERS, levels: LEVELS, prior: PRIOR, ...weights });
  const tracker = storm && stormTracker({ horizon, ...storm });
  const equal = {
    shares: Object.fromEntries(MEMBERS.map((name) => [name, LEVELS.map(() => PRIOR[name])])),
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
      const pool = (members) =>
        LEVELS.map((_, l) => MEMBERS.reduce((sum, name) => sum + shares[name][l] * members[name][l], 0));
      const stretched = (pooled) => pooled.map((q) => pooled[MIDDLE] + stretch * (q - pooled[MIDDLE]));
      row.pooled = pool(row.members);
      if (day >= from)
        issued.push({
          ...row,
          quantiles: stretched(row.pooled),
          opening: row.opened && stretched(pool(row.opened)),
          shares,
        });
    }
  });
  return issued;
}

/** Returns the rows of each pool of instruments, in the order of their names; instruments that make no whole pool are left out. */
function poolsOf(rows) {
  if (values.pool === undefined) return [rows];
  const size = Number(values.pool);
  const codes = [...groupBy(rows, ({ code }) => code).entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  return Array.from({ length: Math.floor(codes.length / size) }, (_, i) =>
    codes
      .slice(i * size, (i + 1) * size)
      .flatMap(([, own]) => own)
      .sort((a, b) => (a.baseDate < b.baseDate ? -1 : a.baseDate > b.baseDate ? 1 : 0)),
  );
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
          levels: DECILES.map((i) => LEVELS[i]),
          quantiles: DECILES.map((i) => quantilesOf(row)[i]),
        })[0],
    );
  const reference = loss((row) => row.members[MEMBERS[0]]);
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
    `h=${horizon} ${label.padEnd(44)} skill ${skill ? `${percent(skill.estimate)} [${percent(skill.low)}, ${percent(skill.high)}]` : 'too few days'}  80 % ${coverage(interval).toFixed(3)}  ${three([calm, middle, wild])}  worst120 ${worst.share.toFixed(3)}  interval score ${percent(score)} %`,
  );
}

for (const all of rows)
  all.sort((a, b) => (a.baseDate < b.baseDate ? -1 : a.baseDate > b.baseDate ? 1 : a.code < b.code ? -1 : 1));

HORIZONS.forEach((horizon, k) => {
  const scored = rows[k].filter(({ baseDate }) => baseDate >= from);
  console.log(`\nh = ${horizon}: ${names.length} instruments, ${scored.length} forecasts from ${from}`);
  const opened = scored.filter((row) => row.opened);
  for (const name of MEMBERS) {
    report(
      name,
      scored.map((row) => ({ ...row, quantiles: row.members[name] })),
      horizon,
    );
    if (opened.length > 0)
      report(
        `${name}, before the open`,
        opened.map((row) => ({ ...row, quantiles: row.opened[name] })),
        horizon,
      );
  }
  const runs = values.try
    ? [
        ...[3, 10, 30].flatMap((rate) => [0.98, 0.99, 0.995].map((forgetting) => ({ weights: { rate, forgetting } }))),
        ...[0.05, 1].map((bandwidth) => ({ weights: { bandwidth } })),
        ...[0.99, 0.995, 0.998].map((forgetting) => ({ weights: { forgetting }, mean: true, storm: {} })),
        ...[0, 0.3, 0.6, 1].flatMap((response) =>
          [0.7, 0.8, 0.9].map((memory) => ({ weights: {}, storm: { response, memory } })),
        ),
      ]
    : values.pool
      ? [{}, { calibration: true }, { storm: { response: 0 } }, { storm: {} }]
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
    const issued = poolsOf(rows[k])
      .flatMap((own) => walkThrough(own, horizon, run))
      .sort((a, b) => (a.baseDate < b.baseDate ? -1 : a.baseDate > b.baseDate ? 1 : 0));
    report(JSON.stringify(run), issued, horizon);
    const late = issued.filter(({ opening }) => opening);
    if (late.length > 0)
      report(
        `${JSON.stringify(run)}, before the open`,
        late.map((row) => ({ ...row, quantiles: row.opening })),
        horizon,
      );
    if (run.weights && !values.try) {
      const last = issued.at(-1).shares;
      console.log(
        `     last shares at 0.1 / 0.5 / 0.9: ${MEMBERS.map((name) => `${name} ${[LOW, MIDDLE, HIGH].map((l) => last[name][l].toFixed(2)).join('/')}`).join(', ')}`,
      );
    }
  }
});
