import Database from 'better-sqlite3';
import type pg from 'pg';
import { postgresDialect } from '../../adapters/store/postgres/postgres-driver.js';
import type { BulkStatement, Dialect } from '../../adapters/store/sql/driver.js';
import { forecastsOf } from '../../adapters/store/sql/forecast-columns.js';
import { outcomeValues, predictionValues } from '../../adapters/store/sql/rows.js';
import { insertOf, keyed, orderOf, replacing, selectOf } from '../../adapters/store/sql/statements.js';
import { OUTCOMES, PREDICTIONS } from '../../adapters/store/sql/tables.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';

/** What a host would write without this package: the statements of the stores, and no checks, retries or copies around them. */
export interface Bare {
  upsert(records: readonly PredictionRecord[]): Promise<void> | void;
  match(
    target: string,
    page: number,
    outcomeOf: (row: PredictionRecord) => OutcomeRecord,
    expected: number,
  ): Promise<void> | void;
  close(): Promise<void> | void;
}

const key = (row: { code: string; baseDate: string; horizon: number }) => [row.code, row.baseDate, row.horizon];

function statements(dialect: Dialect) {
  const flags = 'user_triggered = (stored.user_triggered OR excluded.user_triggered)';
  const conflict = replacing(PREDICTIONS).replace('user_triggered = excluded.user_triggered', flags);
  return {
    upsert: insertOf(dialect, PREDICTIONS, `${conflict} WHERE ${dialect.is('stored.matched', false)}`),
    due: `${selectOf(dialect, PREDICTIONS)} WHERE target_date <= ${dialect.param('date', 1)} AND ${dialect.is('matched', false)}
      ${orderOf(PREDICTIONS, ['base_date', 'code', 'horizon'])} LIMIT ${dialect.param('integer', 2)}`,
    hold: keyed(dialect, PREDICTIONS, { select: dialect.read({ name: 'matched', kind: 'boolean' }), forUpdate: true }),
    outcome: insertOf(dialect, OUTCOMES, 'ON CONFLICT (code, base_date, horizon) DO NOTHING'),
    mark: keyed(dialect, PREDICTIONS, { set: dialect.name === 'sqlite' ? 'matched = 1' : 'matched = true' }),
  };
}

/** A row as a host would turn it into an object: names changed, JSON parsed, dates made, nothing looked at. */
function recordOf(row: Record<string, unknown>): PredictionRecord {
  const n = (name: string) => Number(row[name]);
  const { whole, members } = forecastsOf(row, n('base_close'));
  return {
    code: row['code'] as string,
    baseDate: row['base_date'] as string,
    horizon: n('horizon'),
    targetDate: row['target_date'] as string,
    issuedAt: new Date(row['issued_at'] as string),
    baseClose: n('base_close'),
    pointClose: n('point_close'),
    ciLow: n('ci_low'),
    ciHigh: n('ci_high'),
    probUp: n('prob_up'),
    probFlat: n('prob_flat'),
    probDown: n('prob_down'),
    direction: row['direction'] as 'up',
    expectedReturn: n('expected_return'),
    userTriggered: row['user_triggered'] === 1 || row['user_triggered'] === 'true',
    weights: { chronos: n('w_chronos'), lgbm: n('w_lgbm'), naive: n('w_naive') },
    calibration: { low: n('calibration_low'), high: n('calibration_high') },
    members,
    sourcesUsed: JSON.parse(row['sources_used'] as string),
    issue: row['issue'] as 'close',
    ...(whole as Pick<PredictionRecord, 'levels' | 'quantiles'>),
  };
}

const DIALECT: Dialect = {
  name: 'sqlite',
  table: (name) => name,
  param: () => '?',
  read: ({ name }) => name,
  bytes: (value) => value as Uint8Array,
  is: (column, value) => `${column} = ${value ? 1 : 0}`,
  forUpdate: '',
};

/** Returns better-sqlite3 alone, on a file that has the schema. */
export function bareSqlite(file: string): Bare {
  const database = new Database(file);
  database.pragma('foreign_keys = ON');
  database.pragma('synchronous = FULL');
  const text = statements(DIALECT);
  const upsert = database.prepare(text.upsert.perRow);
  const due = database.prepare(text.due);
  const [hold, outcome, mark] = [text.hold, text.outcome, text.mark].map(({ perRow }) => database.prepare(perRow));
  const inTransaction = (work: () => void) => {
    database.exec('BEGIN IMMEDIATE');
    work();
    database.exec('COMMIT');
  };
  return {
    upsert: (records) =>
      inTransaction(() => {
        for (const record of records) upsert.run(...predictionValues(record));
      }),
    match(target, page, outcomeOf, expected) {
      let matched = 0;
      for (;;) {
        const rows = (due.all(target, page) as Record<string, unknown>[]).map(recordOf);
        if (rows.length === 0) break;
        const outcomes = rows.map(outcomeOf);
        inTransaction(() => {
          for (const row of rows) hold.all(...key(row));
          for (const row of outcomes) matched += outcome.run(...outcomeValues(row)).changes;
          for (const row of rows) mark.run(...key(row));
        });
      }
      if (matched !== expected) throw new Error(`matched ${matched} of ${expected}`);
    },
    close: () => {
      database.close();
    },
  };
}

/** Returns pg alone, on a schema that has the tables. */
export async function barePostgres(pool: pg.Pool, schema: string): Promise<Bare> {
  const dialect = postgresDialect(schema);
  const text = statements(dialect);
  const client = await pool.connect();
  const WIRE: Record<string, string> = { integer: 'integer', boolean: 'integer', double: 'double precision' };
  const CAST: Record<string, (name: string) => string> = {
    date: (name) => `cast(${name} AS date)`,
    instant: (name) => `cast(${name} AS timestamptz)`,
    json: (name) => `cast(${name} AS json)`,
    boolean: (name) => `(${name} <> 0)`,
  };
  const bulk = async ({ columns, perBatch }: BulkStatement, rows: readonly unknown[][]) => {
    const list = columns.map(({ name, kind }) => `${CAST[kind]?.(name) ?? name} AS ${name}`).join(', ');
    const arrays = columns.map(({ kind }, index) => `cast($${index + 1} AS ${WIRE[kind] ?? 'text'}[])`).join(', ');
    const names = columns.map(({ name }) => name).join(', ');
    const sql = `WITH input AS (SELECT ${list} FROM unnest(${arrays}) AS raw (${names})) ${perBatch}`;
    let changed = 0;
    for (let start = 0; start < rows.length; start += 5000) {
      const batch = rows.slice(start, start + 5000);
      const answer = await client.query(
        sql,
        columns.map((_, index) => batch.map((row) => row[index])),
      );
      changed += answer.rowCount ?? 0;
    }
    return changed;
  };
  return {
    async upsert(records) {
      await client.query('BEGIN');
      await bulk(text.upsert, records.map(predictionValues));
      await client.query('COMMIT');
    },
    async match(target, page, outcomeOf, expected) {
      let matched = 0;
      for (;;) {
        const rows = (await client.query(text.due, [target, page])).rows.map(recordOf);
        if (rows.length === 0) break;
        await client.query('BEGIN');
        await bulk(text.hold, rows.map(key));
        matched += await bulk(text.outcome, rows.map(outcomeOf).map(outcomeValues));
        await bulk(text.mark, rows.map(key));
        await client.query('COMMIT');
      }
      if (matched !== expected) throw new Error(`matched ${matched} of ${expected}`);
    },
    close: () => client.release(),
  };
}
