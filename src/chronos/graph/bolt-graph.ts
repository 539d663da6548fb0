import type {
  BarBoltConfig,
  BoltBodyConfig,
  BoltConfig,
  RelativeBiasConfig,
  TransformerConfig,
} from '../checkpoint/checkpoint-config.js';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { boltEnds } from './bolt-ends.js';
import { ELEMENT, OnnxGraph, type Value } from './onnx-graph.js';
import { biasTable } from './relative-bias.js';
import { TransformerLayers, type WeightPlacement } from './transformer-layers.js';

/**
 * Returns the ONNX model of a network of Chronos-Bolt's body.
 *
 * Inputs: `patches` `[batch, patches, patchWidth]` and `patch_mask` `[batch, patches]` (1: something in the patch was
 * observed). Outputs: `quantiles` `[batch, outputRows, predictionLength]`, as the last layer gives them, and `encoded`
 * `[batch, tokens, dModel]`.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a tensor is missing or of another shape
 */
export function boltGraph(
  config: BoltConfig | BarBoltConfig,
  weights: Safetensors,
  placement: WeightPlacement,
): Uint8Array {
  const { dModel, patchSize, regToken, predictionLength } = config;
  const { patchWidth, outputRows } = boltEnds(config);
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const patches = graph.input('patches', ELEMENT.float, ['batch', 'patches', patchWidth]);
  let mask = graph.input('patch_mask', ELEMENT.float, ['batch', 'patches']);
  const batch = graph.node('Shape', [patches], { start: 0, end: 1 });

  const shared = layers.values('shared.weight', [regToken === undefined ? 1 : 2, dModel]);
  const token = (id: number) => graph.floats(shared.slice(id * dModel, (id + 1) * dModel), [1, 1, dModel]);
  let x = layers.residualBlock(patches, 'input_patch_embedding', patchWidth, dModel);
  if (regToken !== undefined) {
    const shape = graph.node('Concat', [batch, graph.ints([1, dModel])], { axis: 0 });
    x = graph.node('Concat', [x, graph.node('Expand', [token(regToken), shape])], { axis: 1 });
    const maskShape = graph.node('Concat', [batch, graph.ints([1])], { axis: 0 });
    mask = graph.node('Concat', [mask, graph.node('Expand', [graph.float(1), maskShape])], { axis: 1 });
  }

  const maskBias = layers.maskBias(mask);
  const positions = Math.ceil(config.contextLength / patchSize) + 1;
  const encoded = t5Encoder(layers, config, x, maskBias, positions);
  const decoded = decodeOneToken(layers, config, encoded, maskBias, token(config.decoderStartToken));
  const out = layers.residualBlock(decoded, 'output_patch_embedding', dModel, outputRows * predictionLength);
  const shaped = graph.node('Reshape', [out, graph.ints([-1, outputRows, predictionLength])]);
  graph.output('quantiles', shaped, ELEMENT.float, ['batch', outputRows, predictionLength]);
  graph.output('encoded', encoded, ELEMENT.float, ['batch', 'tokens', dModel]);
  return graph.toBytes();
}

/**
 * Writes T5's encoder: `x` `[batch, length, dModel]` to the same shape.
 *
 * @param maskBias `[batch, length]`, from TransformerLayers.maskBias
 * @param positions the greatest length that may come
 */
export function t5Encoder(
  layers: TransformerLayers,
  config: TransformerConfig & RelativeBiasConfig,
  x: Value,
  maskBias: Value,
  positions: number,
): Value {
  const { graph } = layers;
  const bias = layers.add(
    positionBias(layers, config, x, positions),
    graph.node('Unsqueeze', [maskBias, graph.ints([1, 2])]),
  );
  let y = x;
  for (let block = 0; block < config.numLayers; block++) {
    const name = `encoder.block.${block}.layer`;
    const attention = `${name}.0.SelfAttention`;
    const normed = layers.norm(y, `${name}.0.layer_norm`);
    const [q, k, v] = (['q', 'k', 'v'] as const).map((which) => layers.project(normed, attention, which));
    y = layers.add(y, layers.unproject(layers.attend(q!, k!, v!, bias), attention));
    y = layers.add(y, layers.feedForward(layers.norm(y, `${name}.1.layer_norm`), `${name}.1.DenseReluDense`));
  }
  return layers.norm(y, 'encoder.final_layer_norm');
}

/** The encoder's relative position bias, `[1, heads, length, length]`; the first block's table serves all blocks. */
function positionBias(
  layers: TransformerLayers,
  { numHeads, relativeBuckets: buckets, relativeMaxDistance: maxDistance }: TransformerConfig & RelativeBiasConfig,
  x: Value,
  positions: number,
): Value {
  const { graph } = layers;
  const weights = layers.values('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [
    buckets,
    numHeads,
  ]);
  const table = biasTable(weights, numHeads, positions, { buckets, maxDistance, bidirectional: true });
  const length = graph.node('Squeeze', [graph.node('Shape', [x], { start: 1, end: 2 }), graph.ints([0])]);
  const position = graph.node('Range', [graph.ints(0), length, graph.ints(1)]);
  const [keys, queries] = [graph.ints([0]), graph.ints([1])].map((axis) => graph.node('Unsqueeze', [position, axis]));
  const distance = graph.node('Add', [graph.node('Sub', [keys!, queries!]), graph.ints(positions - 1)]);
  const rows = graph.node('Gather', [graph.floats(table, [2 * positions - 1, numHeads]), distance], { axis: 0 });
  return graph.node('Unsqueeze', [graph.node('Transpose', [rows], { perm: [2, 0, 1] }), graph.ints([0])]);
}

/**
 * Writes T5's decoder for one start token: `[batch, 1, dModel]`.
 *
 * With one token, self-attention is exactly o(v(x)): a softmax over one score is 1. Cross-attention of one query needs no
 * keys and values of the whole context: the score q·(K x) is (Kᵀ q)·x, and Σ w (V x) is V Σ w x, so K and V are applied
 * to one vector a head instead of to every token.
 */
function decodeOneToken(
  layers: TransformerLayers,
  config: BoltBodyConfig,
  encoded: Value,
  maskBias: Value,
  start: Value,
): Value {
  const { graph } = layers;
  const { dModel, numHeads, dKv } = config;
  const inner = numHeads * dKv;
  const headsMask = graph.node('Unsqueeze', [maskBias, graph.ints([1])]);
  const byHead = (name: string) =>
    graph.node('Reshape', [layers.weight(`${name}.weight`, [inner, dModel]), graph.ints([numHeads, dKv, dModel])]);
  const swapFirst = (x: Value) => graph.node('Transpose', [x], { perm: [1, 0, 2] });
  const blocks = Array.from({ length: config.numDecoderLayers }, (_, block) => `decoder.block.${block}.layer`);
  let sum = start;
  let normed = layers.norm(start, 'decoder.block.0.layer.0.layer_norm');
  blocks.forEach((name, block) => {
    const self = `${name}.0.SelfAttention`;
    const kept = layers.unproject(layers.project(normed, self, 'v'), self);
    ({ sum, normed } = layers.addNorm(sum, kept, `${name}.1.layer_norm`));

    const cross = `${name}.1.EncDecAttention`;
    const q = layers.project(normed, cross, 'q');
    const queries = swapFirst(graph.node('Reshape', [q, graph.ints([-1, numHeads, dKv])])); // [heads, batch, dKv]
    const probes = swapFirst(graph.node('MatMul', [queries, byHead(`${cross}.k`)])); // [batch, heads, dModel]
    const scores = layers.add(layers.timesTransposed(probes, encoded), headsMask); // [batch, heads, length]
    const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), encoded]);
    const values = layers.timesTransposed(swapFirst(mixed), byHead(`${cross}.v`)); // [heads, batch, dKv]
    const joined = graph.node('Reshape', [swapFirst(values), graph.ints([-1, 1, inner])]);
    ({ sum, normed } = layers.addNorm(sum, layers.unproject(joined, cross), `${name}.2.layer_norm`));

    const next = blocks[block + 1];
    const change = layers.feedForward(normed, `${name}.2.DenseReluDense`);
    ({ sum, normed } = layers.addNorm(sum, change, next ? `${next}.0.layer_norm` : 'decoder.final_layer_norm'));
  });
  return normed;
}
