import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { type ChronosEmbedding, isChronos2, type LoadedChronos, loadChronos } from '../../src/chronos/index.js';
import { caseNames, fixture, goldens, ulp32 } from './fixtures.js';

/** Worst deviation from chronos-forecasting 2.3.2; the encoder's last layer norm leaves vectors of size 1. */
const TOLERANCE = 1e-5;
const CHECKPOINTS = [
  'bolt-wide-heads',
  'bolt-gated-f16',
  'bolt-log-last-bf16',
  't5-wide-heads',
  't5-gated',
  'chronos2-wide-heads',
  'chronos2-one-head',
];

describe.each((['onnx', 'builtin'] as const).flatMap((runtime) => CHECKPOINTS.map((name) => ({ runtime, name }))))(
  '$name on $runtime embeds as the reference does',
  ({ runtime, name }) => {
    const golden = goldens(name);
    const recorded = `${fixture(name)}/embeddings.safetensors`;
    const embedded = openSafetensors(memorySource(recorded, readFileSync(recorded)));
    let model: LoadedChronos;
    beforeAll(async () => {
      model = await loadChronos(fixture(name), { runtime });
    });
    afterAll(() => model.dispose());

    /** The series of a case: its context, or the targets of its task. */
    function seriesOf(testCase: string): Float32Array[] {
      const keys = [...golden.tensors.keys()].filter((key) => /^(context|target\d)$/.test(key.split('/')[1]));
      return keys
        .filter((key) => key.startsWith(`${testCase}/`))
        .sort()
        .map((key) => golden.floats(key));
    }

    async function embed(series: readonly Float32Array[]): Promise<ChronosEmbedding[]> {
      if (series.length === 1) return model.embed(series);
      if (!isChronos2(model)) throw new Error('not a Chronos-2 model');
      const [embeddings] = await model.embedTasks([{ targets: series }]);
      return embeddings;
    }

    it.each(caseNames(embedded))('%s', async (testCase) => {
      const got = await embed(seriesOf(testCase));
      const [tokens, width] = embedded.tensors.get(`${testCase}/encoded`)!.shape.slice(-2);
      const expected = embedded.floats(`${testCase}/encoded`);
      const value = (part: string, i: number) => embedded.floats(`${testCase}/${part}`)[i];
      expect(got.length * tokens * width).toBe(expected.length);
      got.forEach((one, i) => {
        expect([one.tokens, one.width]).toEqual([tokens, width]);
        const scale = value('scale', i);
        const loc = embedded.tensors.has(`${testCase}/loc`) ? value('loc', i) : 0;
        expect(Math.abs(one.scale - scale)).toBeLessThanOrEqual(TOLERANCE * scale);
        expect(Math.abs(one.loc - loc)).toBeLessThanOrEqual(TOLERANCE * scale + 2 * ulp32(loc));
        const own = expected.subarray(i * tokens * width, (i + 1) * tokens * width);
        const worst = one.values.reduce((most, got, at) => Math.max(most, Math.abs(got - own[at])), 0);
        expect(worst).toBeLessThanOrEqual(TOLERANCE);
      });
    });

    it('embeds each series of a mixed batch as alone', async () => {
      const cases = caseNames(embedded).filter((testCase) => seriesOf(testCase).length === 1);
      const together = await model.embed(cases.map((testCase) => seriesOf(testCase)[0]));
      for (const [i, testCase] of cases.entries()) {
        const [alone] = await model.embed(seriesOf(testCase));
        if (runtime === 'builtin') expect(together[i]).toEqual(alone);
        else {
          expect(together[i].tokens).toBe(alone.tokens);
          const worst = alone.values.reduce((most, v, at) => Math.max(most, Math.abs(v - together[i].values[at])), 0);
          expect(worst).toBeLessThanOrEqual(TOLERANCE);
        }
      }
    });
  },
);
