// The main job from end to end on real prices: train, forecast, store, meet the real closes, learn, retrain; then say how it went.
import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { chronosMember, createContext, loadChronos, pooledLgbm, predict } from 'chronolight';
import { matchedForecasts, scoreForecasts } from 'chronolight/pipeline';
import { csvPrices } from 'chronolight/prices/csv';
import { forecastTable, progressLine, renderReport, scoreTable } from 'chronolight/report';
import { optionsOrExit } from '../options-or-exit.js';
import { openStore } from './open-store.js';
import { readOptions, usage } from './options.js';
import { walk } from './walk.js';

const started = performance.now();
const options = await optionsOrExit(usage, readOptions);
const { code, name = code, days, folder, out, market } = options;
const { currency, timeZone } = market;

const prices = csvPrices(folder);
const bars = await prices.getBars(code, {});
if (bars.length < days + 300)
  throw new Error(`the walk needs at least ${days + 300} bars, ${options.csv} has ${bars.length}`);
const first = bars[bars.length - 1 - days].date;
const last = bars[bars.length - 1].date;

const { store, file, note } = await openStore(out);
const notes = [];

console.log(`${name}: ${bars.length} daily bars, ${bars[0].date} to ${last}`);
console.log(
  `walking ${days} trading days from ${first}: train, forecast 1, 3 and 5 days ahead, store, match, retrain on Sundays\n`,
);
let now = new Date(0);
// the default members, on the runtime that is always there
const chronos = await loadChronos(undefined, { runtime: 'builtin' });
const members = [chronosMember(chronos), pooledLgbm()];
const context = createContext({ market, prices, store, members, clock: () => now });
const line = progressLine(process.stderr, 'Walking');
const setClock = (instant) => {
  now = instant;
};
const failed = await walk({ context, code, first, last, setClock, onDay: line.update });
line.end();
for (const { job, summary } of failed) notes.push(`${job} failed: ${summary}`);

const latest = await predict(code, context);
const matched = [];
for await (const page of matchedForecasts(store)) matched.push(...page);
const scores = scoreForecasts(matched);

console.log(`\nThe newest forecast, made after the close of ${latest.baseDate}:\n`);
console.log(forecastTable(latest, { name, currency }));
console.log('\nHow the forecasts of the walk met the real closes:\n');
console.log(scoreTable(matched.map(({ outcome }) => outcome)));
for (const note of notes) console.log(`\nNote: ${note}`);

const skills = scores
  .filter(({ forecaster }) => forecaster !== 'naive')
  .map(({ forecaster, horizon, intervalSkill: { estimate, low, high, verdict } }) => ({
    forecaster,
    horizon,
    loss: 'interval score',
    skill: estimate,
    low,
    high,
    state: verdict,
  }));
const report = join(out, 'report.html');
const instrument = {
  code,
  name,
  currency,
  bars: bars.slice(-120),
  latest,
  predictions: matched.map(({ prediction }) => prediction),
  outcomes: matched.map(({ outcome }) => outcome),
  weights: await store.listWeights({ code }),
};
await writeFile(
  report,
  await renderReport({
    title: `${name}, ${days} days with chronolight`,
    instruments: [instrument],
    notes,
    generatedAt: now,
    timeZone,
    skills,
  }),
);
await store.close();
console.log(`\nReport: ${resolve(report)}\nStore:  ${resolve(file)}${note ? ` (${note})` : ''}`);
console.log(
  `${((performance.now() - started) / 1000).toFixed(0)} s, peak memory ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
);
