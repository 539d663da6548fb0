import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { T5Config } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { generate, type T5Network } from '../../src/chronos/families/t5.js';
import { meanScaleUniformBins } from '../../src/chronos/families/t5-tokenizer.js';
import { DECODER_BIAS, t5EncoderGraph, t5StepGraph } from '../../src/chronos/graph/t5-graph.js';
import { BUILTIN } from '../../src/chronos/runtime/builtin/builtin-session.js';
import { openT5Sessions } from '../../src/chronos/runtime/builtin/t5-sessions.js';
import { openSession } from '../../src/chronos/runtime/open-session.js';
import { resolveRuntime } from '../../src/chronos/runtime/runtime.js';
import { caseNames, fixture, goldens } from './fixtures.js';

const CHECKPOINTS = ['t5-wide-heads', 't5-gated'];

describe.each((['onnx', 'builtin'] as const).flatMap((kind) => CHECKPOINTS.map((name) => ({ kind, name }))))(
  '$name on $kind computes what the reference computes',
  ({ kind, name }) => {
    const golden = goldens(name);
    const cases = caseNames(golden);
    const config = parseConfig(JSON.parse(readFileSync(`${fixture(name)}/config.json`, 'utf8'))) as T5Config;
    const tokenizer = meanScaleUniformBins(config);
    let network: T5Network;
    beforeAll(async () => {
      const weights = openSafetensors(memorySource(name, readFileSync(`${fixture(name)}/model.safetensors`)));
      if (kind === 'builtin') {
        const sessions = await openT5Sessions(config, weights);
        network = { config, ort: BUILTIN, ...sessions, decoderBias: weights.floats(DECODER_BIAS) };
        return;
      }
      const runtime = await resolveRuntime();
      const settings = { precision: 'fp32', threads: 1 } as const;
      const encoder = await openSession(
        runtime,
        weights,
        (placement) => t5EncoderGraph(config, weights, placement),
        settings,
      );
      const step = await openSession(
        runtime,
        weights,
        (placement) => t5StepGraph(config, weights, placement),
        settings,
      );
      network = { config, ort: runtime.ort, encoder, step, decoderBias: weights.floats(DECODER_BIAS) };
    });
    afterAll(async () => {
      await network.encoder.release();
      await network.step.release();
    });

    it.each(cases)('%s: the same tokens, and the same values of drawn ones', (testCase) => {
      const context = Float64Array.from(golden.floats(`${testCase}/context`)).slice(-config.contextLength);
      const { ids, mask, scale } = tokenizer.encode(context);
      expect([...ids]).toEqual([...golden.floats(`${testCase}/ids`)]);
      expect(mask).toEqual(golden.floats(`${testCase}/mask`));
      const values = golden.floats(`${testCase}/values`);
      golden.floats(`${testCase}/forced`).forEach((id, i) => {
        // The reference multiplies in float32, and its linspace rounds by vector width.
        expect(Math.abs(tokenizer.decode(id, scale) - values[i])).toBeLessThanOrEqual(1e-6 * scale);
      });
    });

    it.each(cases.filter((testCase) => golden.tensors.has(`${testCase}/logits`)))(
      '%s: the same logits',
      async (testCase) => {
        const [paths, steps, vocabulary] = golden.tensors.get(`${testCase}/logits`)?.shape ?? [];
        const expected = golden.floats(`${testCase}/logits`);
        const forced = golden.floats(`${testCase}/forced`);
        const context = Float64Array.from(golden.floats(`${testCase}/context`)).slice(-config.contextLength);
        let worst = 0;
        await generate(network, tokenizer.encode(context), paths, steps, (logits, step) => {
          for (let path = 0; path < paths; path++)
            for (let id = 0; id < vocabulary; id++) {
              const value = expected[(path * steps + step) * vocabulary + id];
              worst = Math.max(worst, Math.abs(logits[path * vocabulary + id] - value));
            }
          return Int32Array.from({ length: paths }, (_, path) => forced[path * steps + step]);
        });
        expect(worst).toBeLessThanOrEqual(1e-5);
      },
    );
  },
);
