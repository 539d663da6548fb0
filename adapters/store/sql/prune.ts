import { checkPrune } from '../../../src/store/check-queries.js';
import type { PruneReport, Store } from '../../../src/store/store.js';
import type { SqlDriver } from './driver.js';
import { where } from './statements.js';

/** Rows deleted in one transaction: others can write in between. */
const STEP_ROWS = 1000;

/** Returns the method that deletes what is old. */
export function pruneMethod(driver: SqlDriver): Pick<Store, 'prune'> {
  const { dialect } = driver;
  const t = (name: string) => dialect.table(name);
  const settled = (keepMatched: boolean) =>
    keepMatched
      ? `${dialect.is('matched', false)} AND void_reason IS NOT NULL`
      : `(${dialect.is('matched', true)} OR void_reason IS NOT NULL)`;

  return {
    async prune(options) {
      const { before, keepMatched, dryRun } = checkPrune(options, 'prune');
      const { signal } = options;
      const report: PruneReport = { predictions: 0, outcomes: 0, weights: 0, performance: 0, jobRuns: 0 };
      const newest = `as_of < (SELECT max(w.as_of) FROM ${t('ensemble_weights')} w WHERE w.code = ensemble_weights.code AND w.horizon = ensemble_weights.horizon)`;
      const tables = [
        {
          name: 'predictions',
          key: 'code, base_date, horizon',
          date: 'base_date',
          kind: 'date',
          and: settled(keepMatched),
        },
        { name: 'ensemble_weights', key: 'code, horizon, as_of', date: 'as_of', kind: 'date', and: newest },
        { name: 'model_performance', key: 'code, horizon, as_of, window_days', date: 'as_of', kind: 'date', and: '' },
        {
          name: 'job_runs',
          key: 'job, scheduled_for',
          date: 'scheduled_for',
          kind: 'instant',
          and: "status <> 'running'",
        },
      ] as const;
      const counts: Record<(typeof tables)[number]['name'], keyof PruneReport> = {
        predictions: 'predictions',
        ensemble_weights: 'weights',
        model_performance: 'performance',
        job_runs: 'jobRuns',
      };
      for (const { name, key, date, kind, and } of tables) {
        const old = () => where(dialect).add(date, '<', kind, kind === 'instant' ? `${before}T00:00:00.000Z` : before);
        const conditions = (clause: ReturnType<typeof old>) => `${clause.text()}${and && ` AND ${and}`}`;
        if (dryRun) {
          const count = (sql: string, values: ReturnType<typeof old>['values']) =>
            driver.read(async (session) => Number((await session.all(sql, values))[0]['n']));
          const clause = old();
          report[counts[name]] = await count(
            `SELECT count(*) AS n FROM ${t(name)}${conditions(clause)}`,
            clause.values,
          );
          if (name === 'predictions') {
            const matched = `${conditions(clause)} AND ${dialect.is('matched', true)}`;
            report.outcomes = await count(`SELECT count(*) AS n FROM ${t(name)}${matched}`, clause.values);
          }
          continue;
        }
        for (;;) {
          signal?.throwIfAborted();
          const [rows, outcomes] = await driver.write(async (session) => {
            const clause = old();
            const some = `SELECT ${key} FROM ${t(name)}${conditions(clause)} ORDER BY ${key} LIMIT ${STEP_ROWS}`;
            const from = (table: string) => `DELETE FROM ${t(table)} WHERE (${key}) IN (${some})`;
            const met = name === 'predictions' ? await session.run(from('prediction_outcomes'), clause.values) : 0;
            return [await session.run(from(name), clause.values), met];
          });
          report[counts[name]] += rows;
          report.outcomes += outcomes;
          if (rows < STEP_ROWS) break;
        }
      }
      return report;
    },
  };
}
