import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { BoltConfig } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { memorySource, openSafetensors, type Safetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { boltGraph } from '../../src/chronos/graph/bolt-graph.js';
import { openBoltSession } from '../../src/chronos/runtime/builtin/bolt-session.js';
import { PlainTensor } from '../../src/chronos/runtime/builtin/builtin-session.js';
import { openSession } from '../../src/chronos/runtime/open-session.js';
import { type OrtSession, resolveRuntime } from '../../src/chronos/runtime/runtime.js';
import { createRandom } from '../../src/stats/index.js';
import { fixture } from './fixtures.js';
import { randomBolt, TINY } from './random-bolt.js';
import type { NetworkSizes } from './random-weights.js';

/** Issue 12: worst deviation from ONNX Runtime, in the context's standard deviations: the unit of the network's outputs. */
const TOLERANCE = 1e-5;

interface Checkpoint {
  config: BoltConfig;
  weights: Safetensors;
}

function fromFolder(folder: string): Checkpoint {
  const config = parseConfig(JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'))) as BoltConfig;
  return { config, weights: openSafetensors(memorySource(folder, readFileSync(`${folder}/model.safetensors`))) };
}

function random(sizes: NetworkSizes): Checkpoint {
  const { config, weights } = randomBolt(sizes, 3);
  return { config: parseConfig(config) as BoltConfig, weights: openSafetensors(memorySource('random', weights)) };
}

/** Normalised patches of a batch; the first series has holes, the second begins late, the last has nothing at all. */
function feeds({ patchSize }: BoltConfig, batch: number, patches: number) {
  const { normal, uniform } = createRandom(patches);
  const data = new Float32Array(batch * patches * 2 * patchSize);
  const mask = new Float32Array(batch * patches);
  for (let row = 0; row < batch; row++)
    for (let patch = 0; patch < patches; patch++)
      for (let i = 0; i < patchSize; i++) {
        const value = normal();
        const missing = (row === 0 && uniform() < 0.3) || (row === 1 && patch < patches / 2) || row === batch - 1;
        if (missing) continue;
        const at = (row * patches + patch) * 2 * patchSize + i;
        data[at] = value;
        data[at + patchSize] = 1;
        mask[row * patches + patch] = 1;
      }
  return { data, mask, batch, patches, width: 2 * patchSize };
}

async function run(
  session: OrtSession,
  { data, mask, batch, patches, width }: ReturnType<typeof feeds>,
  Tensor: typeof PlainTensor = PlainTensor,
): Promise<Float32Array> {
  const { quantiles } = await session.run({
    patches: new Tensor('float32', data, [batch, patches, width]),
    patch_mask: new Tensor('float32', mask, [batch, patches]),
  });
  return quantiles.data as Float32Array;
}

/** One series of a batch. */
function alone({ data, mask, patches, width }: ReturnType<typeof feeds>, row: number): ReturnType<typeof feeds> {
  return {
    data: data.slice(row * patches * width, (row + 1) * patches * width),
    mask: mask.slice(row * patches, (row + 1) * patches),
    batch: 1,
    patches,
    width,
  };
}

describe.each<[string, () => Checkpoint]>([
  ['heads × dKv unlike dModel, 54 outputs', () => fromFolder(fixture('bolt-wide-heads'))],
  ['gated, F16', () => fromFolder(fixture('bolt-gated-f16'))],
  ['gated, without a register token, BF16', () => fromFolder(fixture('bolt-log-last-bf16'))],
  ['widths that no vector divides', () => random({ dModel: 10, dFf: 13, dKv: 3, heads: 3, layers: 2 })],
  ['weights of many blocks', () => random({ dModel: 128, dFf: 512, dKv: 32, heads: 4, layers: 2 })],
])('the built-in Bolt network: %s', (_, open) => {
  const { config, weights } = open();
  const most = Math.ceil(config.contextLength / config.patchSize);
  const shapes = [...new Set([1, Math.min(2, most), Math.min(21, most), Math.min(most, 40)])];

  it('gives the numbers of ONNX Runtime', async () => {
    const runtime = await resolveRuntime();
    const settings = { precision: 'fp32', threads: 1 } as const;
    const onnx = await openSession(runtime, weights, (placement) => boltGraph(config, weights, placement), settings);
    const builtin = await openBoltSession(config, weights);
    for (const patches of shapes) {
      const inputs = feeds(config, 6, patches);
      const expected = await run(onnx, inputs, runtime.ort.Tensor as unknown as typeof PlainTensor);
      const got = await run(builtin, inputs);
      expect(got).toHaveLength(expected.length);
      expected.forEach((value, i) => {
        expect(Math.abs(got[i] - value)).toBeLessThanOrEqual(TOLERANCE);
      });
    }
    await onnx.release();
  });

  it('gives the same bits by SIMD and by plain TypeScript', async () => {
    const simd = await openBoltSession(config, weights, { kind: 'simd' });
    const plain = await openBoltSession(config, weights, { kind: 'plain' });
    for (const patches of shapes) {
      const inputs = feeds(config, 3, patches);
      expect(await run(simd, inputs)).toEqual(await run(plain, inputs));
    }
  });

  it('gives a series the same bits alone and in a batch of any size', async () => {
    const session = await openBoltSession(config, weights);
    const inputs = feeds(config, 70, shapes.at(-1)!);
    const together = await run(session, inputs);
    const size = together.length / 70;
    for (const row of [0, 1, 33, 68, 69])
      expect(await run(session, alone(inputs, row))).toEqual(together.slice(row * size, (row + 1) * size));
  });
});

describe('a series of more tokens than are worked on together', () => {
  it('gets the numbers of ONNX Runtime, alone and in a batch the same bits', async () => {
    const { config, weights } = random(TINY);
    const inputs = feeds(config, 3, Math.ceil(config.contextLength / config.patchSize));
    const runtime = await resolveRuntime();
    const settings = { precision: 'fp32', threads: 1 } as const;
    const onnx = await openSession(runtime, weights, (placement) => boltGraph(config, weights, placement), settings);
    const builtin = await openBoltSession(config, weights);
    const expected = await run(onnx, inputs, runtime.ort.Tensor as unknown as typeof PlainTensor);
    const got = await run(builtin, inputs);
    const worst = expected.reduce((most, value, i) => Math.max(most, Math.abs(got[i] - value)), 0);
    expect(worst).toBeLessThanOrEqual(TOLERANCE);
    expect(await run(builtin, alone(inputs, 0))).toEqual(got.slice(0, got.length / 3));
    await onnx.release();
  });
});
