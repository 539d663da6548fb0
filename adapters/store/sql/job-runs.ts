import { checkClaim, checkJobQuery, checkRenewal, checkRunEnd } from '../../../src/store/check-queries.js';
import type { Store } from '../../../src/store/store.js';
import type { SqlDriver } from './driver.js';
import { jobRunOf, recordsOf } from './rows.js';
import { orderOf, selectOf, where } from './statements.js';
import { JOB_RUNS } from './tables.js';

type JobRunMethods = Pick<Store, 'claimJobRun' | 'finishJobRun' | 'renewJobRun' | 'listJobRuns'>;

/** Returns the methods for job runs. */
export function jobRunMethods(driver: SqlDriver): JobRunMethods {
  const { dialect } = driver;
  const runs = dialect.table(JOB_RUNS.name);

  return {
    async claimJobRun(claim) {
      const { job, scheduledFor, owner, now, leaseMs } = checkClaim(claim, 'claimJobRun');
      const leaseUntil = new Date(now.getTime() + leaseMs).toISOString();
      const values = [job, scheduledFor.toISOString(), owner, now.toISOString(), leaseUntil];
      const kinds = ['text', 'instant', 'text', 'instant', 'instant'] as const;
      const params = kinds.map((kind, index) => dialect.param(kind, index + 1));
      const sql = `INSERT INTO ${runs} AS held (job, scheduled_for, owner, started_at, lease_until, status, attempts)
        VALUES (${params.join(', ')}, 'running', 1)
        ON CONFLICT (job, scheduled_for) DO UPDATE SET owner = excluded.owner, started_at = excluded.started_at,
          lease_until = excluded.lease_until, finished_at = NULL, summary = NULL, figures = NULL, failures = NULL,
          status = 'running', attempts = held.attempts + 1
        WHERE held.status = 'failed' OR (held.status = 'running' AND held.lease_until <= excluded.started_at)`;
      return driver.write(async (session, attempt) => {
        if ((await session.run(sql, values)) === 1) return true;
        if (attempt === 0) return false;
        // an earlier attempt may have been carried out before its connection was lost
        const own = where(dialect)
          .add('job', '=', 'text', job)
          .add('scheduled_for', '=', 'instant', values[1])
          .add('owner', '=', 'text', owner)
          .add('started_at', '=', 'instant', values[3]);
        const rows = await session.all(`SELECT job FROM ${runs}${own.text()} AND status = 'running'`, own.values);
        return rows.length === 1;
      });
    },

    async finishJobRun(run) {
      const { job, scheduledFor, owner, status, finishedAt, summary, figures, failures } = checkRunEnd(
        run,
        'finishJobRun',
      );
      const held = where(dialect);
      const sets = [
        `status = ${held.param('text', status)}`,
        `finished_at = ${held.param('instant', finishedAt.toISOString())}`,
        `summary = ${held.param('text', summary ?? null)}`,
        `figures = ${held.param('json', figures ? JSON.stringify(figures) : null)}`,
        `failures = ${held.param('json', failures ? JSON.stringify(failures) : null)}`,
      ];
      held
        .add('job', '=', 'text', job)
        .add('scheduled_for', '=', 'instant', scheduledFor.toISOString())
        .add('owner', '=', 'text', owner);
      const sql = `UPDATE ${runs} SET ${sets.join(', ')}${held.text()} AND status = 'running'`;
      return driver.write(async (session, attempt) => {
        if ((await session.run(sql, held.values)) === 1) return true;
        if (attempt === 0) return false;
        const own = where(dialect)
          .add('job', '=', 'text', job)
          .add('scheduled_for', '=', 'instant', scheduledFor.toISOString())
          .add('owner', '=', 'text', owner)
          .add('status', '=', 'text', status)
          .add('finished_at', '=', 'instant', finishedAt.toISOString());
        return (await session.all(`SELECT job FROM ${runs}${own.text()}`, own.values)).length === 1;
      });
    },

    async renewJobRun(run) {
      const { job, scheduledFor, owner, leaseUntil } = checkRenewal(run, 'renewJobRun');
      const held = where(dialect);
      const set = `lease_until = ${held.param('instant', leaseUntil.toISOString())}`;
      held
        .add('job', '=', 'text', job)
        .add('scheduled_for', '=', 'instant', scheduledFor.toISOString())
        .add('owner', '=', 'text', owner);
      const sql = `UPDATE ${runs} SET ${set}${held.text()} AND status = 'running'`;
      return driver.write(async (session) => (await session.run(sql, held.values)) === 1);
    },

    async listJobRuns(query) {
      const { job, limit } = checkJobQuery(query, 'listJobRuns');
      const clause = where(dialect).add('job', '=', 'text', job);
      const list = `${selectOf(dialect, JOB_RUNS)}${clause.text()}${orderOf(JOB_RUNS, ['scheduled_for'], 'DESC')}`;
      const sql = `${list} LIMIT ${clause.param('integer', limit)}`;
      return recordsOf(await driver.read((session) => session.all(sql, clause.values)), JOB_RUNS, jobRunOf);
    },
  };
}
