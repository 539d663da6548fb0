import { type NetworkSizes, patchEmbeddings, randomWeights } from './random-weights.js';

/** Sizes of Chronos-2, by name; base is amazon/chronos-2. */
export const CHRONOS2_SIZES: Readonly<Record<string, NetworkSizes>> = {
  small: { dModel: 512, dFf: 2048, dKv: 64, heads: 8, layers: 6 },
  base: { dModel: 768, dFf: 3072, dKv: 64, heads: 12, layers: 12 },
};

const CHRONOS = {
  context_length: 8192,
  input_patch_size: 16,
  input_patch_stride: 16,
  max_output_patches: 64,
  output_patch_size: 16,
  quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  time_encoding_scale: 8192,
  use_arcsinh: true,
  use_reg_token: true,
};

/** Returns a Chronos-2 checkpoint of random float32 weights. */
export function randomChronos2(sizes: NetworkSizes, seed: number): { config: object; weights: Uint8Array } {
  const config = {
    architectures: ['Chronos2Model'],
    chronos_pipeline_class: 'Chronos2Pipeline',
    chronos_config: CHRONOS,
    d_model: sizes.dModel,
    d_kv: sizes.dKv,
    d_ff: sizes.dFf,
    num_heads: sizes.heads,
    num_layers: sizes.layers,
    feed_forward_proj: 'relu',
    layer_norm_epsilon: 1e-6,
    rope_theta: 10_000,
    reg_token_id: 1,
    pad_token_id: 0,
    vocab_size: 2,
  };
  return { config, weights: randomWeights(shapes(sizes), sizes, seed) };
}

function* shapes(sizes: NetworkSizes): Generator<[string, number[]]> {
  const { dModel: d, dFf, dKv, heads, layers } = sizes;
  const inner = heads * dKv;
  yield ['shared.weight', [2, d]];
  for (let block = 0; block < layers; block++) {
    const layer = `encoder.block.${block}.layer`;
    for (const part of [0, 1]) {
      for (const which of ['q', 'k', 'v']) yield [`${layer}.${part}.self_attention.${which}.weight`, [inner, d]];
      yield [`${layer}.${part}.self_attention.o.weight`, [d, inner]];
    }
    yield [`${layer}.2.mlp.wi.weight`, [dFf, d]];
    yield [`${layer}.2.mlp.wo.weight`, [d, dFf]];
    for (const part of [0, 1, 2]) yield [`${layer}.${part}.layer_norm.weight`, [d]];
  }
  yield ['encoder.final_layer_norm.weight', [d]];
  yield* patchEmbeddings(sizes, {
    inputs: 3 * CHRONOS.input_patch_size,
    outputs: CHRONOS.quantiles.length * CHRONOS.output_patch_size,
  });
}
