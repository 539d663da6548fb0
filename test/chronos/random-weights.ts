import { createRandom } from '../../src/stats/index.js';
import { safetensors } from './safetensors-bytes.js';

/** The sizes of a network. */
export interface NetworkSizes {
  dModel: number;
  dFf: number;
  dKv: number;
  heads: number;
  layers: number;
}

/** Returns a safetensors file of random float32 weights, of names and shapes. */
export function randomWeights(shapes: Iterable<[string, number[]]>, { dKv }: NetworkSizes, seed: number): Uint8Array {
  const random = createRandom(seed);
  const tensors: Parameters<typeof safetensors>[0] = {};
  for (const [name, shape] of shapes) {
    const values = new Float32Array(shape.reduce((product, dim) => product * dim, 1));
    const reach = Math.sqrt(3 / (shape.length === 2 ? shape[1] : 1));
    const centre = name.includes('layer_norm') ? 1 : 0;
    for (let i = 0; i < values.length; i++) values[i] = centre + (centre ? 0.2 : reach) * (2 * random.uniform() - 1);
    // Queries and keys together must not make attention a choice of one token: random dot products grow with the width.
    if (/\.[qk]\.weight$/.test(name)) for (let i = 0; i < values.length; i++) values[i] /= dKv ** 0.25;
    tensors[name] = { dtype: 'F32', shape, data: new Uint8Array(values.buffer) };
  }
  return safetensors(tensors);
}

/** Names and shapes of the two blocks around a network: patches in, patches out. */
export function* patchEmbeddings(
  { dModel, dFf }: NetworkSizes,
  { inputs, outputs }: { inputs: number; outputs: number },
): Generator<[string, number[]]> {
  for (const [block, wideIn, wideOut] of [
    ['input', inputs, dModel],
    ['output', dModel, outputs],
  ] as const)
    for (const [part, rows, columns] of [
      ['hidden', dFf, wideIn],
      ['output', wideOut, dFf],
      ['residual', wideOut, wideIn],
    ] as const) {
      yield [`${block}_patch_embedding.${part}_layer.weight`, [rows, columns]];
      yield [`${block}_patch_embedding.${part}_layer.bias`, [rows]];
    }
}
