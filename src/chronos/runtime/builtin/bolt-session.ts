import type { BoltConfig } from '../../checkpoint/checkpoint-config.js';
import type { Safetensors } from '../../checkpoint/safetensors.js';
import type { OrtSession } from '../runtime.js';
import { boltNetwork } from './bolt-network.js';
import { builtinSession, PlainTensor } from './builtin-session.js';
import { type KernelKind, openHeap } from './heap.js';
import { createPause } from './pause.js';

/**
 * Opens Chronos-Bolt's network on the built-in runtime, with the inputs and outputs of boltGraph.
 *
 * @param kind default: the SIMD kernels where there are any
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY, RUNTIME_MISSING
 */
export async function openBoltSession(
  config: BoltConfig,
  weights: Safetensors,
  kind?: KernelKind,
): Promise<OrtSession> {
  const { levels, predictionLength, patchSize, contextLength } = config;
  const shape = {
    ...config,
    patchWidth: 2 * patchSize,
    maxPatches: Math.ceil(contextLength / patchSize),
    outputs: levels.length * predictionLength,
  };
  const run = boltNetwork(await openHeap(kind), shape, weights, createPause());
  return builtinSession(async ({ patches, patch_mask: mask }) => {
    const [batch, count] = patches.dims;
    const quantiles = await run(patches.data as Float32Array, mask.data as Float32Array, batch, count);
    return { quantiles: new PlainTensor('float32', quantiles, [batch, levels.length, predictionLength]) };
  });
}
