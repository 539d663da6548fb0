import { copyFile, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import Database from 'better-sqlite3';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresClient, postgresStore } from '../../adapters/store/postgres.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import type { PredictionRecord } from '../../src/store/records.js';
import type { Store } from '../../src/store/store.js';
import {
  sampleOutcome,
  samplePerformance,
  samplePrediction,
  sampleWeights,
  sureOf,
} from '../../src/testing/samples.js';
import { POSTGRES, postgresPrograms, withPostgres } from './postgres-server.js';
import { FORECASTS_OF_SCHEMA_4, OUTCOME_OF_SCHEMA_4, putRowsOfSchema4 } from './schema-4.js';

/*
 * Databases that the code of schema 2 made, before there were whole distributions and members of any name, and that of schema 4, before members'
 * quantiles were bytes: a SQLite file and a dump of Postgres (pg_dump --inserts) of the same rows. They are opened, brought up to date, read and
 * written on.
 */
const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
const AT = new Date('2024-03-08T07:00:00.000Z');

/** What each row of then is now: a member that knew no quantiles is known at 0.1, 0.5 and 0.9, in order, its point inside. */
async function expectCarriedOver(store: Store): Promise<void> {
  const known = { probUp: 0.5, probFlat: 0.3, probDown: 0.2, direction: 'up' as const };
  const lgbm = {
    ...{ pointClose: 73_600, ciLow: 71_392, ciHigh: 75_808, ...known, expectedReturn: 73_600 / 73_300 - 1 },
    ...{ levels: [0.1, 0.5, 0.9], quantiles: [71_392, 73_600, 75_808] },
  };
  const { chronos } = samplePrediction().members;
  const plain = samplePrediction({
    weights: { chronos: 0.6, lgbm: 0.4, naive: 0 },
    members: { chronos, lgbm },
    sourcesUsed: ['chronos', 'lgbm_h1'],
  });
  const outside = {
    ...plain,
    ...{
      horizon: 3,
      calibration: undefined,
      pointClose: 75_100,
      ciHigh: 75_100,
      quantiles: [72_100.5, 75_100, 75_100],
    },
    members: {
      lgbm: {
        ...lgbm,
        ...{
          pointClose: 76_000,
          ciHigh: 76_000,
          quantiles: [71_392, 76_000, 76_000],
          expectedReturn: 76_000 / 73_300 - 1,
        },
      },
      naive: { ...lgbm, levels: [0.1, 0.9], quantiles: [73_000, 74_000] },
    },
  };
  const bare = { ...plain, horizon: 5, members: {}, sourcesUsed: [], weights: { chronos: 1, lgbm: 0, naive: 0 } };
  const predictions: PredictionRecord[] = [{ ...plain, userTriggered: true }, outside, bare];
  expect(await store.listPredictions()).toEqual(predictions);
  expect((await store.listPredictions({ state: 'due' })).map(({ horizon }) => horizon)).toEqual([3, 5]);
  const { chronos: loss, my_model: other } = sampleOutcome().members;
  const outcome = sampleOutcome({ members: { chronos: loss, lgbm: other } });
  expect(await store.listMatched()).toEqual([{ prediction: predictions[0], outcome }]);

  const weights = { chronos: 0.55, lgbm: 0.35, naive: 0.1 };
  const hitRates = { chronos: 0.52, lgbm: 0.49, naive: 1 / 3, ensemble: 0.53 };
  const newest = sampleWeights({ asOf: '2024-03-15', weights, hitRates: {}, calibration: undefined, sampleCount: 0 });
  expect(await store.listWeights()).toEqual([sampleWeights({ weights, hitRates }), newest]);
  expect(await store.listPerformance()).toEqual([samplePerformance()]);
  expect(await store.models.get('005930_h1_reg')).toBe('tree\nversion=v4\n');
  expect(await store.models.getMeta!('005930_h1_reg')).toEqual({ trainedAt: '2024-03-08' });
  const lease = { startedAt: AT, leaseUntil: new Date(AT.getTime() + 60_000), attempts: 1 };
  const run = { scheduledFor: AT, owner: 'first', ...lease };
  const ended = { ...run, finishedAt: AT, summary: 'told' };
  expect(await store.listJobRuns({ job: 'daily-batch' })).toEqual([{ ...ended, job: 'daily-batch', status: 'done' }]);
  expect(await store.listJobRuns({ job: 'match' })).toEqual([{ ...ended, job: 'match', status: 'failed' }]);
  expect(await store.listJobRuns({ job: 'retrain' })).toEqual([{ ...run, job: 'retrain', status: 'running' }]);

  // and it is written on: an old row by a new forecast, a failed tick by another attempt
  await store.upsertPredictions([{ ...outside, ...sureOf(74_000) }]);
  expect(await store.listPredictions({ horizon: 3 })).toEqual([{ ...outside, ...sureOf(74_000) }]);
  const claim = { job: 'match', scheduledFor: AT, owner: 'second', now: AT, leaseMs: 1000 };
  expect(await store.claimJobRun(claim)).toBe(true);
  await store.putWeights([
    sampleWeights({ asOf: '2024-03-22', weights: { chronos: 0.7, lgbm: 0.3 }, hitRates: { lgbm: 0.5 } }),
  ]);
  await store.upsertPredictions([samplePrediction({ code: 'new', weights: { chronos: 0.25, lgbm: 0.75 } })]);
}

/** What the rows of schema 4 say is the same, and is still when they are put again, in today's form. */
async function expectTheSame(store: Store): Promise<void> {
  const [matched, reissued] = FORECASTS_OF_SCHEMA_4;
  const asPut = (rows: PredictionRecord[]) => rows.sort((a, b) => a.horizon - b.horizon);
  expect(await store.listPredictions()).toEqual(FORECASTS_OF_SCHEMA_4);
  expect(await store.listMatched()).toEqual([{ prediction: matched, outcome: OUTCOME_OF_SCHEMA_4 }]);
  expect(await store.listPredictions({ state: 'due' })).toEqual([reissued]);
  expect(await store.listPredictions({ state: 'due', userTriggered: true })).toEqual([]);
  await store.upsertPredictions([
    { ...reissued, userTriggered: true },
    { ...matched, horizon: 2 },
  ]);
  const again = [
    { ...reissued, userTriggered: true },
    { ...matched, horizon: 2 },
  ];
  expect(await store.listPredictions({ state: 'due', userTriggered: true })).toEqual(asPut(again));
  expect(await store.listPredictions({ state: 'matched' })).toEqual([matched]);
}

/** What someone who reads the tables finds, of rows of then and of now. */
const QUESTIONS = (table: (name: string) => string) => ({
  weights: `SELECT w_chronos, w_lgbm, hit_rate_chronos, hit_rate_lgbm, hit_rate_ensemble, sample_count
    FROM ${table('ensemble_weights')} ORDER BY as_of`,
  forecasts: `SELECT code, horizon, w_chronos, w_lgbm FROM ${table('predictions')} ORDER BY base_date, code, horizon`,
});
const ANSWERS = {
  weights: [
    {
      w_chronos: 0.55,
      w_lgbm: 0.35,
      hit_rate_chronos: 0.52,
      hit_rate_lgbm: 0.49,
      hit_rate_ensemble: 0.53,
      sample_count: 60,
    },
    {
      w_chronos: 0.55,
      w_lgbm: 0.35,
      hit_rate_chronos: null,
      hit_rate_lgbm: null,
      hit_rate_ensemble: null,
      sample_count: 0,
    },
    {
      w_chronos: 0.7,
      w_lgbm: 0.3,
      hit_rate_chronos: null,
      hit_rate_lgbm: 0.5,
      hit_rate_ensemble: null,
      sample_count: 60,
    },
  ],
  forecasts: [
    { code: '005930', horizon: 1, w_chronos: 0.6, w_lgbm: 0.4 },
    { code: '005930', horizon: 3, w_chronos: 0.6, w_lgbm: 0.4 },
    { code: '005930', horizon: 5, w_chronos: 1, w_lgbm: 0 },
    { code: 'new', horizon: 1, w_chronos: 0.25, w_lgbm: 0.75 },
  ],
};

describe('a database of schema 2 or 4 opens, is brought up to date, read and written on, and its columns stay readable in SQL', () => {
  let root: string;
  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), 'chronolight-older-'));
  });
  afterAll(() => rm(root, { recursive: true }));

  test('in SQLite', async () => {
    const file = join(root, 'older.db');
    await copyFile(fixture('store-schema-2.sqlite'), file);
    const store = await sqliteStore(file, { library: 'better-sqlite3' });
    await expectCarriedOver(store);
    await store.close();
    const database = new Database(file);
    const { weights, forecasts } = QUESTIONS((name) => name);
    expect(database.prepare(weights).all()).toEqual(ANSWERS.weights);
    expect(database.prepare(forecasts).all()).toEqual(ANSWERS.forecasts);
    database.close();
  });

  test('in SQLite, of schema 4, put today', async () => {
    const store = await sqliteStore(':memory:', { library: 'better-sqlite3' });
    await putRowsOfSchema4(store);
    await expectTheSame(store);
    await store.close();
  });

  test('in SQLite, of schema 4', async () => {
    const file = join(root, 'schema-4.db');
    await copyFile(fixture('store-schema-4.sqlite'), file);
    const store = await sqliteStore(file, { library: 'better-sqlite3' });
    await expectTheSame(store);
    await store.close();
  });

  const inPostgres = async (client: PostgresClient, execute: (sql: string) => Promise<unknown>) => {
    await execute(await readFile(fixture('store-schema-2.sql'), 'utf8'));
    await expectCarriedOver(await postgresStore({ client, schema: 'schema_2' }));
    const { weights, forecasts } = QUESTIONS((name) => `schema_2.${name}`);
    expect((await client.query(weights)).rows).toEqual(ANSWERS.weights);
    expect((await client.query(forecasts)).rows).toEqual(ANSWERS.forecasts);
    await execute(await readFile(fixture('store-schema-4.sql'), 'utf8'));
    await expectTheSame(await postgresStore({ client, schema: 'schema_4' }));
  };

  const programs = postgresPrograms();
  test.skipIf(programs === undefined)(`in ${POSTGRES}`, () =>
    withPostgres(programs!, async ({ connectionString }) => {
      const client = new pg.Client({ connectionString });
      client.on('error', () => {});
      await client.connect();
      await inPostgres(client, (sql) => client.query(sql));
      await client.end();
    }),
  );

  test.skipIf(programs !== undefined)('in Postgres, over PGlite', async () => {
    const database = await PGlite.create();
    const client: PostgresClient = {
      async query(text, values) {
        const { rows, affectedRows } = await database.query(text, values);
        return { rows, rowCount: rows.length > 0 ? rows.length : (affectedRows ?? 0) };
      },
    };
    await inPostgres(client, (sql) => database.exec(sql));
    await database.close();
  });
});
