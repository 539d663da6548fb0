import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/stats/index.js';
import { learnWeights as learn, type ScoredForecast } from '../../src/weights/index.js';
import { loadWeights } from '../../src/weights/load-weights.js';

const priors = { chronos: 0.6, lgbm: 0.4, naive: 0 };
const learnWeights = (forecasts: readonly ScoredForecast[], { horizon }: { horizon: number }) =>
  learn(forecasts, { horizon, priors });

/**
 * Days of 20 instruments whose return is `signal` plus noise of deviation 1; each member sees the signal through its own distortion
 * and states an interval of `halfWidth` around it, by default the right one.
 */
function simulate(
  days: number,
  see: Record<string, (signal: number, noise: number) => number>,
  halfWidth: Record<string, number> = {},
) {
  const random = createRandom(7);
  const forecasts: ScoredForecast[] = [];
  for (let day = 0; day < days; day++) {
    for (let i = 0; i < 20; i++) {
      const signal = 0.3 * random.normal();
      const members: ScoredForecast['members'] = {};
      for (const name of Object.keys(see)) {
        const point = see[name](signal, random.normal());
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

describe('any members', () => {
  it('learns shares of members by any names, the priors being their start', () => {
    const forecasts = simulate(250, { mine: (s, n) => s + n, theirs: (s) => s, naive: () => 0 });
    const weights = learn(forecasts, { horizon: 1, priors: { mine: 0.8, theirs: 0.2, naive: 0 } });
    expect(Object.keys(weights)).toEqual(['mine', 'theirs', 'naive']);
    expect(weights.theirs).toBeGreaterThan(0.5);
    expect(learn([], { horizon: 1, priors: { mine: 1 } })).toEqual({ mine: 1 });
  });
});

describe('loadWeights', () => {
  const members = [
    { name: 'chronos', prior: 0.6 },
    { name: 'lgbm', prior: 0.4 },
    { name: 'naive', prior: 0 },
  ];
  const key = (code: string) => ({ code, horizon: 1 });
  const weights = { chronos: 0.2, lgbm: 0.3, naive: 0.5 };
  const store = { getWeights: async (code: string) => (code === 'known' ? { weights } : undefined) };

  it('returns what is stored, else the priors', async () => {
    expect(await loadWeights(store, key('known'), members)).toEqual({ weights });
    expect(await loadWeights(store, key('new'), members)).toEqual({ weights: priors });
    expect(await loadWeights(undefined, key('new'), members)).toEqual({ weights: priors });
  });

  it('starts a member that the row does not know at its prior share, and leaves out one that is gone', async () => {
    // 0.1 of 1.1 to the newcomer, the stored shares scaled by 1 / 1.1
    const more = await loadWeights(store, key('known'), [...members, { name: 'mine', prior: 0.1 }]);
    expect(more.weights.mine).toBeCloseTo(0.1 / 1.1, 12);
    expect(more.weights.chronos).toBeCloseTo(0.2 / 1.1, 12);
    const fewer = await loadWeights(store, key('known'), [members[0], members[2]]);
    expect(fewer.weights.chronos).toBeCloseTo(0.2 / 0.7, 12);
    expect(fewer.weights.naive).toBeCloseTo(0.5 / 0.7, 12);
  });

  it('passes a failing store on instead of taking the priors', async () => {
    const down = { getWeights: () => Promise.reject(new Error('down')) };
    await expect(loadWeights(down, key('any'), members)).rejects.toThrow('down');
  });
});
