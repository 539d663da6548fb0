// Lives through a span of past days with the live code, for many instruments, and scores every member beside the random walk.
import { createWriteStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chronosMember, createContext, loadChronos, pooledLgbm, referenceSetup } from 'chronolight';
import { defineMarket, everyDay, krx, us, weekdays } from 'chronolight/markets';
import { withDrivers } from 'chronolight/members';
import { backtest, backtestRecord, matchedForecasts } from 'chronolight/pipeline';
import { csvPrices } from 'chronolight/prices/csv';
import { progressLine, renderReport } from 'chronolight/report';
import { calendarFromDates } from 'chronolight/series';
import { memoryStore } from 'chronolight/store/memory';
import { sqliteStore } from 'chronolight/store/sqlite';
import { optionsOrExit } from '../options-or-exit.js';
import { linesOf } from './lines.js';
import { readOptions, usage } from './options.js';
import { detailedScores, ensembleAhead, issuedAt } from './scores.js';

const MARKETS = { krx, us, everyDay, weekdays };
const options = await optionsOrExit(usage, (args) => readOptions(args, { markets: Object.keys(MARKETS) }));
const { setup, horizons, from, to, out } = options;
const market = MARKETS[options.market];
const prices = csvPrices(options.prices);
const codes = options.codesOf(await instrumentsOf(options.prices));
const closesOf = new Map();
for (const code of codes) {
  const bars = await prices.getBars(code, {});
  closesOf.set(code, { dates: bars.map(({ date }) => date), close: bars.map(({ close }) => close) });
}
const days = new Set([...closesOf.values()].flatMap(({ dates }) => dates));

const store = options.store ? await sqliteStore(options.store, { durability: 'normal' }) : memoryStore();
const chronos = await loadChronos(options.checkpoint);
const context = await makeContext();
const line = progressLine(process.stderr, 'Days');
const started = performance.now();
const report = await backtest(context, {
  codes,
  from,
  to,
  horizons,
  retrainEvery: options.retrainEvery,
  learnWeights: options.learnWeights,
  onProgress: line.update,
});
line.end();

await mkdir(out, { recursive: true });
const lines = createWriteStream(join(out, 'records.jsonl'));
const matched = [];
for await (const page of matchedForecasts(store)) {
  for (const row of page) {
    for (const issue of ['close', 'open']) {
      for (const issued of issuedAt(issue, [row])) {
        lines.write(`${JSON.stringify({ issue, ...backtestRecord(issued) })}\n`);
      }
    }
    if (row.prediction.baseDate >= options.scoreFrom) matched.push(row);
  }
}
await new Promise((resolve) => lines.end(resolve));

const issues = ['close', 'open'].filter((issue) => issuedAt(issue, matched).length > 0);
const results = issues.map((issue) => {
  const rows = issuedAt(issue, matched);
  return {
    issue,
    scores: detailedScores(rows, { closesOf, flatBand: market.flatBand }),
    ensemble: horizons.map((horizon) => ({ horizon, ...ensembleAhead(rows, horizon) })),
  };
});
const { retrain, predict, match } = report.elapsedMs;
const summary = {
  instruments: codes.length,
  days: report.days,
  resumedDays: report.resumedDays,
  outcomes: matched.length,
  failures: report.failures.length,
  retrainFailures: report.retrainFailures.length,
  seconds: {
    all: (performance.now() - started) / 1000,
    retrain: retrain / 1000,
    predict: predict / 1000,
    match: match / 1000,
  },
  peakMemoryMb: Math.round(process.resourceUsage().maxRSS / 1024),
};
const document = { setup, market: options.market, from, to, scoreFrom: options.scoreFrom, codes, results, summary };
await writeFile(join(out, 'scores.json'), JSON.stringify(document, undefined, 1));
for (const text of options.json ? [JSON.stringify(document)] : linesOf(results, summary)) console.log(text);

const last = results.at(-1);
const html = await renderReport({
  title: `Backtest of ${codes.length} instruments, ${from} to ${to}`,
  instruments: codes.map((code) => {
    const rows = matched.filter(({ outcome }) => outcome.code === code);
    return {
      code,
      bars: [],
      predictions: rows.map(({ prediction }) => prediction),
      outcomes: rows.map(({ outcome }) => outcome),
    };
  }),
  notes: [],
  generatedAt: new Date(`${to}T18:00:00Z`),
  timeZone: 'UTC',
  skills: (last?.scores ?? [])
    .filter(({ forecaster }) => forecaster !== 'naive')
    .map(({ forecaster, horizon, pinballSkill: { estimate, low, high, verdict } }) => {
      return { forecaster, horizon, loss: 'pinball loss', skill: estimate, low, high, state: verdict };
    }),
});
await writeFile(join(out, 'report.html'), html);
if (!options.json) console.log(`records, scores and report: ${out}`);
await chronos.dispose();
await store.close();

async function makeContext() {
  const parts = {
    // The days on which the prices have bars overrule the market's table.
    market: defineMarket({ ...market, calendar: calendarFromDates(days, market.calendar) }),
    prices,
    store,
  };
  const lgbm = { trainingBars: options.trainingBars };
  if (setup === 'reference') return referenceSetup({ ...parts, chronos, lgbm });
  const members = setup === 'cold' ? [chronosMember(chronos)] : [chronosMember(chronos), pooledLgbm(lgbm)];
  if (options.drivers === undefined) return createContext({ ...parts, members });
  const driverPrices = csvPrices(options.drivers);
  const drivers = (await instrumentsOf(options.drivers)).map((code) => {
    return { code, prices: driverPrices, market: MARKETS[options.driverMarket] };
  });
  return createContext({ ...parts, members: members.map((member) => withDrivers(member, { drivers })) });
}

async function instrumentsOf(folder) {
  return (await readdir(folder)).flatMap((name) => /^(.*)\.csv(\.gz)?$/.exec(name)?.[1] ?? []).sort();
}
