import { ForecastError } from '../../../src/errors.js';
import type { Dialect, SqlDriver, SqlSession } from './driver.js';

/**
 * The schema's history. Append only: what was released stays as it is, since databases out there were made by it.
 * `$table(name)`, `$code`, `$date`, ... stand for what the dialects call a table and a kind of column.
 */
export const MIGRATIONS: readonly { name: string; statements: readonly string[] }[] = [
  {
    name: 'forecasts, outcomes, weights, performance, models, job runs',
    statements: [
      `CREATE TABLE $table(predictions) (
        code $code NOT NULL, base_date $date NOT NULL, horizon $integer NOT NULL CHECK (horizon >= 1),
        target_date $date NOT NULL, issued_at $instant NOT NULL, base_close $double NOT NULL,
        point_close $double NOT NULL, ci_low $double NOT NULL, ci_high $double NOT NULL,
        prob_up $double NOT NULL, prob_flat $double NOT NULL, prob_down $double NOT NULL,
        direction $text NOT NULL CHECK (direction IN ('up', 'flat', 'down')),
        expected_return $double NOT NULL, user_triggered $boolean NOT NULL,
        w_chronos $double NOT NULL, w_lgbm $double NOT NULL, w_naive $double NOT NULL,
        calibration_low $double, calibration_high $double,
        members $json NOT NULL, sources_used $json NOT NULL,
        matched $boolean NOT NULL DEFAULT $false,
        PRIMARY KEY (code, base_date, horizon)
      )$strict`,
      'CREATE INDEX predictions_by_base_date ON $table(predictions) (base_date, code, horizon)',
      `CREATE INDEX predictions_open ON $table(predictions) (base_date, code, horizon, target_date)
        WHERE $not(matched)`,
      `CREATE INDEX predictions_open_asked ON $table(predictions) (base_date, code, horizon, target_date)
        WHERE $not(matched) AND $is(user_triggered)`,
      `CREATE TABLE $table(prediction_outcomes) (
        code $code NOT NULL, base_date $date NOT NULL, horizon $integer NOT NULL,
        actual_date $date NOT NULL, base_close $double NOT NULL, actual_close $double NOT NULL,
        actual_return $double NOT NULL,
        actual_direction $text NOT NULL CHECK (actual_direction IN ('up', 'flat', 'down')),
        direction_hit $boolean NOT NULL, abs_error $double NOT NULL, covered $boolean NOT NULL,
        members $json NOT NULL, matched_at $instant NOT NULL,
        PRIMARY KEY (code, base_date, horizon),
        FOREIGN KEY (code, base_date, horizon) REFERENCES $table(predictions) (code, base_date, horizon)
      )$strict`,
      'CREATE INDEX prediction_outcomes_by_base_date ON $table(prediction_outcomes) (base_date, code, horizon)',
      `CREATE TABLE $table(ensemble_weights) (
        code $code NOT NULL, horizon $integer NOT NULL, as_of $date NOT NULL,
        w_chronos $double NOT NULL, w_lgbm $double NOT NULL, w_naive $double NOT NULL,
        hit_rate_chronos $double, hit_rate_lgbm $double, hit_rate_naive $double, hit_rate_ensemble $double,
        calibration_low $double, calibration_high $double, sample_count $integer NOT NULL,
        PRIMARY KEY (code, horizon, as_of)
      )$strict`,
      `CREATE TABLE $table(model_performance) (
        code $code NOT NULL, horizon $integer NOT NULL, as_of $date NOT NULL, window_days $integer NOT NULL,
        sample_count $integer NOT NULL, hit_rate $double, base_rate $double,
        mean_abs_error $double, naive_mean_abs_error $double, coverage $double,
        PRIMARY KEY (code, horizon, as_of, window_days)
      )$strict`,
      `CREATE TABLE $table(models) (
        key $code NOT NULL PRIMARY KEY, text $text NOT NULL, meta $json, updated_at $instant NOT NULL
      )$strict`,
      `CREATE TABLE $table(job_runs) (
        job $code NOT NULL, scheduled_for $instant NOT NULL,
        status $text NOT NULL CHECK (status IN ('running', 'done', 'failed')),
        owner $text NOT NULL, started_at $instant NOT NULL, lease_until $instant NOT NULL,
        finished_at $instant, summary $text,
        PRIMARY KEY (job, scheduled_for)
      )$strict`,
    ],
  },
  {
    name: 'daily prices',
    statements: [
      `CREATE TABLE $table(ohlcv) (
        code $code NOT NULL, date $date NOT NULL, open $double NOT NULL, high $double NOT NULL,
        low $double NOT NULL, close $double NOT NULL, volume $double NOT NULL,
        PRIMARY KEY (code, date)
      )$strict`,
    ],
  },
  {
    // w_chronos, w_lgbm, w_naive and hit_rate_* go on being written, for those who read them in SQL.
    name: 'whole distributions, members of any name, void predictions, figures of runs',
    statements: [
      ...addColumns('predictions', {
        distribution: '$json',
        weights: '$json',
        issue: "$text NOT NULL DEFAULT 'close'",
        earlier: '$json',
        void_reason: '$text',
        voided_at: '$instant',
      }),
      ...addColumns('prediction_outcomes', { earlier: '$json', base_change: '$text' }),
      ...addColumns('ensemble_weights', { weights: '$json', hit_rates: '$json' }),
      ...addColumns('job_runs', { figures: '$json', failures: '$json', attempts: '$integer NOT NULL DEFAULT 1' }),
      'DROP INDEX $table(predictions_open)',
      'DROP INDEX $table(predictions_open_asked)',
      `CREATE INDEX predictions_due ON $table(predictions) (base_date, code, horizon, target_date)
        WHERE $not(matched) AND void_reason IS NULL`,
      `CREATE INDEX predictions_due_asked ON $table(predictions) (base_date, code, horizon, target_date)
        WHERE $is(user_triggered) AND $not(matched) AND void_reason IS NULL`,
      `CREATE INDEX predictions_void ON $table(predictions) (base_date, code, horizon)
        WHERE $not(matched) AND void_reason IS NOT NULL`,
      'CREATE INDEX prediction_outcomes_by_actual_date ON $table(prediction_outcomes) (actual_date, base_date)',
      'CREATE INDEX ensemble_weights_by_as_of ON $table(ensemble_weights) (as_of, code, horizon)',
      'CREATE INDEX model_performance_by_as_of ON $table(model_performance) (as_of, code, horizon, window_days)',
    ],
  },
  {
    // A table of its own: where a form is read, SQLite must not go through the text before it. The index knows when a text was put without it, too.
    name: 'models in compact form',
    statements: [
      `CREATE TABLE $table(compact_models) (
        key $code NOT NULL PRIMARY KEY, form $bytes NOT NULL, made_of $instant NOT NULL
      )$strict`,
      'CREATE INDEX models_by_updated_at ON $table(models) (key, updated_at)',
    ],
  },
  {
    // One index finds what is due, asked for or not: a second one made every row dearer to put and to match.
    name: 'quantiles as bytes, one index of what is due',
    statements: [
      ...addColumns('predictions', { quantiles: '$bytes' }),
      'DROP INDEX $table(predictions_due_asked)',
      'DROP INDEX $table(predictions_due)',
      `CREATE INDEX predictions_due ON $table(predictions) (base_date, code, horizon, target_date, user_triggered)
        WHERE $not(matched) AND void_reason IS NULL`,
    ],
  },
];

function addColumns(table: string, columns: Record<string, string>): string[] {
  return Object.entries(columns).map(([name, kind]) => `ALTER TABLE $table(${table}) ADD COLUMN ${name} ${kind}`);
}

/** The table that tells which of them were applied. */
export const CREATE_MIGRATIONS =
  'CREATE TABLE $table(schema_migrations) (version $integer NOT NULL PRIMARY KEY, name $text NOT NULL, applied_at $text NOT NULL)$strict';

/** The schema that this code reads and writes. */
export const SCHEMA_VERSION = MIGRATIONS.length;

const WORDS: Record<Dialect['name'], Record<string, string>> = {
  sqlite: {
    code: 'TEXT',
    text: 'TEXT',
    date: 'TEXT',
    instant: 'TEXT',
    json: 'TEXT',
    bytes: 'BLOB',
    integer: 'INTEGER',
    double: 'REAL',
    boolean: 'INTEGER',
    false: '0',
    strict: ' STRICT',
  },
  postgres: {
    code: 'text COLLATE "C"',
    text: 'text',
    date: 'date',
    instant: 'timestamptz',
    json: 'json',
    bytes: 'bytea',
    integer: 'integer',
    double: 'double precision',
    boolean: 'boolean',
    false: 'false',
    strict: '',
  },
};

/** Returns the statement in the dialect's words. In one pass: what a table is called may itself look like one of them. */
export function inDialect(statement: string, dialect: Pick<Dialect, 'name' | 'table' | 'is'>): string {
  return statement.replace(/\$(?:(table|not|is)\((\w+)\)|(\w+))/g, (_, call, name: string, word: string) => {
    if (call === 'table') return dialect.table(name);
    return call === undefined ? WORDS[dialect.name][word] : dialect.is(name, call === 'is');
  });
}

/**
 * Brings the database to this code's schema, each step in a transaction of its own that holds `lock`, so that any number
 * of processes may start at once.
 *
 * @param exists whether the table schema_migrations is there
 * @param lock taken inside each transaction; keeps other migrating processes out until it ends
 * @throws ForecastError `SCHEMA_TOO_NEW` if the database was made by a newer version of this package
 */
export async function migrate(
  driver: SqlDriver,
  exists: (session: SqlSession) => Promise<boolean>,
  lock: (session: SqlSession) => Promise<void>,
): Promise<void> {
  const { dialect } = driver;
  const versionOf = async (session: SqlSession) => {
    if (!(await exists(session))) return -1;
    const [row] = await session.all(`SELECT max(version) AS version FROM ${dialect.table('schema_migrations')}`);
    return Number(row['version'] ?? 0);
  };
  // up to date is the usual case, and needs no lock and no right to write
  let version = await driver.read(versionOf);
  while (version < SCHEMA_VERSION) {
    version = await driver.write(async (session) => {
      await lock(session);
      const current = await versionOf(session);
      if (current >= SCHEMA_VERSION) return current;
      if (current < 0) {
        await session.run(inDialect(CREATE_MIGRATIONS, dialect));
        return 0;
      }
      const { name, statements } = MIGRATIONS[current];
      for (const statement of statements) await session.run(inDialect(statement, dialect));
      const params = [dialect.param('integer', 1), dialect.param('text', 2), dialect.param('text', 3)];
      await session.run(
        `INSERT INTO ${dialect.table('schema_migrations')} (version, name, applied_at) VALUES (${params.join(', ')})`,
        [current + 1, name, new Date().toISOString()],
      );
      return current + 1;
    });
  }
  if (version > SCHEMA_VERSION) {
    const message = `the database has schema ${version}, this version of chronolight knows up to ${SCHEMA_VERSION}`;
    throw new ForecastError('SCHEMA_TOO_NEW', message, {
      field: 'schema_migrations.version',
      expected: `<= ${SCHEMA_VERSION}`,
      actual: String(version),
    });
  }
}
