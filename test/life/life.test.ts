import { expect, it } from 'vitest';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { live } from './live.js';
import { planLife } from './plan.js';
import { judge } from './verdict.js';

/* The two years of bench/life/life.ts, cut to a season over which New York changes its clocks. */
const plan = planLife({ first: '2024-02-14', sessions: 60, instruments: 6 });

it('sixty days of six instruments with everything that goes wrong in a life leave nothing undone, untrue or out', async () => {
  const store = await sqliteStore(':memory:');
  const life = await live(plan, store);
  const { counts, faults } = await judge(life);
  expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((name) => [name, []])));
  // and all of it happened
  // five instruments live to the end: their two newest horizons, and what was asked on the last evening
  expect(counts.due).toBe(31);
  for (const kind of ['matched', 'void', 'adjusted', 'corrected'] as const) expect(counts[kind]).toBeGreaterThan(1);
  const failed = life.runs.filter(({ status }) => status === 'failed').map(({ job }) => job);
  expect(failed).toEqual(expect.arrayContaining(['dailyBatch', 'matchOutcomes']));
  const models = await store.models.list();
  expect(models.filter((key) => !key.startsWith('_kept.'))).toEqual(['_drift_h1', '_drift_h5']);
  expect(models.length).toBe(2 * 4);
  expect(await store.listPredictions({ code: plan.asked, state: 'matched' })).not.toEqual([]);
  await store.close();
}, 300_000);
