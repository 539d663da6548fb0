import { checkPrune } from '../../../src/store/check-queries.js';
import type { PruneReport, Store } from '../../../src/store/store.js';
import type { Column, SqlDriver, SqlValue } from './driver.js';
import { keyed, orderOf, type Where, where } from './statements.js';
import { JOB_RUNS, OUTCOMES, PERFORMANCE, PREDICTIONS, type Table, WEIGHTS } from './tables.js';

/** Rows deleted in one transaction: others can write in between. */
const STEP_ROWS = 1000;

/** What goes out of one table. */
interface Old {
  table: Table;
  counted: Exclude<keyof PruneReport, 'outcomes'>;
  /** The order in which rows are looked for: that of an index that starts with the date. */
  order: readonly string[];
  and: string;
}

/** Returns the method that deletes what is old. */
export function pruneMethod(driver: SqlDriver): Pick<Store, 'prune'> {
  const { dialect } = driver;
  const settled = (keepMatched: boolean) =>
    keepMatched
      ? `${dialect.is('matched', false)} AND void_reason IS NOT NULL`
      : `(${dialect.is('matched', true)} OR void_reason IS NOT NULL)`;
  const notNewest = `EXISTS (SELECT 1 FROM ${dialect.table(WEIGHTS.name)} newer
    WHERE newer.code = ${WEIGHTS.name}.code AND newer.horizon = ${WEIGHTS.name}.horizon AND newer.as_of > ${WEIGHTS.name}.as_of)`;

  const oldOf = (keepMatched: boolean): Old[] => [
    {
      table: PREDICTIONS,
      counted: 'predictions',
      order: ['base_date', 'code', 'horizon'],
      and: settled(keepMatched),
    },
    { table: WEIGHTS, counted: 'weights', order: ['as_of', 'code', 'horizon'], and: notNewest },
    { table: PERFORMANCE, counted: 'performance', order: ['as_of', 'code', 'horizon'], and: '' },
    { table: JOB_RUNS, counted: 'jobRuns', order: ['job', 'scheduled_for'], and: "status <> 'running'" },
  ];

  const conditionsOf = ({ table, order, and }: Old, before: string): { text: string; clause: Where } => {
    const date = table === JOB_RUNS ? 'scheduled_for' : order[0];
    const { kind } = table.columns.find(({ name }) => name === date) as Column;
    const clause = where(dialect).add(date, '<', kind, kind === 'instant' ? `${before}T00:00:00.000Z` : before);
    return { text: `${clause.text()}${and && ` AND ${and}`}`, clause };
  };

  const count = async (old: Old, before: string, and = '') => {
    const { text, clause } = conditionsOf(old, before);
    const sql = `SELECT count(*) AS n FROM ${dialect.table(old.table.name)}${text}${and}`;
    return driver.read(async (session) => Number((await session.all(sql, clause.values))[0]['n']));
  };

  /** Deletes up to STEP_ROWS rows, and the outcomes of predictions; the rows are held first, so that none changes meanwhile. */
  const step = (old: Old, before: string) =>
    driver.write(async (session) => {
      const { table, order } = old;
      const { text, clause } = conditionsOf(old, before);
      const keys = table.key.map((name) => dialect.read(table.columns.find((column) => column.name === name)!));
      const lock = dialect.forUpdate && ' FOR UPDATE';
      const sql = `SELECT ${keys.join(', ')} FROM ${dialect.table(table.name)}${text}${orderOf(table, order)} LIMIT ${STEP_ROWS}${lock}`;
      const found = await session.all(sql, clause.values);
      const rows = found.map((row) => table.key.map((name) => row[name] as SqlValue));
      const remove = async (from: Table) => (await session.bulk(keyed(dialect, from, { delete: true }), rows)).changed;
      const outcomes = table === PREDICTIONS ? await remove(OUTCOMES) : 0;
      return { outcomes, rows: await remove(table) };
    });

  return {
    async prune(options) {
      const { before, keepMatched, dryRun } = checkPrune(options, 'prune');
      const { signal } = options;
      const report: PruneReport = { predictions: 0, outcomes: 0, weights: 0, performance: 0, jobRuns: 0 };
      for (const old of oldOf(keepMatched)) {
        signal?.throwIfAborted();
        if (dryRun) {
          report[old.counted] = await count(old, before);
          if (old.table === PREDICTIONS) {
            report.outcomes = await count(old, before, ` AND ${dialect.is('matched', true)}`);
          }
          continue;
        }
        for (;;) {
          const deleted = await step(old, before);
          report[old.counted] += deleted.rows;
          report.outcomes += deleted.outcomes;
          if (deleted.rows < STEP_ROWS) break;
          signal?.throwIfAborted();
        }
      }
      return report;
    },
  };
}
