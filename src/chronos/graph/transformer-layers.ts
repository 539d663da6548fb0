import type { Activation, TransformerConfig } from '../checkpoint/checkpoint-config.js';
import type { Safetensors } from '../checkpoint/safetensors.js';
import { checkShape } from '../checkpoint/tensor-shape.js';
import { INT8_MIDDLE, quantizeColumns } from './int8.js';
import { MASKED } from './masked.js';
import { ELEMENT, type OnnxGraph, type Value } from './onnx-graph.js';

/** Below this many bytes a tensor is written into the graph even when the graph's weights lie in a file. */
const INLINE_BYTES = 1024;

/** How the weights get into the graph. */
export interface WeightPlacement {
  /** The name that the graph calls the file with the weights by; undefined: weights are written into the graph. */
  readonly location?: string;
  /** Where the float32 bytes of a tensor lie in that file. */
  readonly place?: (name: string) => { offset: number; length: number };
  readonly precision: 'fp32' | 'int8';
}

/** Writes the layers that all families share into a graph, with their weights from a checkpoint. */
export class TransformerLayers {
  readonly graph: OnnxGraph;
  readonly weights: Safetensors;
  readonly config: TransformerConfig;
  readonly #placement: WeightPlacement;
  readonly #placed = new Map<string, Value>();
  readonly #rows = new Map<Value, { quantized: Value; scales: Value }>();

  constructor(graph: OnnxGraph, weights: Safetensors, config: TransformerConfig, placement: WeightPlacement) {
    this.graph = graph;
    this.weights = weights;
    this.config = config;
    this.#placement = placement;
  }

  /** Returns a tensor's values; throws INVALID_CHECKPOINT unless it exists with that shape. */
  values(name: string, shape: readonly number[]): Float32Array {
    checkShape(this.weights, name, shape);
    return this.weights.floats(name);
  }

  /** Returns the tensor of that name in the graph, as stored. */
  weight(name: string, shape: readonly number[]): Value {
    const known = this.#placed.get(name);
    if (known !== undefined) return known;
    checkShape(this.weights, name, shape);
    const { location, place } = this.#placement;
    const bytes = 4 * shape.reduce((product, dim) => product * dim, 1);
    const value =
      location !== undefined && place !== undefined && bytes > INLINE_BYTES
        ? this.graph.external(name, shape, { location, ...place(name) })
        : this.graph.initializer(name, ELEMENT.float, shape, this.weights.floats(name));
    this.#placed.set(name, value);
    return value;
  }

  /** x Wᵀ (+ bias), with W `[outputs, inputs]` as PyTorch stores it. */
  linear(x: Value, name: string, inputs: number, outputs: number, { bias = false, exact = false } = {}): Value {
    const product =
      this.#placement.precision === 'int8' && !exact
        ? this.#timesInt8(x, `${name}.weight`, inputs, outputs)
        : this.timesTransposed(x, this.weight(`${name}.weight`, [outputs, inputs]));
    return bias ? this.graph.node('Add', [product, this.weight(`${name}.bias`, [outputs])]) : product;
  }

  /** a bᵀ over the last two axes, without a transposed copy of b. */
  timesTransposed(a: Value, b: Value): Value {
    return this.graph.microsoft('FusedMatMul', [a, b], { transA: 0, transB: 1, alpha: { float: 1 } });
  }

  /** T5's layer norm: x / sqrt(mean(x²) + epsilon) × weight; no mean is taken off, no bias. */
  norm(x: Value, name: string): Value {
    const { dModel, layerNormEpsilon } = this.config;
    return this.graph.node('SimplifiedLayerNormalization', [x, this.weight(`${name}.weight`, [dModel])], {
      axis: -1,
      epsilon: { float: layerNormEpsilon },
      stash_type: 1,
    });
  }

  /** x + change, and its norm, by one operator: quicker than two for a single row, slower for many. `x` may be of batch 1. */
  addNorm(x: Value, change: Value, name: string): { sum: Value; normed: Value } {
    const { dModel, layerNormEpsilon } = this.config;
    const [normed, sum] = this.graph.microsoftNodes(
      'SkipSimplifiedLayerNormalization',
      [change, x, this.weight(`${name}.weight`, [dModel])],
      { epsilon: { float: layerNormEpsilon } },
      [true, false, false, true],
    );
    return { sum, normed };
  }

  activate(x: Value, activation: Activation = this.config.activation): Value {
    if (activation === 'relu') return this.graph.node('Relu', [x]);
    if (activation === 'gelu') return this.graph.microsoft('Gelu', [x]);
    if (activation === 'gelu_new') return this.graph.microsoft('FastGelu', [x]);
    return this.graph.node('Mul', [x, this.graph.node('Sigmoid', [x])]);
  }

  /** output(activation(hidden(x))) + residual(x): what turns a patch into a token and a token into quantiles. Kept in float32. */
  residualBlock(x: Value, name: string, inputs: number, outputs: number): Value {
    const { dFf } = this.config;
    const options = { bias: true, exact: true };
    const hidden = this.activate(this.linear(x, `${name}.hidden_layer`, inputs, dFf, options));
    return this.graph.node('Add', [
      this.linear(hidden, `${name}.output_layer`, dFf, outputs, options),
      this.linear(x, `${name}.residual_layer`, inputs, outputs, options),
    ]);
  }

  /** The feed-forward layer, gated or not. */
  feedForward(x: Value, name: string): Value {
    const { dModel, dFf, gated } = this.config;
    const hidden = gated
      ? this.graph.node('Mul', [
          this.activate(this.linear(x, `${name}.wi_0`, dModel, dFf)),
          this.linear(x, `${name}.wi_1`, dModel, dFf),
        ])
      : this.activate(this.linear(x, `${name}.wi`, dModel, dFf));
    return this.linear(hidden, `${name}.wo`, dFf, dModel);
  }

  /** Attention of q, k, v `[batch, length, heads × dKv]` with an additive bias of full last axes; no scaling by dKv^-1/2. */
  attend(q: Value, k: Value, v: Value, bias: Value): Value {
    // The standard operator reads the heads where they lie; ONNX Runtime's own MultiHeadAttention copies them together first.
    const { numHeads } = this.config;
    return this.graph.node('Attention', [q, k, v, bias], {
      q_num_heads: numHeads,
      kv_num_heads: numHeads,
      scale: { float: 1 },
    });
  }

  add(a: Value, b: Value): Value {
    return this.graph.node('Add', [a, b]);
  }

  /** The projections q, k and v of an attention layer, each `[.., heads × dKv]`. */
  project(x: Value, name: string, which: 'q' | 'k' | 'v'): Value {
    const { dModel, numHeads, dKv } = this.config;
    return this.linear(x, `${name}.${which}`, dModel, numHeads * dKv);
  }

  /** The output projection of an attention layer. */
  unproject(x: Value, name: string): Value {
    const { dModel, numHeads, dKv } = this.config;
    return this.linear(x, `${name}.o`, numHeads * dKv, dModel);
  }

  /**
   * o(v(x)): attention to a single key. In float32 the two matrices are multiplied into one, which the runtime does while it loads.
   */
  valueOf(x: Value, name: string): Value {
    if (this.#placement.precision === 'int8') return this.unproject(this.project(x, name, 'v'), name);
    const { dModel, numHeads, dKv } = this.config;
    const value = this.weight(`${name}.v.weight`, [numHeads * dKv, dModel]);
    const output = this.weight(`${name}.o.weight`, [dModel, numHeads * dKv]);
    return this.timesTransposed(x, this.graph.node('MatMul', [output, value]));
  }

  /** 0 where `mask` `[batch, length]` is 1, MASKED where it is 0. */
  maskBias(mask: Value): Value {
    const { graph } = this;
    return graph.node('Mul', [graph.node('Sub', [graph.float(1), mask]), graph.float(MASKED)]);
  }

  /**
   * x Wᵀ in whole numbers of 8 bits: W with a scale for each output, x with one for each row, so that a row's result does not depend on the
   * rows beside it. Both unsigned: ONNX Runtime adds products of unsigned and signed ones in 16 bits where a processor has no VNNI, and they overflow.
   */
  #timesInt8(x: Value, name: string, inputs: number, outputs: number): Value {
    const { graph } = this;
    const { quantized, scales } = this.#quantizedRows(x);
    const scale = `${name}_scale`;
    if (!this.#placed.has(scale)) {
      checkShape(this.weights, name, [outputs, inputs]);
      const columns = quantizeColumns(this.weights.floats(name), outputs, inputs);
      graph.initializer(`${name}_int8`, ELEMENT.uint8, [inputs, outputs], columns.values);
      this.#placed.set(scale, graph.initializer(scale, ELEMENT.float, [outputs], columns.scales));
    }
    const sums = graph.node('MatMulInteger', [quantized, `${name}_int8`, this.#middle(), this.#middle()]);
    const scaled = graph.node('Mul', [graph.node('Cast', [sums], { to: ELEMENT.float }), scales]);
    return graph.node('Mul', [scaled, scale]);
  }

  /** x as unsigned 8-bit numbers around 128, with the scale of each row; computed once for all that read it. */
  #quantizedRows(x: Value): { quantized: Value; scales: Value } {
    const known = this.#rows.get(x);
    if (known !== undefined) return known;
    const { graph } = this;
    const largest = graph.node('ReduceMax', [graph.node('Abs', [x]), graph.ints([-1])], { keepdims: 1 });
    // A row of zeros has any scale.
    const scales = graph.node('Max', [graph.node('Mul', [largest, graph.float(1 / 127)]), graph.float(1e-30)]);
    const steps = graph.node('Add', [graph.node('Round', [graph.node('Div', [x, scales])]), graph.float(INT8_MIDDLE)]);
    const rows = { quantized: graph.node('Cast', [steps], { to: ELEMENT.uint8 }), scales };
    this.#rows.set(x, rows);
    return rows;
  }

  /** The unsigned 8-bit number that stands for 0. */
  #middle(): Value {
    const name = 'int8_middle';
    const known = this.#placed.get(name);
    if (known !== undefined) return known;
    this.#placed.set(name, this.graph.initializer(name, ELEMENT.uint8, [], Uint8Array.of(INT8_MIDDLE)));
    return name;
  }
}
