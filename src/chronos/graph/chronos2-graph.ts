import type { Chronos2Config } from '../checkpoint/checkpoint-config.js';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { MASKED } from './masked.js';
import { ELEMENT, OnnxGraph, type Value } from './onnx-graph.js';
import { rotaryTables } from './rotary-tables.js';
import { TransformerLayers, type WeightPlacement } from './transformer-layers.js';

/** Whether the rows of a batch may belong together. */
export type Grouping = 'alone' | 'grouped';

/** What a graph gives: forecasts, or what the encoder makes of every token. */
export type Chronos2Output = 'quantiles' | 'encoded';

/**
 * Returns the ONNX model of a Chronos-2 network.
 *
 * Inputs: `context` `[batch, patches, 3 × patchSize]` and `future` `[batch, outputs, 3 × patchSize]` (times, values, mask of
 * every patch), `mask` `[batch, tokens]` (1: observed; tokens are the context's patches, the register token if there is
 * one, the future's patches); if grouped, `groups` `[batch]` int32. Output: `quantiles` `[batch, levels, outputs × patchSize]`,
 * still normalised, or `encoded` `[batch, tokens, dModel]`.
 *
 * @param grouping 'alone': every row is a group of its own, where attention over the group is exactly o(v(x))
 */
export function chronos2Graph(
  config: Chronos2Config,
  { grouping, output }: { grouping: Grouping; output: Chronos2Output },
  weights: Safetensors,
  placement: WeightPlacement,
): Uint8Array {
  const { dModel, patchSize, levels, regToken } = config;
  const graph = new OnnxGraph();
  const layers = new TransformerLayers(graph, weights, config, placement);
  const width = 3 * patchSize;
  const context = graph.input('context', ELEMENT.float, ['batch', 'patches', width]);
  const future = graph.input('future', ELEMENT.float, ['batch', 'outputs', width]);
  const mask = graph.input('mask', ELEMENT.float, ['batch', 'tokens']);
  const batch = graph.node('Shape', [context], { start: 0, end: 1 });
  const patches = graph.node('Shape', [context], { start: 1, end: 2 });
  const outputs = graph.node('Shape', [future], { start: 1, end: 2 });

  const embedded = layers.residualBlock(
    graph.node('Concat', [context, future], { axis: 1 }),
    'input_patch_embedding',
    width,
    dModel,
  );
  let x = embedded;
  if (regToken !== undefined) {
    const sizes = graph.node('Concat', [patches, outputs], { axis: 0 });
    const [past, ahead] = graph.nodes('Split', [embedded, sizes], { axis: 1 }, 2);
    const token = layers.values('shared.weight', [2, dModel]).slice(regToken * dModel, (regToken + 1) * dModel);
    const shape = graph.node('Concat', [batch, graph.ints([1, dModel])], { axis: 0 });
    const register = graph.node('Expand', [graph.floats(token, [1, 1, dModel]), shape]);
    x = graph.node('Concat', [past, register, ahead], { axis: 1 });
  }
  const length = graph.node('Shape', [x], { start: 1, end: 2 });

  const rotate = rotaryEmbedding(graph, config);
  const none = graph.ints([0]);
  const start = graph.node('Sub', [length, outputs]);
  const ahead = (all: Value) => graph.node('Slice', [all, start, length, graph.ints([1])]);
  const whole = {
    timeBias: fullBias(layers, mask, { batch, queries: length, length }),
    groupBias: grouping === 'grouped' ? groupMaskBias(layers, groups(graph), mask) : undefined,
  };
  // Only the future's tokens are read in the end: in the last block the others are keys and values, and nothing else.
  const tail = {
    timeBias: fullBias(layers, mask, { batch, queries: outputs, length }),
    groupBias: grouping === 'grouped' ? groupMaskBias(layers, 'groups', ahead(mask)) : undefined,
  };
  for (let block = 0; block < config.numLayers; block++) {
    const name = `encoder.block.${block}.layer`;
    const time = `${name}.0.self_attention`;
    const last = output === 'quantiles' && block === config.numLayers - 1;
    const { timeBias, groupBias } = last ? tail : whole;
    const normed = layers.norm(x, `${name}.0.layer_norm`);
    const [k, v] = (['k', 'v'] as const).map((which) => layers.project(normed, time, which));
    const q = layers.project(last ? ahead(normed) : normed, time, 'q');
    const attended = layers.attend(rotate(q, last ? start : none), rotate(k!, none), v!, timeBias);
    x = layers.add(last ? ahead(x) : x, layers.unproject(attended, time));
    x = layers.add(
      x,
      groupAttention(layers, layers.norm(x, `${name}.1.layer_norm`), `${name}.1.self_attention`, groupBias),
    );
    x = layers.add(x, layers.feedForward(layers.norm(x, `${name}.2.layer_norm`), `${name}.2.mlp`));
  }

  const normed = layers.norm(x, 'encoder.final_layer_norm');
  if (output === 'encoded') {
    graph.output('encoded', normed, ELEMENT.float, ['batch', 'tokens', dModel]);
    return graph.toBytes();
  }
  const out = layers.residualBlock(normed, 'output_patch_embedding', dModel, levels.length * patchSize);
  const split = graph.node('Reshape', [out, graph.ints([0, 0, levels.length, patchSize])]);
  const byLevel = graph.node('Transpose', [split], { perm: [0, 2, 1, 3] });
  const joined = graph.node('Reshape', [byLevel, graph.ints([0, levels.length, -1])]);
  graph.output('quantiles', joined, ELEMENT.float, ['batch', levels.length, 'steps']);
  return graph.toBytes();
}

/** Attention over the rows of a group at each position; of a row alone it is o(v(x)). */
function groupAttention(layers: TransformerLayers, x: Value, name: string, bias: Value | undefined): Value {
  if (bias === undefined) return layers.valueOf(x, name);
  const { graph } = layers;
  const swapped = graph.node('Transpose', [x], { perm: [1, 0, 2] });
  const [q, k, v] = (['q', 'k', 'v'] as const).map((which) => layers.project(swapped, name, which));
  const out = layers.unproject(layers.attend(q, k, v, bias), name);
  return graph.node('Transpose', [out], { perm: [1, 0, 2] });
}

/** The key mask as a bias `[batch, 1, queries, length]`: the fused attention operator wants its last axes in full. */
function fullBias(
  layers: TransformerLayers,
  mask: Value,
  { batch, queries, length }: { batch: Value; queries: Value; length: Value },
): Value {
  const { graph } = layers;
  const keys = graph.node('Unsqueeze', [layers.maskBias(mask), graph.ints([1, 2])]);
  return graph.node('Expand', [keys, graph.node('Concat', [batch, graph.ints([1]), queries, length], { axis: 0 })]);
}

/** The input that says which group each row belongs to. */
function groups(graph: OnnxGraph): Value {
  return graph.input('groups', ELEMENT.int32, ['batch']);
}

/** 0 where a key's row is of the query's group and observed at that position, MASKED elsewhere: `[length, 1, batch, batch]`. */
function groupMaskBias(layers: TransformerLayers, groups: Value, mask: Value): Value {
  const { graph } = layers;
  const [rows, columns] = [graph.ints([1]), graph.ints([0])].map((axis) => graph.node('Unsqueeze', [groups, axis]));
  const same = graph.node('Cast', [graph.node('Equal', [rows, columns])], { to: ELEMENT.float });
  const observed = graph.node('Unsqueeze', [graph.node('Transpose', [mask], { perm: [1, 0] }), graph.ints([1, 2])]);
  const seen = graph.node('Mul', [observed, graph.node('Unsqueeze', [same, graph.ints([0, 1])])]);
  return graph.node('Mul', [graph.node('Sub', [graph.float(1), seen]), graph.float(MASKED)]);
}

/** Returns a rotation of queries or keys by their positions `start` (int64 `[1]`) and on, with cosines and sines from a table. */
function rotaryEmbedding(graph: OnnxGraph, config: Chronos2Config): (x: Value, start: Value) => Value {
  const { numHeads, dKv } = config;
  const { positions, cosines, sines } = rotaryTables(config);
  const half = dKv / 2;
  const tables = [graph.floats(cosines, [positions, half]), graph.floats(sines, [positions, half])];
  return (x, start) =>
    graph.microsoft('RotaryEmbedding', [x, start, ...tables], { interleaved: 0, num_heads: numHeads });
}
