import { checkQuery } from '../../../src/store/check-queries.js';
import { checkAll, checkPerformance, checkWeights, checkWeightsKey } from '../../../src/store/check-records.js';
import { compareCodes } from '../../../src/store/order.js';
import type { HistoryQuery, Store } from '../../../src/store/store.js';
import type { BulkStatement, Dialect, SqlDriver, SqlRow, SqlValue } from './driver.js';
import { performanceOf, performanceValues, recordsOf, weightsOf, weightsValues } from './rows.js';
import { insertOf, orderOf, replacing, selectOf, where } from './statements.js';
import { PERFORMANCE, type Table, WEIGHTS } from './tables.js';

type HistoryMethods = Pick<
  Store,
  'putWeights' | 'getWeights' | 'getManyWeights' | 'listWeights' | 'putPerformance' | 'listPerformance'
>;

interface HistoryKey {
  code: string;
  horizon: number;
  asOf: string;
  windowDays?: number;
}

/** Returns the records in key order, the last of one key standing. */
function inOrder<Row extends HistoryKey>(records: readonly Row[]): Row[] {
  const last = new Map(records.map((row) => [JSON.stringify([row.code, row.horizon, row.asOf, row.windowDays]), row]));
  return [...last.values()].sort(
    (a, b) =>
      compareCodes(a.code, b.code) ||
      a.horizon - b.horizon ||
      (a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : (a.windowDays ?? 0) - (b.windowDays ?? 0)),
  );
}

/** The last day that a row can bear. */
const LAST_DAY = '9999-12-31';

/** Returns the statement that reads the newest weights of keys, each up to a day. */
function newestOf(dialect: Dialect): BulkStatement {
  const columns = ['code', 'horizon', 'as_of'].map((name) => WEIGHTS.columns.find((column) => column.name === name)!);
  const [ofKey, newest] = [selectOf(dialect, WEIGHTS), `${orderOf(WEIGHTS, ['as_of'], 'DESC')} LIMIT 1`];
  // within the parentheses a bare name means the table's column, not the input's
  const ofInput = 'code = input.code AND horizon = input.horizon AND as_of <= input.as_of';
  return {
    columns,
    perRow: `${ofKey} WHERE code = ? AND horizon = ? AND as_of <= ?${newest}`,
    perBatch: `SELECT newest.* FROM input CROSS JOIN LATERAL (${ofKey} WHERE ${ofInput}${newest}) AS newest`,
  };
}

/** Returns the methods for weights and performance. */
export function historyMethods(driver: SqlDriver): HistoryMethods {
  const { dialect } = driver;
  const putWeights = insertOf(dialect, WEIGHTS, replacing(WEIGHTS));
  const putPerformance = insertOf(dialect, PERFORMANCE, replacing(PERFORMANCE));

  // written once: a batch reads weights for every forecast
  const newestWeights = (asOf: string | undefined) => {
    const clause = where(dialect)
      .add('code', '=', 'text', '')
      .add('horizon', '=', 'integer', 0)
      .add('as_of', '<=', 'date', asOf);
    return `${selectOf(dialect, WEIGHTS)}${clause.text()}${orderOf(WEIGHTS, ['as_of'], 'DESC')} LIMIT 1`;
  };
  const newest = newestWeights(undefined);
  const newestUpTo = newestWeights('');

  const newestOfEach = newestOf(dialect);

  const put = (statement: typeof putWeights, rows: SqlValue[][]) =>
    driver.write(async (session) => {
      if (rows.length > 0) await session.bulk(statement, rows);
    });

  const list = (table: Table, query: HistoryQuery & { limit: number }, order: readonly string[]): Promise<SqlRow[]> => {
    const clause = where(dialect)
      .add('code', '=', 'text', query.code)
      .add('horizon', '=', 'integer', query.horizon)
      .add('as_of', '>=', 'date', query.fromAsOf)
      .add('as_of', '<=', 'date', query.toAsOf);
    const sql = `${selectOf(dialect, table)}${clause.text()}${orderOf(table, order)}`;
    const limited = `${sql} LIMIT ${clause.param('integer', query.limit)}`;
    return driver.read((session) => session.all(limited, clause.values));
  };

  return {
    async putWeights(records) {
      await put(putWeights, inOrder(checkAll(records, 'putWeights', checkWeights)).map(weightsValues));
    },
    async getWeights(code, horizon, asOf) {
      const key = checkWeightsKey(code, horizon, asOf, 'getWeights');
      const [sql, values] =
        key.asOf === undefined ? [newest, [key.code, key.horizon]] : [newestUpTo, [key.code, key.horizon, key.asOf]];
      return recordsOf(await driver.read((session) => session.all(sql, values)), WEIGHTS, weightsOf)[0];
    },
    async getManyWeights(keys, asOf) {
      const rows = keys.map(({ code, horizon }) => {
        const key = checkWeightsKey(code, horizon, asOf, 'getManyWeights');
        return [key.code, key.horizon, key.asOf ?? LAST_DAY];
      });
      const found = await driver.read((session) => session.bulk(newestOfEach, rows));
      const known = new Map(
        recordsOf(found.rows, WEIGHTS, weightsOf).map((record) => [`${record.horizon} ${record.code}`, record]),
      );
      return keys.map(({ code, horizon }) => known.get(`${horizon} ${code}`));
    },
    async listWeights(query = {}) {
      const wanted = checkQuery(query, 'listWeights');
      const rows = await list(WEIGHTS, wanted, ['as_of', 'code', 'horizon']);
      return recordsOf(rows, WEIGHTS, weightsOf, wanted.onCorruptRow);
    },
    async putPerformance(records) {
      await put(putPerformance, inOrder(checkAll(records, 'putPerformance', checkPerformance)).map(performanceValues));
    },
    async listPerformance(query = {}) {
      const wanted = checkQuery(query, 'listPerformance');
      const rows = await list(PERFORMANCE, wanted, ['as_of', 'code', 'horizon', 'window_days']);
      return recordsOf(rows, PERFORMANCE, performanceOf, wanted.onCorruptRow);
    },
  };
}
