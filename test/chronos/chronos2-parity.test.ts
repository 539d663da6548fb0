import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chronos2Model, type Covariate, isChronos2, loadChronos } from '../../src/chronos/index.js';
import { caseNames, fixture, goldens, spread, ulp32 } from './fixtures.js';

/** Issue 4: worst deviation from chronos-forecasting 2.3.2, in normalised units, before the sinh. */
const TOLERANCE = 1e-5;
const SKY = ['calm', 'storm', 'fog', null];

const CHECKPOINTS = ['chronos2-wide-heads', 'chronos2-one-head'];

describe.each((['onnx', 'builtin'] as const).flatMap((runtime) => CHECKPOINTS.map((name) => ({ runtime, name }))))(
  '$name on $runtime forecasts as the reference does',
  ({ runtime, name }) => {
    const golden = goldens(name);
    const squash = name === 'chronos2-wide-heads' ? Math.asinh : Number;
    let model: Chronos2Model;
    beforeAll(async () => {
      const loaded = await loadChronos(fixture(name), { runtime });
      if (!isChronos2(loaded)) throw new Error('not a Chronos-2 model');
      model = loaded;
    });
    afterAll(() => model.dispose());

    /** The task of a case, as the golden maker wrote it. */
    function taskOf(testCase: string) {
      const parts = (stem: string) =>
        [...golden.tensors.keys()]
          .filter((key) => key.startsWith(`${testCase}/${stem}`))
          .map((key) => [key.slice(testCase.length + stem.length + 1), golden.floats(key)] as const);
      const covariates = (stem: string): Record<string, Covariate> =>
        Object.fromEntries(
          parts(stem).map(([key, values]) => [key, key === 'sky' ? Array.from(values, (code) => SKY[code]) : values]),
        );
      const targets = parts('target')
        .sort()
        .map(([, values]) => values);
      return { targets, pastCovariates: covariates('past.'), futureCovariates: covariates('future.') };
    }

    /** The worst deviation of sorted quantiles from the golden's, beyond what float32 output rounds. */
    function deviation(
      testCase: string,
      forecasts: readonly { quantiles: Float64Array }[],
      targets: readonly ArrayLike<number>[],
    ): number {
      const expected = golden.floats(`${testCase}/quantiles`);
      const [, levels, horizon] = [1, ...(golden.tensors.get(`${testCase}/quantiles`)?.shape ?? [])].slice(-3);
      let worst = 0;
      targets.forEach((target, i) => {
        const seen = Array.from(target)
          .slice(-model.contextLength)
          .filter((value) => !Number.isNaN(value));
        const loc = seen.length ? seen.reduce((sum, value) => sum + value, 0) / seen.length : 0;
        const scale = spread(seen) || 1e-5;
        for (let step = 0; step < horizon; step++) {
          const column = Array.from({ length: levels }, (_, q) => expected[(i * levels + q) * horizon + step]);
          column
            .sort((a, b) => a - b)
            .forEach((value, q) => {
              const got = squash((forecasts[i].quantiles[step * levels + q] - loc) / scale);
              worst = Math.max(worst, Math.abs(got - squash((value - loc) / scale)) - (2 * ulp32(value)) / scale);
            });
        }
      });
      return worst;
    }

    const horizonOf = (testCase: string) => golden.tensors.get(`${testCase}/quantiles`)?.shape.at(-1) ?? 0;

    it.each(caseNames(golden).filter((testCase) => !testCase.startsWith('cross-learning')))('%s', async (testCase) => {
      const task = taskOf(testCase);
      const [forecasts] = await model.forecastTasks([task], { horizon: horizonOf(testCase) });
      expect(deviation(testCase, forecasts, task.targets)).toBeLessThanOrEqual(TOLERANCE);
    });

    it('cross-learning', async () => {
      const cases = caseNames(golden).filter((testCase) => testCase.startsWith('cross-learning'));
      const tasks = cases.map(taskOf);
      const options = { horizon: horizonOf(cases[0]), crossLearning: true };
      const forecasts = await model.forecastTasks(tasks, options);
      cases.forEach((testCase, i) => {
        expect(deviation(testCase, forecasts[i], tasks[i].targets)).toBeLessThanOrEqual(TOLERANCE);
      });
    });

    it('gives each task of a mixed call the numbers that it has alone', async () => {
      const horizon = 4;
      const tasks = caseNames(golden)
        .map(taskOf)
        .map(({ targets, pastCovariates }) => ({ targets, pastCovariates }));
      const together = await model.forecastTasks(tasks, { horizon });
      for (const [i, task] of tasks.entries()) {
        const [alone] = await model.forecastTasks([task], { horizon });
        alone.forEach((forecast, target) => {
          const scale = spread(task.targets[target], model.contextLength) || 1e-5;
          forecast.quantiles.forEach((value, at) => {
            const reach = 1 + Math.abs(value / scale);
            expect(Math.abs(together[i][target].quantiles[at] - value)).toBeLessThanOrEqual(TOLERANCE * scale * reach);
          });
        });
      }
    });
  },
);
