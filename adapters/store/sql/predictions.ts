import { ForecastError } from '../../../src/errors.js';
import type { FieldPath } from '../../../src/store/check-fields.js';
import { checkQuery } from '../../../src/store/check-queries.js';
import { checkAll, checkKey, checkOutcome, checkPrediction, checkVoid } from '../../../src/store/check-records.js';
import { joinPrediction } from '../../../src/store/join-prediction.js';
import { compareCodes, keyText } from '../../../src/store/order.js';
import type { PredictionKey, PredictionRecord } from '../../../src/store/records.js';
import type { OutcomeQuery, PredictionQuery, Store } from '../../../src/store/store.js';
import {
  type BulkStatement,
  type Column,
  type SqlDriver,
  type SqlRow,
  type SqlSession,
  type SqlValue,
  valuesOf,
} from './driver.js';
import { outcomeOf, outcomeValues, predictionOf, predictionValues, readableRecords, recordsOf } from './rows.js';
import { insertOf, keyed, orderOf, replacing, selectOf, type Where, where } from './statements.js';
import { OUTCOMES, PREDICTIONS, type Table } from './tables.js';

type PredictionMethods = Pick<
  Store,
  | 'upsertPredictions'
  | 'getPrediction'
  | 'listPredictions'
  | 'recordOutcomes'
  | 'listOutcomes'
  | 'listMatched'
  | 'voidPredictions'
>;

const keyValues = ({ code, baseDate, horizon }: PredictionKey): SqlValue[] => [code, baseDate, horizon];
const keyOfRow = (row: SqlRow) =>
  keyText({ code: String(row['code']), baseDate: String(row['base_date']), horizon: Number(row['horizon']) });

/** The order in which every transaction takes its rows, so that no two wait for each other: that of the primary key. */
const byKey = (a: PredictionKey, b: PredictionKey) =>
  compareCodes(a.code, b.code) || (a.baseDate < b.baseDate ? -1 : a.baseDate > b.baseDate ? 1 : a.horizon - b.horizon);

/** Returns a check that leaves out the copy that it makes. */
const checked =
  <Row>(check: (record: Row, at: FieldPath) => Row) =>
  (record: Row, at: FieldPath): Row => {
    check(record, { where: at.where, path: at.path, sharesLists: true });
    return record;
  };

/** The order of lists. */
const LISTED: readonly Column[] = [
  { name: 'base_date', kind: 'date' },
  { name: 'code', kind: 'text' },
  { name: 'horizon', kind: 'integer' },
];
const ORDER = LISTED.map(({ name }) => name);
const listedValues = (key: PredictionKey | undefined) => key && [key.baseDate, key.code, key.horizon];

/** Returns the methods for predictions and their outcomes. */
export function predictionMethods(driver: SqlDriver): PredictionMethods {
  const { dialect } = driver;
  const joinFlags = replacing(PREDICTIONS).replace(
    'user_triggered = excluded.user_triggered',
    'user_triggered = (stored.user_triggered OR excluded.user_triggered)',
  );
  // A row that the incoming one does not simply replace is left to `joinStored`; one of the same issue keeps its earlier forecast.
  const keepEarlier = joinFlags.replace(
    'earlier = excluded.earlier',
    'earlier = COALESCE(excluded.earlier, stored.earlier)',
  );
  const upsert = insertOf(
    dialect,
    PREDICTIONS,
    `${keepEarlier} WHERE ${dialect.is('stored.matched', false)} AND stored.issue = excluded.issue`,
  );
  const replaceAny = insertOf(dialect, PREDICTIONS, `${joinFlags} WHERE ${dialect.is('stored.matched', false)}`);
  const findMatched = keyed(dialect, PREDICTIONS, { select: '', and: dialect.is('matched', true) });
  const hold = keyed(dialect, PREDICTIONS, {
    select: dialect.read({ name: 'matched', kind: 'boolean' }),
    forUpdate: true,
  });
  const markMatched = keyed(dialect, PREDICTIONS, {
    set: `matched = ${dialect.name === 'sqlite' ? '1' : 'true'}, void_reason = NULL, voided_at = NULL`,
  });
  const issues = keyed(dialect, PREDICTIONS, { select: 'issue' });
  const whole = keyed(dialect, PREDICTIONS, {
    select: PREDICTIONS.columns
      .filter(({ name }) => !PREDICTIONS.key.includes(name))
      .map((column) => dialect.read(column))
      .join(', '),
  });
  const insertOutcome = insertOf(dialect, OUTCOMES, 'ON CONFLICT (code, base_date, horizon) DO NOTHING');
  const getOne = `${selectOf(dialect, PREDICTIONS)} WHERE code = ${dialect.param('text', 1)}
    AND base_date = ${dialect.param('date', 2)} AND horizon = ${dialect.param('integer', 3)}`;

  /** Returns what reads a list from the row `start` on, or from behind a row read before. */
  const page = (table: Table, conditions: () => Where, start: PredictionKey | undefined) => {
    return (behind: SqlRow | undefined, count: number) => {
      const from = behind === undefined ? listedValues(start) : ORDER.map((name) => behind[name] as SqlValue);
      const clause = conditions().after(LISTED, from);
      const list = `${selectOf(dialect, table)}${clause.text()}${orderOf(table, ORDER)}`;
      const sql = `${list} LIMIT ${clause.param('integer', count)}`;
      return driver.read((session) => session.all(sql, clause.values));
    };
  };

  /** The conditions that both tables share: those on the key. */
  const keysOf = (query: Pick<PredictionQuery, 'code' | 'horizon' | 'fromBaseDate' | 'toBaseDate'>) =>
    where(dialect)
      .add('code', '=', 'text', query.code)
      .add('horizon', '=', 'integer', query.horizon)
      .add('base_date', '>=', 'date', query.fromBaseDate)
      .add('base_date', '<=', 'date', query.toBaseDate);

  /**
   * Returns what reads outcomes. They come by base date, so that a range of actual dates is first made one of base dates: else a list of the
   * newest outcomes would be looked for from the oldest on. Behind a cursor its base date bounds the search already.
   */
  const outcomePage = async (query: OutcomeQuery) => {
    const { fromActualDate, toActualDate, code, after } = query;
    const within = (clause: Where, column = 'actual_date') =>
      clause.add(column, '>=', 'date', fromActualDate).add(column, '<=', 'date', toActualDate);
    // the plus keeps SQLite, which has no statistics unless told to, from sorting the whole range for a page
    const filtered = dialect.name === 'sqlite' ? '+actual_date' : 'actual_date';
    const start =
      code === undefined && after === undefined && fromActualDate !== undefined ? await firstBase(within) : undefined;
    const later = start !== undefined && start > (query.fromBaseDate ?? '') ? start : query.fromBaseDate;
    return page(
      OUTCOMES,
      () => within(keysOf({ ...query, ...(later !== undefined && { fromBaseDate: later }) }), filtered),
      after,
    );
  };

  const firstBase = async (within: (clause: Where) => Where): Promise<string | undefined> => {
    const clause = within(where(dialect));
    // count(*) keeps databases from looking for the minimum along the base dates, oldest first
    const first = `SELECT min(base_date) AS base_date, count(*) AS n FROM ${dialect.table(OUTCOMES.name)}${clause.text()}`;
    const sql = `SELECT ${dialect.read({ name: 'base_date', kind: 'date' })} FROM (${first}) AS bounded`;
    const [row] = await driver.read((session) => session.all(sql, clause.values));
    return (row['base_date'] as string | null) ?? undefined;
  };

  /** Returns the rows whose stored ones were issued at another hour, joined with them. */
  const joinStored = async (session: SqlSession, rows: readonly PredictionRecord[]): Promise<PredictionRecord[]> => {
    const standing = await session.bulk(issues, valuesOf(rows, keyValues));
    const issueOf = new Map(standing.rows.map((row) => [keyOfRow(row), row['issue']]));
    const others = rows.filter((row) => issueOf.get(keyText(row)) !== row.issue);
    const stored = recordsOf((await session.bulk(whole, valuesOf(others, keyValues))).rows, PREDICTIONS, predictionOf);
    const storedOf = new Map(stored.map((row) => [keyText(row), row]));
    return others.map((row) => joinPrediction(storedOf.get(keyText(row)), row));
  };

  return {
    async upsertPredictions(records) {
      // checked all before the first is written, but not copied: rows are made one by one as they are written
      const rows = joined(checkAll(records, 'upsertPredictions', checked(checkPrediction)));
      await driver.write(async (session) => {
        const { changed } = await session.bulk(upsert, valuesOf(rows, predictionValues));
        if (changed === rows.length) return;
        const key = await firstMatched(session, findMatched, rows);
        if (key !== undefined) {
          throw new ForecastError('ALREADY_MATCHED', `upsertPredictions: ${key} has an outcome`, { actual: key });
        }
        await session.bulk(replaceAny, valuesOf(await joinStored(session, rows), predictionValues));
      });
    },

    async voidPredictions(records) {
      const rows = checkAll(records, 'voidPredictions', (record, at) => ({
        ...checkKey(record, at.where),
        ...checkVoid(record, at),
      })).sort(byKey);
      return driver.write(async (session) => {
        const known = new Set((await session.bulk(hold, valuesOf(rows, keyValues))).rows.map(keyOfRow));
        const missing = rows.map(keyText).find((key) => !known.has(key));
        if (missing !== undefined) {
          throw new ForecastError('UNKNOWN_PREDICTION', `voidPredictions: no prediction ${missing}`, {
            actual: missing,
          });
        }
        let changed = 0;
        for (const { code, baseDate, horizon, reason, voidedAt } of rows) {
          const clause = where(dialect);
          const sets = `void_reason = ${clause.param('text', reason)}, voided_at = ${clause.param('instant', voidedAt.toISOString())}`;
          clause.add('code', '=', 'text', code).add('base_date', '=', 'date', baseDate);
          clause.add('horizon', '=', 'integer', horizon).is('matched', false);
          const sql = `UPDATE ${dialect.table(PREDICTIONS.name)} SET ${sets}${clause.text()} AND void_reason IS NULL`;
          changed += await session.run(sql, clause.values);
        }
        return changed;
      });
    },

    async getPrediction(key) {
      const params = keyValues(checkKey(key, 'getPrediction'));
      const rows = await driver.read((session) => session.all(getOne, params));
      return recordsOf(rows, PREDICTIONS, predictionOf)[0];
    },

    async listPredictions(query = {}) {
      const wanted = checkQuery(query, 'listPredictions');
      const clause = () =>
        keysOf(wanted)
          .add('target_date', '>=', 'date', wanted.fromTargetDate)
          .add('target_date', '<=', 'date', wanted.toTargetDate)
          .is('user_triggered', wanted.userTriggered)
          .is('matched', wanted.state === undefined ? undefined : wanted.state === 'matched')
          .isNull(
            'void_reason',
            wanted.state === undefined || wanted.state === 'matched' ? undefined : wanted.state === 'due',
          );
      return readableRecords(
        page(PREDICTIONS, clause, wanted.after),
        wanted.limit,
        PREDICTIONS,
        predictionOf,
        wanted.onCorruptRow,
      );
    },

    async recordOutcomes(records) {
      const rows = checkAll(records, 'recordOutcomes', checked(checkOutcome)).sort(byKey);
      return driver.write(async (session) => {
        const held = await session.bulk(hold, valuesOf(rows, keyValues));
        const matched = new Map(
          held.rows.map((row) => [keyOfRow(row), row['matched'] === 1 || row['matched'] === 'true']),
        );
        const fresh = rows.filter((row) => {
          const key = keyText(row);
          const known = matched.get(key);
          if (known !== undefined) return !known;
          throw new ForecastError('UNKNOWN_PREDICTION', `recordOutcomes: no prediction ${key}`, { actual: key });
        });
        const { changed } = await session.bulk(insertOutcome, valuesOf(fresh, outcomeValues));
        await session.bulk(markMatched, valuesOf(fresh, keyValues));
        return changed;
      });
    },

    async listOutcomes(query = {}) {
      const wanted = checkQuery(query, 'listOutcomes');
      return readableRecords(await outcomePage(wanted), wanted.limit, OUTCOMES, outcomeOf, wanted.onCorruptRow);
    },

    async listMatched(query = {}) {
      const wanted = checkQuery(query, 'listMatched');
      const outcomesBehind = await outcomePage(wanted);
      const read = async (behind: SqlRow | undefined, count: number): Promise<SqlRow[]> => {
        for (;;) {
          const outcomes = await outcomesBehind(behind, count);
          const keys = outcomes.map((row) => [row['code'], row['base_date'], Number(row['horizon'])] as SqlValue[]);
          const { rows } = await driver.read((session) => session.bulk(whole, keys));
          const predictions = new Map(rows.map((row) => [keyOfRow(row), row]));
          const both = outcomes.map((row) => ({ ...row, prediction: predictions.get(keyOfRow(row)) }));
          // a row with an outcome never changes; one that is gone was pruned meanwhile, and its outcome with it
          if (both.every(({ prediction }) => prediction !== undefined)) return both;
        }
      };
      const matchedOf = (row: SqlRow, at: FieldPath) => ({
        prediction: recordsOf([row['prediction'] as SqlRow], PREDICTIONS, predictionOf)[0],
        outcome: outcomeOf(row, at),
      });
      return readableRecords(read, wanted.limit, OUTCOMES, matchedOf, wanted.onCorruptRow);
    },
  };
}

/** Returns the records in key order, those of one key joined. */
function joined(records: PredictionRecord[]): PredictionRecord[] {
  const unique: PredictionRecord[] = [];
  for (const record of records.sort(byKey)) {
    const previous = unique[unique.length - 1];
    if (previous === undefined || byKey(previous, record) !== 0) unique.push(joinPrediction(undefined, record));
    else unique[unique.length - 1] = joinPrediction(previous, record);
  }
  return unique;
}

async function firstMatched(
  session: SqlSession,
  findMatched: BulkStatement,
  rows: readonly PredictionKey[],
): Promise<string | undefined> {
  const found = await session.bulk(findMatched, valuesOf(rows, keyValues));
  return found.rows.map(keyOfRow)[0];
}
