import { type NetworkSizes, patchEmbeddings, randomWeights } from './random-weights.js';

/** amazon/chronos-bolt-tiny, as published. */
export const TINY: NetworkSizes = { dModel: 256, dFf: 1024, dKv: 64, heads: 4, layers: 4 };

/** Sizes of Chronos-Bolt as published, by name. */
export const BOLT_SIZES: Readonly<Record<string, NetworkSizes>> = {
  tiny: TINY,
  mini: { dModel: 384, dFf: 1536, dKv: 64, heads: 8, layers: 4 },
  small: { dModel: 512, dFf: 2048, dKv: 64, heads: 8, layers: 6 },
};

const CHRONOS = {
  context_length: 2048,
  prediction_length: 64,
  input_patch_size: 16,
  input_patch_stride: 16,
  quantiles: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9],
  use_reg_token: true,
};

/** Returns a Chronos-Bolt checkpoint of random float32 weights. */
export function randomBolt(sizes: NetworkSizes, seed: number): { config: object; weights: Uint8Array } {
  const config = {
    architectures: ['ChronosBoltModelForForecasting'],
    chronos_config: CHRONOS,
    d_model: sizes.dModel,
    d_kv: sizes.dKv,
    d_ff: sizes.dFf,
    num_heads: sizes.heads,
    num_layers: sizes.layers,
    num_decoder_layers: sizes.layers,
    feed_forward_proj: 'relu',
  };
  return { config, weights: randomWeights(shapes(sizes), sizes, seed) };
}

function* shapes(sizes: NetworkSizes): Generator<[string, number[]]> {
  const { dModel: d, dFf, dKv, heads, layers } = sizes;
  const inner = heads * dKv;
  yield ['shared.weight', [2, d]];
  for (const stack of ['encoder', 'decoder']) {
    const parts = stack === 'encoder' ? ['SelfAttention'] : ['SelfAttention', 'EncDecAttention'];
    for (let block = 0; block < layers; block++) {
      const layer = `${stack}.block.${block}.layer`;
      for (const [i, part] of parts.entries()) {
        for (const which of ['q', 'k', 'v']) yield [`${layer}.${i}.${part}.${which}.weight`, [inner, d]];
        yield [`${layer}.${i}.${part}.o.weight`, [d, inner]];
        yield [`${layer}.${i}.layer_norm.weight`, [d]];
      }
      yield [`${layer}.${parts.length}.DenseReluDense.wi.weight`, [dFf, d]];
      yield [`${layer}.${parts.length}.DenseReluDense.wo.weight`, [d, dFf]];
      yield [`${layer}.${parts.length}.layer_norm.weight`, [d]];
    }
    yield [`${stack}.block.0.layer.0.SelfAttention.relative_attention_bias.weight`, [32, heads]];
    yield [`${stack}.final_layer_norm.weight`, [d]];
  }
  yield* patchEmbeddings(sizes, {
    inputs: 2 * CHRONOS.input_patch_size,
    outputs: CHRONOS.quantiles.length * CHRONOS.prediction_length,
  });
}
