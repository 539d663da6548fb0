import type { T5Config } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import type { OrtSession } from '../runtime.js';
import { builtinSession, PlainTensor, type Tensors } from './builtin-session.js';
import { type KernelKind, openHeap } from './heap.js';
import type { LayerPrecision } from './heap-layers.js';
import { createPause } from './pause.js';
import { type T5Decoding, t5Network } from './t5-network.js';

/**
 * Opens Chronos-T5's network on the built-in runtime, as the two sessions that its graphs have.
 *
 * Keys and values stay in the runtime's memory: the encoder's output `decoding` stands for them, the step reads it in
 * their place, and gives nothing but `logits`. A decoding ends when the encoder runs again. `encoded` is given where it is fetched.
 *
 * @param kind default: the SIMD kernels where there are any
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY, RUNTIME_MISSING
 */
export async function openT5Sessions(
  config: T5Config,
  weights: WeightFile,
  { kind, precision }: { kind?: KernelKind; precision?: LayerPrecision } = {},
): Promise<{ encoder: OrtSession; step: OrtSession }> {
  const positions = config.contextLength + (config.appendEos ? 1 : 0);
  const encode = t5Network(await openHeap(kind), config, weights, positions, createPause(), precision);
  return {
    encoder: builtinSession(async ({ ids, mask }, fetches): Promise<Tensors> => {
      const [batch, tokens] = ids.dims;
      const decoding = await encode(ids.data as Int32Array, mask.data as Float32Array, batch, tokens);
      if (fetches?.includes('encoded'))
        return { encoded: new PlainTensor('float32', decoding.encoded, [batch, tokens, config.dModel]) };
      return { decoding: new PlainTensor('float32', decoding, []) };
    }),
    step: builtinSession(async ({ decoding, ids, self_bias: bias }) => {
      const [batch, paths] = ids.dims;
      const { step } = decoding.data as T5Decoding;
      const logits = await step(ids.data as Int32Array, paths, bias.data as Float32Array);
      return { logits: new PlainTensor('float32', logits, [batch, paths, config.vocabSize]) };
    }),
  };
}
