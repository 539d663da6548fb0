import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosModel, loadChronos } from '../../src/chronos/index.js';
import { caseNames, fixture, goldens, spread, ulp32 } from './fixtures.js';

/** Issue 4: worst deviation from chronos-forecasting 2.3.2, in standard deviations of the context. */
const TOLERANCE = 1e-5;

const CHECKPOINTS = ['bolt-wide-heads', 'bolt-gated-f16', 'bolt-log-last-bf16'];

describe.each((['onnx', 'builtin'] as const).flatMap((runtime) => CHECKPOINTS.map((name) => ({ runtime, name }))))(
  '$name on $runtime forecasts as the reference does',
  ({ runtime, name }) => {
    const golden = goldens(name);
    let model: ChronosModel;
    beforeAll(async () => {
      model = await loadChronos(fixture(name), { runtime });
    });
    afterAll(() => model.dispose());

    it.each(caseNames(golden))('%s', async (testCase) => {
      const context = golden.floats(`${testCase}/context`);
      const [levels, horizon] = golden.tensors.get(`${testCase}/quantiles`)?.shape ?? [];
      const [forecast] = await model.forecast([context], { horizon });
      const log = name.includes('log');
      const scale = spread(log ? context.map(Math.log) : context, model.contextLength) || 1e-5;
      const expected = golden.floats(`${testCase}/quantiles`);
      for (let step = 0; step < horizon; step++) {
        // The reference leaves crossing quantiles as they are; here they are sorted.
        const column = Array.from({ length: levels }, (_, level) => expected[level * horizon + step]).sort(
          (a, b) => a - b,
        );
        column.forEach((value, level) => {
          const got = forecast.quantiles[step * levels + level];
          const distance = Math.abs((log ? Math.log(got) : got) - value);
          expect(distance).toBeLessThanOrEqual(TOLERANCE * scale + 2 * ulp32(value));
        });
      }
    });

    it('gives each series of a mixed batch the numbers that it has alone', async () => {
      const contexts = caseNames(golden).map((testCase) => golden.floats(`${testCase}/context`));
      const horizon = model.predictionLength + 1;
      const together = await model.forecast(contexts, { horizon });
      for (const [i, context] of contexts.entries()) {
        const [alone] = await model.forecast([context], { horizon });
        const [scale, unit] = name.includes('log')
          ? [spread(context.map(Math.log)), Math.log]
          : [spread(context), Number];
        alone.quantiles.forEach((value, at) => {
          const distance = Math.abs(unit(together[i].quantiles[at]) - unit(value));
          expect(distance).toBeLessThanOrEqual(TOLERANCE * (scale || 1e-5));
        });
      }
    });
  },
);
