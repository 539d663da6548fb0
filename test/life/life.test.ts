import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { live } from './live.js';
import { planLife } from './plan.js';
import { judge } from './verdict.js';

/* The two years of bench/life/life.ts, cut to a season over which New York changes its clocks. */
const plan = planLife({ first: '2024-02-12', sessions: 60, instruments: 6 });

describe('sixty days of six instruments, with everything that goes wrong in a life', () => {
  it.each<[string, () => Promise<{ store: Store; end: () => Promise<void> }>]>([
    ['memory', async () => ({ store: memoryStore(), end: async () => {} })],
    [
      'SQLite',
      async () => {
        const file = join(tmpdir(), `chronolight-life-${process.pid}.db`);
        const store = await sqliteStore(file, { durability: 'normal' });
        return {
          store,
          async end() {
            await store.close();
            for (const part of ['', '-wal', '-shm']) await rm(file + part, { force: true });
          },
        };
      },
    ],
  ])(
    'over %s leave nothing undone, nothing untrue, nothing out',
    async (_, open) => {
      const { store, end } = await open();
      try {
        const life = await live(plan, store);
        const { counts, faults } = await judge(life);
        expect(faults).toEqual(Object.fromEntries(Object.keys(faults).map((name) => [name, []])));
        // and all of it happened
        expect(counts).toMatchObject({ predictions: expect.any(Number), due: 30 });
        for (const kind of ['matched', 'void', 'adjusted', 'corrected'] as const)
          expect(counts[kind]).toBeGreaterThan(1);
        const failed = life.runs.filter(({ status }) => status === 'failed').map(({ job }) => job);
        expect(failed).toEqual(expect.arrayContaining(['dailyBatch', 'matchOutcomes']));
        expect(await store.models.list()).toEqual(['_drift_h1', '_drift_h5']);
        expect(await store.listPredictions({ code: plan.asked, state: 'matched' })).not.toEqual([]);
      } finally {
        await end();
      }
    },
    300_000,
  );
});
