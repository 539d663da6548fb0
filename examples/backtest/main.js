// Lives through a span of past days with the live code, for many instruments, and scores every member beside the random walk.
import { once } from 'node:events';
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
import { matchedRows, reportRow } from './matched-rows.js';
import { readOptions, usage } from './options.js';
import { detailedScores, ensembleAhead, issuedAt } from './scores.js';

const ISSUES = ['close', 'open'];
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
// by time of issue and horizon
const kept = { close: new Map(), open: new Map() };
const shown = new Map(codes.map((code) => [code, []]));
let outcomes = 0;
for await (const page of matchedForecasts(store)) {
  for (const row of page) {
    const isScored = row.prediction.baseDate >= options.scoreFrom;
    for (const issue of ISSUES) {
      for (const issued of issuedAt(issue, [row])) {
        const record = backtestRecord(issued);
        if (!lines.write(`${JSON.stringify({ issue, ...record })}\n`)) await once(lines, 'drain');
        if (!isScored) continue;
        if (!kept[issue].has(record.horizon)) kept[issue].set(record.horizon, matchedRows());
        kept[issue].get(record.horizon).add(issued, record);
      }
    }
    if (!isScored) continue;
    outcomes++;
    shown.get(row.outcome.code)?.push(reportRow(row));
  }
}
await new Promise((resolve) => lines.end(resolve));

const issues = ISSUES.filter((issue) => kept[issue].size > 0);
const results = issues.map((issue) => {
  const ahead = new Map();
  const ascending = [...kept[issue]].sort(([a], [b]) => a - b);
  // a horizon at a time: its rows are gone when the next one's are made
  const scores = ascending.flatMap(([horizon, place]) => {
    const rows = place.rows();
    ahead.set(horizon, ensembleAhead(rows, horizon));
    return detailedScores(rows, { closesOf, flatBand: market.flatBand });
  });
  return { issue, scores, ensemble: horizons.map((horizon) => ({ horizon, ...ahead.get(horizon) })) };
});
const { retrain, predict, match } = report.elapsedMs;
const summary = {
  instruments: codes.length,
  days: report.days,
  resumedDays: report.resumedDays,
  outcomes,
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
  instruments: [...shown].map(([code, rows]) => ({
    code,
    bars: [],
    predictions: rows.map(({ prediction }) => prediction),
    outcomes: rows.map(({ outcome }) => outcome),
  })),
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
