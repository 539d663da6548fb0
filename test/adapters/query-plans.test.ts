import Database from 'better-sqlite3';
import pg from 'pg';
import { expect, test } from 'vitest';
import { type PostgresClient, postgresStore } from '../../adapters/store/postgres.js';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { POSTGRES, postgresPrograms, withPostgres } from './postgres-server.js';

/*
 * That what grows with the history is read through an index: 200 instruments, 250 days, two horizons, the last three days without
 * outcomes. The statements are those that the store sends.
 */
const CODES = 200;
const DAYS = 250;
const KEY = { code: '000100', baseDate: '2020-05-01', horizon: 1 };

/** A call, and the index that answers it in SQLite and in Postgres. */
const calls: [string, (store: Store) => Promise<unknown>, sqlite: RegExp, postgres: RegExp][] = [
  [
    'one instrument’s history',
    (store) => store.listPredictions({ code: '000100', fromBaseDate: '2020-02-01', limit: 100 }),
    /^SEARCH predictions USING INDEX sqlite_autoindex_predictions_1 \(code=\? AND base_date>\?\)$/,
    /using predictions_pkey/,
  ],
  [
    'the next page of it',
    (store) => store.listPredictions({ code: '000100', after: KEY, limit: 100 }),
    /^SEARCH predictions USING INDEX sqlite_autoindex_predictions_1 \(code=\? AND base_date>\?\)$/,
    /using predictions_pkey/,
  ],
  [
    'one prediction',
    (store) => store.getPrediction(KEY),
    /^SEARCH predictions USING INDEX sqlite_autoindex_predictions_1 \(code=\? AND base_date=\? AND horizon=\?\)$/,
    /using predictions_\w+ [^\n]*\n *Index Cond: (?=.*code =)(?=.*base_date =)(?=.*horizon =)/,
  ],
  [
    'a page of all',
    (store) => store.listPredictions({ after: KEY, limit: 100 }),
    /^SEARCH predictions USING INDEX predictions_by_base_date \((base_date>\?|\(base_date,code,horizon\)>\(\?,\?,\?\))\)$/,
    /using predictions_by_base_date/,
  ],
  [
    'what is due',
    (store) => store.listPredictions({ state: 'due', toTargetDate: '2020-09-09', limit: 100 }),
    /^SCAN predictions USING INDEX predictions_due$/,
    /using predictions_due /,
  ],
  [
    'what is due and was asked for',
    (store) => store.listPredictions({ state: 'due', userTriggered: true, toTargetDate: '2020-09-09', limit: 100 }),
    /^SCAN predictions USING INDEX predictions_due$/,
    /using predictions_due /,
  ],
  [
    'what is void',
    (store) => store.listPredictions({ state: 'void', limit: 100 }),
    /^SCAN predictions USING INDEX predictions_void$/,
    /(using|on) predictions_void/,
  ],
  [
    'one instrument’s outcomes',
    (store) => store.listOutcomes({ code: '000100', fromBaseDate: '2020-02-01', limit: 100 }),
    /^SEARCH prediction_outcomes USING INDEX sqlite_autoindex_prediction_outcomes_1 \(code=\? AND base_date>\?\)$/,
    /using prediction_outcomes_pkey/,
  ],
  [
    'a page of all outcomes',
    (store) => store.listOutcomes({ after: KEY, limit: 100 }),
    /^SEARCH prediction_outcomes USING INDEX prediction_outcomes_by_base_date/,
    /using prediction_outcomes_by_base_date/,
  ],
  [
    'what came true of late',
    (store) => store.listOutcomes({ fromActualDate: '2020-09-01', toActualDate: '2020-09-03', limit: 100 }),
    /^SEARCH prediction_outcomes USING (COVERING )?INDEX prediction_outcomes_by_(base_date \(base_date>\?\)|actual_date \(actual_date>\? AND actual_date<\?\))$/,
    /(using|on) prediction_outcomes_by_(base|actual)_date/i,
  ],
  [
    'what came true of one instrument, with its forecasts',
    (store) => store.listMatched({ code: '000100', limit: 100 }),
    /^SEARCH (predictions USING INDEX sqlite_autoindex_predictions_1 \(code=\? AND base_date=\? AND horizon=\?\)|prediction_outcomes USING INDEX sqlite_autoindex_prediction_outcomes_1 \(code=\?\))$/,
    /(using|on) prediction(s|_outcomes)_pkey/i,
  ],
  [
    'what came true of late, with its forecasts',
    (store) => store.listMatched({ fromActualDate: '2020-09-01', toActualDate: '2020-09-03', limit: 100 }),
    /^SEARCH (predictions USING INDEX sqlite_autoindex_predictions_1 \(code=\? AND base_date=\? AND horizon=\?\)|prediction_outcomes USING (COVERING )?INDEX prediction_outcomes_by_(base_date \(base_date>\?\)|actual_date \(actual_date>\? AND actual_date<\?\)))$/,
    /(using|on) prediction(s_pkey|_outcomes_by_(base|actual)_date)/i,
  ],
  [
    'weights by their day',
    (store) => store.listWeights({ fromAsOf: '2020-09-01', limit: 100 }),
    /^SEARCH ensemble_weights USING INDEX ensemble_weights_by_as_of \(as_of>\?\)$/,
    /using ensemble_weights_by_as_of/,
  ],
  [
    'the newest weights',
    (store) => store.getWeights('000100', 1, '2020-06-01'),
    /^SEARCH ensemble_weights USING INDEX sqlite_autoindex_ensemble_weights_1 \(code=\? AND horizon=\? AND as_of<\?\)$/,
    /using ensemble_weights_pkey/,
  ],
  [
    'the newest weights of several instruments',
    (store) => store.getManyWeights!([{ code: '000100', horizon: 1 }], '2020-06-01'),
    /^SEARCH ensemble_weights USING INDEX sqlite_autoindex_ensemble_weights_1 \(code=\? AND horizon=\? AND as_of<\?\)$/,
    /using ensemble_weights_pkey/,
  ],
];

const COLUMNS = `code, base_date, horizon, target_date, issued_at, base_close, point_close, ci_low, ci_high, prob_up, prob_flat,
  prob_down, direction, expected_return, user_triggered, w_chronos, w_lgbm, w_naive, members, sources_used, matched, void_reason, voided_at`;
const OUTCOME_COLUMNS = `code, base_date, horizon, actual_date, base_close, actual_close, actual_return, actual_direction,
  direction_hit, abs_error, covered, members, matched_at`;
const REST = "'2020-01-01T07:00:00.000Z', 100, 101, 99, 103, 0.4, 0.3, 0.3, 'up', 0.01";

/** Fills the tables; `day(n)` is the n-th day, `numbers` a relation n of 0 to the number of rows. */
const fillings = (dialect: {
  code: string;
  day: (n: string) => string;
  yes: string;
  now: string;
  no: string;
  numbers: string;
  table: (name: string) => string;
}) => [
  `INSERT INTO ${dialect.table('predictions')} (${COLUMNS})
   SELECT ${dialect.code}, ${dialect.day(`n / 2 % ${DAYS}`)}, 1 + n % 2, ${dialect.day(`n / 2 % ${DAYS} + 1`)}, ${REST},
     CASE WHEN n % 7 = 0 THEN ${dialect.yes} ELSE ${dialect.no} END, 0.6, 0.4, 0, '{}', '["chronos"]',
     CASE WHEN n / 2 % ${DAYS} < ${DAYS - 3} THEN ${dialect.yes} ELSE ${dialect.no} END,
     CASE WHEN n / 2 % ${DAYS} = ${DAYS - 3} THEN 'no-close' END,
     CASE WHEN n / 2 % ${DAYS} = ${DAYS - 3} THEN ${dialect.now} END
   FROM (${dialect.numbers}) AS numbers`,
  `INSERT INTO ${dialect.table('prediction_outcomes')} (${OUTCOME_COLUMNS})
   SELECT code, base_date, horizon, target_date, 100, 101, 0.01, 'up', ${dialect.yes}, 1, ${dialect.yes}, '{}', issued_at
   FROM ${dialect.table('predictions')} WHERE matched = ${dialect.yes}`,
  `INSERT INTO ${dialect.table('ensemble_weights')} (code, horizon, as_of, w_chronos, w_lgbm, w_naive, sample_count)
   SELECT code, horizon, base_date, 0.6, 0.4, 0, 60 FROM ${dialect.table('predictions')}`,
];

test('SQLite reads through the indexes, and no more rows than a page has', async () => {
  const database = new Database(':memory:');
  let sent: { sql: string; rows: number }[] = [];
  const watched: SqliteDatabase = {
    exec: (sql) => database.exec(sql),
    close: () => database.close(),
    prepare(sql) {
      const statement = database.prepare(sql);
      return {
        run: (...params) => statement.run(...params),
        all(...params) {
          const rows = statement.all(...params);
          sent.push({ sql, rows: rows.length });
          return rows;
        },
      };
    },
  };
  const store = await sqliteStore({ database: watched });
  const numbers = `WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${CODES * DAYS * 2 - 1}) SELECT n FROM numbers`;
  const dialect = {
    numbers,
    code: `printf('%06d', n / ${2 * DAYS})`,
    yes: '1',
    no: '0',
    now: "'2020-09-30T07:00:00.000Z'",
    table: (name: string) => name,
  };
  for (const sql of fillings({ ...dialect, day: (n) => `date('2020-01-01', '+' || (${n}) || ' days')` }))
    database.exec(sql);

  // as a host finds it, and after its own ANALYZE
  for (const analyze of ['', 'ANALYZE']) {
    database.exec(analyze);
    for (const [name, call, index] of calls) {
      sent = [];
      await call(store);
      for (const { sql, rows } of sent.filter(({ sql }) => sql.startsWith('SELECT'))) {
        const plan = database.prepare(`EXPLAIN QUERY PLAN ${sql}`);
        const steps = plan.all(...Array(sql.split('?').length - 1).fill('')) as { detail: string }[];
        const details = steps
          .map(({ detail }) => detail)
          .filter((detail) => !/^(CO-ROUTINE|SCAN) bounded$/.test(detail));
        expect(details, name).toEqual([expect.stringMatching(index)]);
        expect(rows, name).toBeGreaterThan(0);
        expect(rows, name).toBeLessThanOrEqual(100);
      }
    }
  }
  await store.close();
  database.close();
});

const programs = postgresPrograms();
test.skipIf(programs === undefined)(`${POSTGRES} reads through the indexes, and no more rows than a page has`, () =>
  withPostgres(programs!, async (server) => {
    const database = new pg.Client({ connectionString: server.connectionString });
    database.on('error', () => {});
    await database.connect();
    let sent: { sql: string; values: unknown[] | undefined; rows: number }[] = [];
    const watched: PostgresClient = {
      async query(sql, values) {
        const answer = await database.query(sql, values);
        if (/^(SELECT|WITH)/.test(sql)) sent.push({ sql, values, rows: answer.rows.length });
        return answer;
      },
    };
    const store = await postgresStore({ client: watched, schema: 'plans' });
    const numbers = `SELECT n FROM generate_series(0, ${CODES * DAYS * 2 - 1}) AS n`;
    const code = `lpad((n / ${2 * DAYS})::text, 6, '0')`;
    const table = (name: string) => `plans.${name}`;
    const day = (n: string) => `date '2020-01-01' + (${n})`;
    for (const sql of fillings({ numbers, code, day, table, yes: 'true', no: 'false', now: 'now()' })) {
      await database.query(sql.replace("'2020-01-01T07:00:00.000Z'", "timestamptz '2020-01-01T07:00:00Z'"));
    }
    await database.query('ANALYZE');
    for (const [name, call, , index] of calls) {
      sent = [];
      await call(store);
      for (const { sql, values, rows } of sent) {
        const answer = await database.query(`EXPLAIN ${sql}`, values);
        const plan = answer.rows.map((row) => row['QUERY PLAN'] as string).join('\n');
        expect(plan, name).toMatch(index);
        expect(plan, name).not.toContain('Seq Scan');
        expect(rows, name).toBeGreaterThan(0);
        expect(rows, name).toBeLessThanOrEqual(100);
      }
    }
    await store.close();
    await database.end();
  }),
);
