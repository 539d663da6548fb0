import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { live } from './live.js';
import { planLife } from './plan.js';
import { judge } from './verdict.js';

describe('a life of a third of a year', () => {
  it('leaves nothing undone, nothing untrue and nothing out', async () => {
    const plan = planLife({ first: '2024-02-01', sessions: 84, instruments: 6 });
    const life = await live(plan, memoryStore());
    const { counts, faults } = await judge(life);
    console.log(
      counts,
      life.warnings,
      Object.fromEntries(Object.entries(faults).map(([k, v]) => [k, [v.length, ...v.slice(0, 12)]])),
    );
    expect(Object.values(faults).flat()).toEqual([]);
  });
});
