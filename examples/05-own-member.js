// A model of your own as a member: a plain function over closes. It is stored, scored, earns a weight, and appears in the report.
import { createContext, krx } from 'chronolight';
import { backtest, matchedForecasts, scoreForecasts, updateWeights } from 'chronolight/pipeline';
import { renderReport } from 'chronolight/report';
import { memoryStore } from 'chronolight/store/memory';
import { simulatedPrices } from './simulated-market.js';

/** The last close and the spread of past moves over as many days: 0.1, 0.5 and 0.9 of them. */
function pastMoves(closes, horizon) {
  const moves = [];
  for (let t = horizon; t < closes.length; t++) moves.push(closes[t] / closes[t - horizon]);
  moves.sort((a, b) => a - b);
  const last = closes[closes.length - 1];
  return [0.1, 0.5, 0.9].map((level) => last * moves[Math.floor(level * moves.length)]);
}

const pastMovesMember = {
  name: 'past_moves', // of its weight, its part of stored rows and its line in the report
  prior: 1, // its share before anything is learned, beside the other members'
  async forecast(batch, { horizons }) {
    return batch.map(({ series }) => {
      const stepOf = (horizon) => ({ levels: [0.1, 0.5, 0.9], quantiles: pastMoves(series.close, horizon) });
      return new Map(horizons.map((horizon) => [horizon, stepOf(horizon)]));
    });
  },
};

const code = '005930';
const store = memoryStore();
const context = createContext({
  market: krx,
  prices: simulatedPrices([code], { last: '2026-11-20' }),
  store,
  members: [pastMovesMember], // beside chronosMember(), pooledLgbm(), ... as you like; the random walk joins by itself
  clock: () => new Date('2026-11-20T18:00:00+09:00'),
});
await backtest(context, { codes: [code], from: '2026-07-01', to: '2026-11-20', horizons: [1] });

const [{ weights, sampleCount }] = await updateWeights(context);
console.log(
  `learned from ${sampleCount} outcomes: past_moves ${weights.past_moves.toFixed(2)}, naive ${weights.naive.toFixed(2)}`,
);

const matched = [];
for await (const page of matchedForecasts(store)) matched.push(...page);
for (const { forecaster, count, pinball, pinballSkill, coverage } of scoreForecasts(matched)) {
  console.log(
    `${forecaster}: pinball loss ${pinball.toFixed(5)} over ${count} forecasts, coverage ${coverage.toFixed(2)},`,
    `against the random walk ${(100 * pinballSkill.estimate).toFixed(1)} %: ${pinballSkill.verdict}`,
  );
}

const html = await renderReport({
  title: 'A member of our own',
  instruments: [
    {
      code,
      bars: await context.prices.getBars(code, { limit: 120 }),
      predictions: matched.map(({ prediction }) => prediction),
      outcomes: matched.map(({ outcome }) => outcome),
      weights: await store.listWeights({ code }),
    },
  ],
  notes: [],
  generatedAt: context.clock(),
  timeZone: krx.timeZone,
});
console.log(`the report of ${Math.round(html.length / 1024)} kB names it ${html.split('Past moves').length - 1} times`);
