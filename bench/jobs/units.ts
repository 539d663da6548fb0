import type pg from 'pg';
import { addForecastJobs } from '../../adapters/jobs/forecast-jobs.js';
import type { JobQueue } from '../../adapters/jobs/job-queue.js';
import type { SqlStore } from '../../adapters/store/sql/sql-store.js';
import { loadChronos } from '../../src/chronos/index.js';
import { dailyBatch, matchOutcomes, updateWeights } from '../../src/pipeline/index.js';
import { columnPrices, HORIZONS, marketCodes, marketContext, simulateMarket } from '../market/market.js';
import { timed } from '../market/timing.js';
import { SCHEMA, startMachine } from './machine.js';

/** A day by which forecasts of all horizons have met their close. */
const LATER = '2024-04-12';

/** Prints what one instrument, one row and one item cost on this server. */
export async function measureUnits({
  url,
  pool,
  store,
  instruments,
  jobs,
}: {
  url: string;
  pool: pg.Pool;
  store: SqlStore;
  instruments: number;
  jobs: JobQueue;
}): Promise<void> {
  const per = (seconds: number) => ((1000 * seconds) / instruments).toFixed(2);
  const codes = marketCodes(instruments);
  const prices = columnPrices(codes, simulateMarket(codes, 410, LATER));
  const chronos = await loadChronos();
  const parts = { prices, store, chronos };
  await pool.query(`TRUNCATE ${SCHEMA}.predictions, ${SCHEMA}.prediction_outcomes`);
  const batch = await timed(() => dailyBatch(marketContext(parts), { codes, horizons: HORIZONS }));
  await pool.query(`VACUUM ANALYZE ${SCHEMA}.predictions`);
  const prediction = await bytesPerRow(pool, 'predictions');
  const later = marketContext(parts, () => new Date(`${LATER}T07:30:00Z`));
  const matching = await timed(() => matchOutcomes(LATER, later));
  if (matching.result.matched !== codes.length * HORIZONS.length) throw new Error('not all were matched');
  const outcome = await bytesPerRow(pool, 'prediction_outcomes');
  const learning = await timed(() => updateWeights(later));
  const model = await bytesPerRow(pool, 'models');
  console.log(
    `an instrument's batch ${per(batch.cpu)} ms of processor (${per(batch.wall)} ms), its matching ${per(matching.cpu)} ms (${per(matching.wall)} ms),`,
    `learning ${((1000 * learning.cpu) / codes.length / HORIZONS.length).toFixed(3)} ms an outcome; the server's share comes on top`,
  );
  console.log(
    `with indexes: ${prediction.toFixed(0)} bytes a prediction of three members, ${outcome.toFixed(0)} an outcome, ${model.toFixed(0)} a model`,
  );

  const items = Array.from({ length: 5000 }, (_, index) => `C${index}`);
  const adding = await timed(() => addForecastJobs(jobs, 'retrain-weekly', { day: LATER, codes: items }));
  const again = await timed(() => addForecastJobs(jobs, 'retrain-weekly', { day: LATER, codes: items }));
  const rate = (seconds: number) => (items.length / seconds).toFixed(0);
  console.log(`pg-boss: ${rate(adding.wall)} items a second added, ${rate(again.wall)} found to be there`);

  for (const writers of [1, 4]) {
    await pool.query(`TRUNCATE ${SCHEMA}.predictions, ${SCHEMA}.prediction_outcomes`);
    const machines = Array.from({ length: writers }, (_, index) =>
      startMachine({
        url,
        task: 'write',
        instruments: 64,
        poison: 0,
        batchSize: 1,
        dies: false,
        name: `w${writers}${index}`,
      }),
    );
    await Promise.all(machines.map(({ ready }) => ready));
    for (const machine of machines) machine.go();
    const reports = await Promise.all(machines.map((machine) => machine.end()));
    const rows = reports.reduce((sum, report) => sum + report.rows / report.seconds, 0);
    console.log(`Postgres: ${writers} writing processes, ${rows.toFixed(0)} predictions a second in calls of 192`);
  }
  await chronos.dispose();
}

async function bytesPerRow(pool: pg.Pool, table: string): Promise<number> {
  const { rows } = await pool.query(
    `SELECT pg_total_relation_size('${SCHEMA}.${table}')::float8 / count(*) AS bytes FROM ${SCHEMA}.${table}`,
  );
  return rows[0].bytes as number;
}
