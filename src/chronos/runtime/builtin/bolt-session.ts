import type { BoltConfig } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import type { BoltEnds } from '../../graph/bolt-ends.js';
import type { OrtSession } from '../runtime.js';
import { boltNetwork } from './bolt-network.js';
import { builtinSession, PlainTensor, type Tensors } from './builtin-session.js';
import { type KernelKind, openHeap } from './heap.js';
import type { LayerPrecision } from './heap-layers.js';
import { createPause } from './pause.js';

/**
 * Opens a network of Chronos-Bolt's body on the built-in runtime, with the inputs and outputs of boltGraph.
 *
 * @param ends default: those of Chronos-Bolt itself, values and mask of one channel in, a row a level out
 * @param kind default: the SIMD kernels where there are any
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY, RUNTIME_MISSING
 */
export async function openBoltSession(
  config: Omit<BoltConfig, 'family' | 'transform'>,
  weights: WeightFile,
  {
    kind,
    precision,
    ends = { patchWidth: 2 * config.patchSize, outputRows: config.levels.length },
  }: { kind?: KernelKind; precision?: LayerPrecision; ends?: BoltEnds } = {},
): Promise<OrtSession> {
  const { predictionLength, patchSize, contextLength } = config;
  const { patchWidth, outputRows } = ends;
  const shape = {
    ...config,
    patchWidth,
    maxPatches: Math.ceil(contextLength / patchSize),
    outputs: outputRows * predictionLength,
  };
  const run = boltNetwork(await openHeap(kind), shape, weights, createPause(), precision);
  return builtinSession(async ({ patches, patch_mask: mask }, fetches): Promise<Tensors> => {
    const [batch, count] = patches.dims;
    const [data, observed] = [patches.data as Float32Array, mask.data as Float32Array];
    if (fetches?.includes('encoded')) {
      const encoded = await run(data, observed, batch, count, 'encoded');
      const tokens = encoded.length / (batch * config.dModel);
      return { encoded: new PlainTensor('float32', encoded, [batch, tokens, config.dModel]) };
    }
    const quantiles = await run(data, observed, batch, count);
    return { quantiles: new PlainTensor('float32', quantiles, [batch, outputRows, predictionLength]) };
  });
}
