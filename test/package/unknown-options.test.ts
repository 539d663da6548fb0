import { describe, expect, test } from 'vitest';
import { inProcessJobs } from '../../adapters/jobs/in-process.js';
import { pgBossJobs } from '../../adapters/jobs/pg-boss.js';
import { csvPrices } from '../../adapters/prices/csv.js';
import { naverPrices } from '../../adapters/prices/naver.js';
import { yahooPrices } from '../../adapters/prices/yahoo.js';
import { forecastTable } from '../../adapters/report/index.js';
import { createForecastService } from '../../adapters/service/forecast-service.js';
import { memoryStore } from '../../adapters/store/memory.js';
import { postgresStore } from '../../adapters/store/postgres.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import {
  ewmaMixtureForecast,
  garchForecast,
  gasTForecast,
  harRangeForecast,
  randomWalkForecast,
} from '../../src/baselines/index.js';
import { loadChronos } from '../../src/chronos/index.js';
import { buildFeatures } from '../../src/features/index.js';
import { createDataset, createTrainPool, cv, timeFolds, train } from '../../src/lgbm/index.js';
import { defineMarket, krx } from '../../src/markets/index.js';
import {
  chronosMember,
  garch,
  har,
  instrumentLgbm,
  pooledLgbm,
  randomWalk,
  withDrivers,
} from '../../src/members/index.js';
import * as pipeline from '../../src/pipeline/index.js';
import { blockBootstrap } from '../../src/scoring/index.js';
import { createCalendar, parseSeries } from '../../src/series/index.js';
import { createContext, referenceSetup } from '../../src/setup/index.js';
import { learnLevelWeights, learnStormCalibration } from '../../src/weights/index.js';
import { arrayPrices, pooledOf, simulateBars } from '../pipeline/simulated-market.js';

const bars = simulateBars(1, { count: 40 });
const { prices } = arrayPrices({ a: bars });
const store = memoryStore();
const parts = { market: krx, prices, store };
const context = pooledOf({ prices, store });
const close = bars.map((bar) => bar.close);
const dataset = createDataset({ values: Float64Array.from(close), rows: 40, labels: Float64Array.from(close) });
const odd = { oddity: 1 } as never;
const withOdd = (given: object) => ({ ...given, oddity: 1 }) as never;

/** Every published function that takes options, called with one that there is not; the rest would do. */
const CALLS: Record<string, () => unknown> = {
  createContext: () => createContext(withOdd(parts)),
  referenceSetup: () => referenceSetup(withOdd(parts)),
  defineMarket: () => defineMarket(withOdd(krx)),
  predict: () => pipeline.predict('a', context, odd),
  predictMany: () => pipeline.predictMany(['a'], context, odd),
  predictAndStore: () => pipeline.predictAndStore('a', context, odd),
  predictMember: () => pipeline.predictMember('a', context, withOdd({ member: 'lgbm', horizon: 1 })),
  explain: () => pipeline.explain('a', context, withOdd({ horizon: 1 })),
  dailyBatch: () => pipeline.dailyBatch(context, withOdd({ codes: ['a'] })),
  openingBatch: () => pipeline.openingBatch(context, withOdd({ codes: ['a'] })),
  matchOutcomes: () => pipeline.matchOutcomes('2024-03-29', context, odd),
  updateWeights: () => pipeline.updateWeights(context, odd),
  retrain: () => pipeline.retrain(context, withOdd({ codes: ['a'] })),
  keptGenerations: () => pipeline.keptGenerations(context, odd),
  rollback: () => pipeline.rollback(context, odd),
  judgeGeneration: () => pipeline.judgeGeneration(context, withOdd({ member: 'lgbm' })),
  createScheduler: () => pipeline.createScheduler(context, withOdd({ codes: ['a'] })),
  'createScheduler, schedule': () => pipeline.createScheduler(context, { codes: ['a'], schedule: odd }),
  'createScheduler, retention': () =>
    pipeline.createScheduler(context, { codes: ['a'], retention: withOdd({ keepDays: 400 }) }),
  scorecard: () => pipeline.scorecard(context, odd),
  exportLog: () => pipeline.exportLog(context, odd).next(),
  backtest: () => pipeline.backtest(context, withOdd({ codes: ['a'], from: '2024-03-01', to: '2024-03-08' })),
  matchedForecasts: () => pipeline.matchedForecasts(store, odd).next(),
  chronosMember: () => chronosMember(undefined, odd),
  pooledLgbm: () => pooledLgbm(odd),
  instrumentLgbm: () => instrumentLgbm(odd),
  randomWalk: () => randomWalk(odd),
  har: () => har(odd),
  garch: () => garch(odd),
  withDrivers: () => withDrivers(randomWalk(), withOdd({ drivers: [{ code: 'SPY', prices, market: krx }] })),
  'withDrivers, a driver': () =>
    withDrivers(randomWalk(), { drivers: [withOdd({ code: 'SPY', prices, market: krx })] }),
  'store.listPredictions': () => store.listPredictions(odd),
  'store.listOutcomes': () => store.listOutcomes(odd),
  'store.prune': () => store.prune(withOdd({ before: '2020-01-01' })),
  sqliteStore: () => sqliteStore(':memory:', odd),
  postgresStore: () => postgresStore(withOdd({ connectionString: 'postgres://localhost' })),
  csvPrices: () => csvPrices('folder', odd),
  yahooPrices: () => yahooPrices(odd),
  naverPrices: () => naverPrices(odd),
  inProcessJobs: () => inProcessJobs(odd),
  pgBossJobs: () => pgBossJobs({} as never, odd),
  createForecastService: () => createForecastService(context, odd),
  forecastTable: () => forecastTable({} as never, odd),
  loadChronos: () => loadChronos(undefined, odd),
  createDataset: () => createDataset(withOdd({ values: [1], rows: 1 })),
  train: () => train(dataset, {}, odd),
  cv: () => cv(dataset, {}, odd),
  timeFolds: () => timeFolds(40, withOdd({ folds: 2 })),
  createTrainPool: () => createTrainPool(withOdd({ workers: 1 })),
  'booster.predict': () => train(dataset, { num_iterations: 1 }).predict(Float64Array.from(close), odd),
  buildFeatures: () => buildFeatures(bars, odd),
  parseSeries: () => parseSeries(bars, odd),
  createCalendar: () => createCalendar(withOdd({ closures: [] })),
  randomWalkForecast: () => randomWalkForecast(close, withOdd({ horizon: 1 })),
  ewmaMixtureForecast: () => ewmaMixtureForecast(close, withOdd({ horizon: 1 })),
  garchForecast: () => garchForecast(close, withOdd({ horizon: 1 })),
  gasTForecast: () => gasTForecast(close, withOdd({ horizon: 1 })),
  harRangeForecast: () => harRangeForecast(parseSeries(bars), withOdd({ horizon: 1 })),
  blockBootstrap: () => blockBootstrap(close, undefined, odd),
  learnLevelWeights: () => learnLevelWeights([], withOdd({ horizon: 1, members: ['a'], levels: [0.5] })),
  learnStormCalibration: () => learnStormCalibration([], withOdd({ horizon: 1 })),
};

describe('an option that there is not is refused by its name, not passed over', () => {
  test.each(Object.entries(CALLS))('%s', async (_, call) => {
    const refused = await Promise.resolve()
      .then(call)
      .then(
        () => 'taken',
        (error) => error,
      );
    expect(refused).toMatchObject({ code: 'INVALID_ARGUMENT' });
    expect(`${refused.field} ${refused.actual} ${refused.message}`).toContain('oddity');
  });
});
