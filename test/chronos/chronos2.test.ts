import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chronos2Model, type ForecastTask, isChronos2, loadChronos } from '../../src/chronos/index.js';
import { fixture } from './fixtures.js';

const walk = (length: number, seed: number) =>
  Array.from({ length }, (_, i) => 50 + ((i * 7919 + seed * 104729) % 97) / 10);
const TARGET = walk(30, 1);

describe('Chronos-2', () => {
  let model: Chronos2Model;
  beforeAll(async () => {
    const loaded = await loadChronos(fixture('chronos2-wide-heads'));
    if (!isChronos2(loaded)) throw new Error('not a Chronos-2 model');
    model = loaded;
  });
  afterAll(() => model.dispose());

  it('is told from other families by its type', async () => {
    const bolt = await loadChronos(fixture('bolt-wide-heads'));
    expect(isChronos2(bolt)).toBe(false);
    await bolt.dispose();
  });

  it('forecasts a context as a task of one target', async () => {
    const [alone] = await model.forecast([TARGET], { horizon: 3 });
    const [[asTask]] = await model.forecastTasks([{ targets: [TARGET] }], { horizon: 3 });
    expect(asTask).toEqual(alone);
  });

  it('gives one forecast a target, in the targets\u2019 order', async () => {
    const other = walk(30, 2).map((value) => 1000 * value);
    const [forecasts] = await model.forecastTasks([{ targets: [TARGET, other] }], { horizon: 2 });
    const [swapped] = await model.forecastTasks([{ targets: [other, TARGET] }], { horizon: 2 });
    expect(forecasts).toHaveLength(2);
    expect(swapped[1].median[0]).toBeCloseTo(forecasts[0].median[0], 3);
    expect(swapped[0].median[0] / forecasts[1].median[0]).toBeCloseTo(1, 5);
  });

  it('lets covariates and cross-learning change a forecast, and nothing else in the call', async () => {
    const options = { horizon: 2 };
    const [[alone]] = await model.forecastTasks([{ targets: [TARGET] }], options);
    const covariate = { targets: [TARGET], pastCovariates: { x: walk(30, 3) } };
    const [[helped], [beside]] = await model.forecastTasks([covariate, { targets: [TARGET] }], options);
    const joint = await model.forecastTasks([{ targets: [TARGET] }, { targets: [walk(20, 4)] }], {
      ...options,
      crossLearning: true,
    });
    expect(beside.median[0]).toBeCloseTo(alone.median[0], 4);
    expect(Math.abs(helped.median[0] - alone.median[0])).toBeGreaterThan(1e-3);
    expect(Math.abs(joint[0][0].median[0] - alone.median[0])).toBeGreaterThan(1e-3);
  });

  it.each<[string, ForecastTask, string, string]>([
    ['no target', { targets: [] }, 'INVALID_ARGUMENT', 'tasks[0].targets'],
    ['an empty target', { targets: [[]] }, 'EMPTY_SERIES', 'tasks[0].targets[0]'],
    ['targets of unequal length', { targets: [TARGET, walk(29, 2)] }, 'INVALID_ARGUMENT', 'tasks[0].targets[1].length'],
    ['an infinite value', { targets: [[1, Infinity]] }, 'INVALID_ARGUMENT', 'tasks[0].targets[0][1]'],
    [
      'a covariate of another length',
      { targets: [TARGET], pastCovariates: { x: [1] } },
      'INVALID_ARGUMENT',
      'tasks[0].pastCovariates.x.length',
    ],
    [
      'a future without a past',
      { targets: [TARGET], futureCovariates: { x: [1, 2] } },
      'INVALID_ARGUMENT',
      'tasks[0].pastCovariates.x',
    ],
    [
      'a future of another length',
      { targets: [TARGET], pastCovariates: { x: walk(30, 3) }, futureCovariates: { x: [1] } },
      'INVALID_ARGUMENT',
      'tasks[0].futureCovariates.x.length',
    ],
    [
      'text among numbers',
      { targets: [TARGET], pastCovariates: { x: walk(29, 3).concat('y' as never) } },
      'INVALID_ARGUMENT',
      'tasks[0].pastCovariates.x[0]',
    ],
  ])('refuses %s', async (_, task, code, field) => {
    await expect(model.forecastTasks([task], { horizon: 2 })).rejects.toMatchObject({ code, field });
  });
});
