import type { T5Config } from '../checkpoint/checkpoint-config.js';
import { HEAD } from '../checkpoint/own-head.js';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { t5Encoder } from './bolt-graph.js';
import { ELEMENT, OnnxGraph, type Value } from './onnx-graph.js';
import { TransformerLayers, type WeightPlacement } from './transformer-layers.js';

export { DECODER_BIAS } from './decoder-bias.js';

/** The greatest number of tokens of a context: its values, and the end-of-sequence token. */
export function maxTokens(config: T5Config): number {
  return config.contextLength + (config.appendEos ? 1 : 0);
}

/**
 * Returns the ONNX model of Chronos-T5's encoder with the keys and values that every decoder layer reads.
 *
 * Inputs: `ids` `[batch, tokens]` int32, `mask` `[batch, tokens]` (1: observed). Outputs for each decoder layer l:
 * `cross_key_l` `[batch, heads, dKv, tokens]` and `cross_value_l` `[batch, heads, tokens, dKv]`; and `encoded`
 * `[batch, tokens, dModel]`.
 */
export function t5EncoderGraph(config: T5Config, weights: Safetensors, placement: WeightPlacement): Uint8Array {
  const { numHeads, dKv, dModel, numDecoderLayers } = config;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const ids = graph.input('ids', ELEMENT.int32, ['batch', 'tokens']);
  const mask = graph.input('mask', ELEMENT.float, ['batch', 'tokens']);
  const encoded = t5Encoder(layers, config, embed(layers, config, ids), layers.maskBias(mask), maxTokens(config));
  for (let block = 0; block < numDecoderLayers; block++) {
    const attention = `decoder.block.${block}.layer.1.EncDecAttention`;
    const heads = (which: 'k' | 'v', perm: number[]) => {
      const split = graph.node('Reshape', [
        layers.project(encoded, attention, which),
        graph.ints([0, -1, numHeads, dKv]),
      ]);
      return graph.node('Transpose', [split], { perm });
    };
    const dims = ['batch', numHeads];
    graph.output(`cross_key_${block}`, heads('k', [0, 2, 3, 1]), ELEMENT.float, [...dims, dKv, 'tokens']);
    graph.output(`cross_value_${block}`, heads('v', [0, 2, 1, 3]), ELEMENT.float, [...dims, 'tokens', dKv]);
  }
  graph.output('encoded', encoded, ELEMENT.float, ['batch', 'tokens', dModel]);
  return graph.toBytes();
}

/**
 * Returns the ONNX model of one decoder step for all samples of a batch of series.
 *
 * The samples of a series share its cross keys and values, which are so neither copied nor computed for each.
 * Inputs: `ids` `[batch, samples]` int32 (the newest token), `mask` `[batch, tokens]`, `self_bias` `[1, heads, 1, steps]`,
 * per layer `past_key_l` and `past_value_l` `[batch × samples, heads, steps − 1, dKv]`, `cross_key_l`, `cross_value_l`.
 * Outputs: `logits` `[batch, samples, vocabulary]`, per layer `key_l`, `value_l` `[batch × samples, heads, steps, dKv]`.
 */
export function t5StepGraph(config: T5Config, weights: Safetensors, placement: WeightPlacement): Uint8Array {
  const { numHeads, dKv, dModel, numDecoderLayers } = config;
  const inner = numHeads * dKv;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const ids = graph.input('ids', ELEMENT.int32, ['batch', 'samples']);
  const mask = graph.input('mask', ELEMENT.float, ['batch', 'tokens']);
  const selfBias = graph.input('self_bias', ELEMENT.float, [1, numHeads, 1, 'steps']);
  const maskBias = graph.node('Unsqueeze', [layers.maskBias(mask), graph.ints([1, 2])]);
  const joined = graph.node('Concat', [graph.node('Shape', [ids]), graph.ints([inner])], { axis: 0 });
  let x = embed(layers, config, ids);
  for (let block = 0; block < numDecoderLayers; block++) {
    const name = `decoder.block.${block}.layer`;
    const self = `${name}.0.SelfAttention`;
    const normed = layers.norm(x, `${name}.0.layer_norm`);
    const rows = (which: 'q' | 'k' | 'v') =>
      graph.node('Reshape', [layers.project(normed, self, which), graph.ints([-1, numHeads, 1, dKv])]);
    const grown = (which: 'key' | 'value', newest: Value) => {
      const past = graph.input(`past_${which}_${block}`, ELEMENT.float, ['rows', numHeads, 'past', dKv]);
      const all = graph.node('Concat', [past, newest], { axis: 2 });
      graph.output(`${which}_${block}`, all, ELEMENT.float, ['rows', numHeads, 'steps', dKv]);
      return all;
    };
    const keys = grown('key', rows('k'));
    const values = grown('value', rows('v'));
    const scores = layers.add(layers.timesTransposed(rows('q'), keys), selfBias);
    const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), values]);
    x = layers.add(x, layers.unproject(graph.node('Reshape', [mixed, joined]), self));
    x = layers.add(x, crossAttention(layers, config, x, maskBias, block));
    x = layers.add(x, layers.feedForward(layers.norm(x, `${name}.2.layer_norm`), `${name}.2.DenseReluDense`));
  }
  const normed = layers.norm(x, 'decoder.final_layer_norm');
  const y = config.scaledOutput ? graph.node('Mul', [normed, graph.float(dModel ** -0.5)]) : normed;
  const head = layers.timesTransposed(
    y,
    config.tied ? embedding(layers, config) : layers.weight(HEAD, [config.vocabSize, dModel]),
  );
  graph.output('logits', head, ELEMENT.float, ['batch', 'samples', config.vocabSize]);
  return graph.toBytes();
}

function crossAttention(
  layers: TransformerLayers,
  { numHeads, dKv }: T5Config,
  x: Value,
  maskBias: Value,
  block: number,
): Value {
  const { graph } = layers;
  const name = `decoder.block.${block}.layer.1`;
  const q = layers.project(layers.norm(x, `${name}.layer_norm`), `${name}.EncDecAttention`, 'q');
  const queries = graph.node('Transpose', [graph.node('Reshape', [q, graph.ints([0, 0, numHeads, dKv])])], {
    perm: [0, 2, 1, 3],
  }); // [batch, heads, samples, dKv]
  const keys = graph.input(`cross_key_${block}`, ELEMENT.float, ['batch', numHeads, dKv, 'tokens']);
  const values = graph.input(`cross_value_${block}`, ELEMENT.float, ['batch', numHeads, 'tokens', dKv]);
  const scores = layers.add(graph.node('MatMul', [queries, keys]), maskBias);
  const mixed = graph.node('MatMul', [graph.node('Softmax', [scores], { axis: -1 }), values]);
  const rows = graph.node('Transpose', [mixed], { perm: [0, 2, 1, 3] });
  const joined = graph.node('Reshape', [rows, graph.ints([0, 0, numHeads * dKv])]);
  return layers.unproject(joined, `${name}.EncDecAttention`);
}

function embedding(layers: TransformerLayers, { vocabSize, dModel }: T5Config): Value {
  return layers.weight('shared.weight', [vocabSize, dModel]);
}

function embed(layers: TransformerLayers, config: T5Config, ids: Value): Value {
  return layers.graph.node('Gather', [embedding(layers, config), ids], { axis: 0 });
}
