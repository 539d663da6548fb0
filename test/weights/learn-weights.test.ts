import { describe, expect, it } from 'vitest';
import type { MemberName } from '../../src/ensemble/index.js';
import { createRandom } from '../../src/stats/index.js';
import { DEFAULT_WEIGHTS, learnWeights, loadWeights, type ScoredForecast } from '../../src/weights/index.js';

/**
 * Days of 20 instruments whose return is `signal` plus noise of deviation 1; each member sees the signal through its own distortion
 * and states an interval of `halfWidth` around it, by default the right one.
 */
function simulate(
  days: number,
  see: { [name in MemberName]?: (signal: number, noise: number) => number },
  halfWidth: { [name in MemberName]?: number } = {},
) {
  const random = createRandom(7);
  const forecasts: ScoredForecast[] = [];
  for (let day = 0; day < days; day++) {
    for (let i = 0; i < 20; i++) {
      const signal = 0.3 * random.normal();
      const members: ScoredForecast['members'] = {};
      for (const name of Object.keys(see) as MemberName[]) {
        const point = see[name]!(signal, random.normal());
        const half = halfWidth[name] ?? 1.2815515655;
        members[name] = { point, low: point - half, high: point + half };
      }
      forecasts.push({
        code: `c${i}`,
        actualDate: new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10),
        actual: signal + random.normal(),
        members,
      });
    }
  }
  return forecasts;
}

const total = (weights: object) => Object.values(weights).reduce((sum: number, weight) => sum + (weight as number), 0);

describe('learnWeights', () => {
  it('starts near the defaults, with a foothold for the random walk', () => {
    expect(learnWeights([], { horizon: 1 })).toEqual({ chronos: 0.54, lgbm: 0.36, naive: 0.1 });
  });

  it('moves to the member that sees the signal', () => {
    const weights = learnWeights(simulate(250, { chronos: (s, n) => s + n, lgbm: (s) => s, naive: () => 0 }), {
      horizon: 1,
    });
    expect(weights.lgbm).toBeGreaterThan(0.6);
    expect(weights.lgbm).toBeGreaterThan(weights.chronos);
    expect(total(weights)).toBeCloseTo(1, 12);
  });

  it('falls back to the random walk when both models are overconfident noise', () => {
    const weights = learnWeights(simulate(250, { chronos: (_, n) => n, lgbm: (_, n) => 0.8 * n, naive: () => 0 }), {
      horizon: 1,
    });
    expect(weights.naive).toBeGreaterThan(0.5);
  });

  it('moves to the member whose interval is right where points are alike', () => {
    const zero = () => 0;
    const widths = { chronos: 2.6, lgbm: 1.3, naive: 0.6 };
    const weights = learnWeights(simulate(250, { chronos: zero, lgbm: zero, naive: zero }, widths), { horizon: 1 });
    expect(weights.lgbm).toBeGreaterThan(0.8);
  });

  it('leaves the share of a member that never took part where it started', () => {
    const weights = learnWeights(simulate(100, { chronos: (s) => s, naive: () => 0 }), { horizon: 1 });
    expect(weights.lgbm).toBeGreaterThan(0);
    expect(weights.chronos).toBeGreaterThan(0.54);
  });

  it('does not depend on the order in which outcomes are read', () => {
    const forecasts = simulate(60, { chronos: (s, n) => s + n, lgbm: (s) => s, naive: () => 0 });
    const shuffled = [...forecasts].sort((a, b) => a.actual - b.actual);
    const weights = learnWeights(shuffled, { horizon: 1 });
    const ordered = learnWeights(forecasts, { horizon: 1 });
    for (const name of ['chronos', 'lgbm', 'naive'] as const) expect(weights[name]).toBeCloseTo(ordered[name], 10);
  });

  it('moves less on forecasts that overlap', () => {
    const forecasts = simulate(60, { chronos: (s, n) => s + n, lgbm: (s) => s, naive: () => 0 });
    const apart = learnWeights(forecasts, { horizon: 1 });
    const overlapping = learnWeights(forecasts, { horizon: 20 });
    expect(overlapping.chronos).toBeLessThan(0.54);
    expect(overlapping.chronos).toBeGreaterThan(apart.chronos);
  });

  it('takes a crash for one miss, however far it went', () => {
    const forecasts = simulate(60, { chronos: (s, n) => s + n, lgbm: (s) => s, naive: () => 0 });
    const wild = (actual: number) =>
      learnWeights([...forecasts, { ...forecasts[0], actualDate: '2021-01-01', actual }], { horizon: 1 });
    expect(wild(-5000)).toEqual(wild(-20));
    expect(wild(-5000)).not.toEqual(wild(5000));
  });
});

describe('loadWeights', () => {
  it('returns what is stored, else the defaults', async () => {
    const weights = { chronos: 0.2, lgbm: 0.3, naive: 0.5 };
    const store = { getWeights: async (code: string) => (code === 'known' ? { weights } : undefined) };
    expect(await loadWeights(store, 'known', 1)).toEqual(weights);
    expect(await loadWeights(store, 'new', 1)).toEqual(DEFAULT_WEIGHTS);
    expect(DEFAULT_WEIGHTS).toEqual({ chronos: 0.6, lgbm: 0.4, naive: 0 });
  });

  it('passes a failing store on instead of taking the defaults', async () => {
    const store = { getWeights: () => Promise.reject(new Error('down')) };
    await expect(loadWeights(store, 'any', 1)).rejects.toThrow('down');
  });
});
