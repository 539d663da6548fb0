// Lives through a span of past days with the live code, for many instruments, and scores every member beside the random walk.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chronosMember, createContext, loadChronos, pooledLgbm, referenceSetup } from 'chronolight';
import { defineMarket, everyDay, krx, us, weekdays } from 'chronolight/markets';
import { backtest, backtestRecord, matchedForecasts, scoreForecasts } from 'chronolight/pipeline';
import { csvPrices } from 'chronolight/prices/csv';
import { progressLine, renderReport } from 'chronolight/report';
import { calendarFromDates } from 'chronolight/series';
import { memoryStore } from 'chronolight/store/memory';
import { sqliteStore } from 'chronolight/store/sqlite';

const { values: options } = parseArgs({
  options: {
    prices: { type: 'string' }, // a folder of CODE.csv or CODE.csv.gz
    from: { type: 'string' },
    to: { type: 'string' },
    codes: { type: 'string' }, // a,b,c or a number: the first so many; all unless given
    horizons: { type: 'string', default: '1,3,5' },
    'retrain-every': { type: 'string', default: '7' }, // calendar days, or 'never': LightGBM stays silent
    'keep-weights': { type: 'boolean', default: false }, // 0.6 / 0.4 / 0 throughout, no calibration
    'training-bars': { type: 'string', default: '1250' },
    setup: { type: 'string', default: 'default' }, // or reference: LightGBM by instrument and votes, as the system first asked for
    market: { type: 'string', default: 'krx' }, // or us, everyDay, weekdays
    checkpoint: { type: 'string' }, // a folder or hub id; default the package's own
    store: { type: 'string' }, // a file makes the run resumable; memory unless given
    out: { type: 'string', default: 'backtest-output' },
  },
});
if (!options.prices || !options.from || !options.to)
  throw new Error('--prices FOLDER --from DATE --to DATE are needed');

const market = chosen('market', { krx, us, everyDay, weekdays });
chosen('setup', { reference: true, default: true });

const prices = csvPrices(options.prices);
const known = (await readdir(options.prices)).flatMap((name) => /^(.*)\.csv(\.gz)?$/.exec(name)?.[1] ?? []).sort();
const wanted = options.codes ?? `${known.length}`;
const codes = /^\d{1,4}$/.test(wanted) ? known.slice(0, Number(wanted)) : wanted.split(',');
const days = new Set();
for (const code of codes) for (const { date } of await prices.getBars(code, {})) days.add(date);

const store = options.store ? await sqliteStore(options.store, { durability: 'normal' }) : memoryStore();
const chronos = await loadChronos(options.checkpoint);
// The days on which the prices have bars overrule the market's table.
const parts = {
  market: defineMarket({ ...market, calendar: calendarFromDates(days, market.calendar) }),
  prices,
  store,
};
const lgbm = { trainingBars: Number(options['training-bars']) };
const context =
  options.setup === 'reference'
    ? referenceSetup({ ...parts, chronos, lgbm })
    : createContext({ ...parts, members: [chronosMember(chronos), pooledLgbm(lgbm)] });
const line = progressLine(process.stderr, 'Days');
const started = performance.now();
const report = await backtest(context, {
  codes,
  from: options.from,
  to: options.to,
  horizons: options.horizons.split(',').map(Number),
  retrainEvery: options['retrain-every'] === 'never' ? false : Number(options['retrain-every']),
  learnWeights: !options['keep-weights'],
  onProgress: line.update,
});
line.end();

await mkdir(options.out, { recursive: true });
const lines = createWriteStream(join(options.out, 'records.jsonl'));
const matched = [];
for await (const page of matchedForecasts(store)) {
  matched.push(...page);
  for (const row of page) lines.write(`${JSON.stringify(backtestRecord(row))}\n`);
}
await new Promise((resolve) => lines.end(resolve));

const percent = (share) => `${(100 * share).toFixed(2)}%`;
const skillText = ({ estimate, low, high, verdict }) =>
  `${percent(estimate)} [${percent(low)}, ${percent(high)}] ${verdict}`;
const scores = scoreForecasts(matched);
for (const score of scores) {
  console.log(
    `h=${score.horizon} ${score.forecaster.padEnd(8)} n=${score.count} pinball ${(1e4 * score.pinball).toFixed(2)}e-4`,
    `skill ${skillText(score.pinballSkill)};`,
    `coverage ${score.coverage.toFixed(3)}; abs error skill ${skillText(score.absErrorSkill)};`,
    `hits ${percent(score.hitRate)} of base ${percent(score.baseRate)}; log loss ${score.logLoss.toFixed(4)} (shares ${score.shareLogLoss.toFixed(4)})`,
  );
}
const { retrain, predict, match } = report.elapsedMs;
const seconds = (ms) => (ms / 1000).toFixed(1);
console.log(
  `${codes.length} instruments, ${report.days} days (${report.resumedDays} done before), ${matched.length} outcomes,`,
  `${report.failures.length} without forecast, ${report.retrainFailures.length} trainings not published;`,
  `${seconds(performance.now() - started)} s: retrain ${seconds(retrain)}, predict ${seconds(predict)}, match ${seconds(match)};`,
  `peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
);

const byCode = new Map(codes.map((code) => [code, matched.filter(({ outcome }) => outcome.code === code)]));
const html = await renderReport({
  title: `Backtest of ${codes.length} instruments, ${options.from} to ${options.to}`,
  instruments: [...byCode].map(([code, rows]) => ({
    code,
    bars: [],
    predictions: rows.map(({ prediction }) => prediction),
    outcomes: rows.map(({ outcome }) => outcome),
  })),
  notes: [],
  generatedAt: new Date(`${options.to}T18:00:00Z`),
  timeZone: 'UTC',
  skills: scores
    .filter(({ forecaster }) => forecaster !== 'naive')
    .map(({ forecaster, horizon, pinballSkill: { estimate, low, high, verdict } }) => {
      return { forecaster, horizon, loss: 'pinball loss', skill: estimate, low, high, state: verdict };
    }),
});
await writeFile(join(options.out, 'report.html'), html);
console.log(`records and report: ${options.out}`);
await chronos.dispose();
await store.close();

function chosen(option, known) {
  if (Object.hasOwn(known, options[option])) return known[options[option]];
  throw new Error(`--${option} must be ${Object.keys(known).join(' or ')}, got ${options[option]}`);
}
