import type { Chronos2Config } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import type { OrtSession } from '../runtime.js';
import { builtinSession, PlainTensor, type Tensors } from './builtin-session.js';
import { chronos2Network } from './chronos2-network.js';
import { type KernelKind, openHeap } from './heap.js';
import type { LayerPrecision } from './heap-layers.js';
import { createPause } from './pause.js';

/**
 * Opens Chronos-2's network on the built-in runtime, with the inputs and outputs of chronos2Graph: grouped if there are
 * `groups`, whose rows then lie together.
 *
 * @param kind default: the SIMD kernels where there are any
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY, RUNTIME_MISSING
 */
export async function openChronos2Session(
  config: Chronos2Config,
  weights: WeightFile,
  { kind, precision }: { kind?: KernelKind; precision?: LayerPrecision } = {},
): Promise<OrtSession> {
  const { dModel, levels, patchSize } = config;
  const run = chronos2Network(await openHeap(kind), config, weights, createPause(), precision);
  return builtinSession(async ({ context, future, mask, groups }, fetches): Promise<Tensors> => {
    const [batch, patches] = context.dims;
    const outputs = future.dims[1];
    const feeds = {
      context: context.data as Float32Array,
      future: future.data as Float32Array,
      mask: mask.data as Float32Array,
      groups: groups?.data as Int32Array | undefined,
      ...{ batch, patches, outputs },
    };
    if (fetches?.includes('encoded'))
      return { encoded: new PlainTensor('float32', await run(feeds, 'encoded'), [batch, mask.dims[1], dModel]) };
    const quantiles = await run(feeds, 'quantiles');
    return { quantiles: new PlainTensor('float32', quantiles, [batch, levels.length, outputs * patchSize]) };
  });
}
