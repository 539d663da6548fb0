import type { TransformerConfig } from '../../checkpoint/checkpoint-config.js';
import { checkShape, type WeightFile } from '../../checkpoint/tensor-shape.js';
import type { Heap } from './heap.js';
import { ACTIVATIONS, ADD, RELU } from './kernels.js';

/** Bytes of a file that are read at a time: what a tensor needs beside its place on the heap. */
const CHUNK_BYTES = 2 ** 20;

/** Floats that the second cache holds. */
const CACHE_FLOATS = 2 ** 17;
/** Rows after which it no longer shows that weights come from beyond the caches. */
const SLICE_ROWS = 1024;

/** Bytes of one input's weights in a panel. */
const PANEL_ROW_BYTES = 128;

/** Computes y from x, `rows` rows of each; addresses on the heap. */
export type Layer = (x: number, y: number, rows: number) => void;
/** The same with a place for what comes in between, of `hiddenBytes(rows)`. */
export type DeepLayer = (x: number, hidden: number, y: number, rows: number) => void;

/** What linear layers compute in: float32, or whole numbers of 12 bits in 16, which is twice as fast at large widths. */
export type LayerPrecision = 'fp32' | 'int16';

/** How a linear layer is read and what else it does. */
interface LinearOptions {
  readonly bias?: boolean;
  /** RELU, ADD or their sum. */
  readonly mode?: number;
  /** Whether it stays in float32 whatever the precision is. */
  readonly exact?: boolean;
  /** Whether x comes out of a ReLU, so that most of it may be 0. */
  readonly sparse?: boolean;
}

/** The projections of an attention layer; `o` adds to what is in y. */
export interface Projections {
  readonly q: Layer;
  readonly k: Layer;
  readonly v: Layer;
  /** All three over the same x. */
  readonly qkv: (x: number, ys: readonly [q: number, k: number, v: number], rows: number) => void;
  readonly o: Layer;
}

/** Where a weight lies on the heap, and in which form. */
interface PlacedWeight {
  readonly weight: number;
  /** Of its rows in whole numbers; 0 of one in float32. */
  readonly scales: number;
  /** Whether it lies in panels. */
  readonly sparse: boolean;
}

/** A weight on the heap and what else its layer does. */
interface LinearMatrix extends PlacedWeight {
  readonly outputs: number;
  readonly bias: number;
  readonly mode: number;
}

/** Puts a checkpoint's weights on a heap, and returns the layers that all families share as functions over it. */
export class HeapLayers {
  readonly heap: Heap;
  readonly weights: WeightFile;
  readonly config: TransformerConfig;
  readonly #precision: LayerPrecision;

  constructor(heap: Heap, weights: WeightFile, config: TransformerConfig, precision: LayerPrecision = 'fp32') {
    this.heap = heap;
    this.weights = weights;
    this.config = config;
    this.#precision = precision;
  }

  /**
   * Returns the address of a tensor's values, widened to float32, as the file has them.
   *
   * @throws ForecastError INVALID_CHECKPOINT unless it exists with that shape, OUT_OF_MEMORY
   */
  tensor(name: string, shape: readonly number[]): number {
    checkShape(this.weights, name, shape);
    const { heap } = this;
    const { source, tensors } = this.weights;
    const { dtype, offset, byteLength } = tensors.get(name)!;
    const at = heap.alloc(dtype === 'F32' ? byteLength : 2 * byteLength);
    const mark = heap.top;
    const raw = dtype === 'F32' ? at : heap.alloc(Math.min(byteLength, CHUNK_BYTES));
    for (let done = 0; done < byteLength; done += CHUNK_BYTES) {
      const length = Math.min(byteLength - done, CHUNK_BYTES);
      const target = heap.bytes(dtype === 'F32' ? at + done : raw, length);
      if (source.readInto) source.readInto(offset + done, target);
      else target.set(source.read(offset + done, length));
      if (dtype === 'F16') heap.kernels.widenHalf(raw, at + 2 * done, length / 2);
      if (dtype === 'BF16') heap.kernels.widenBrain(raw, at + 2 * done, length / 2);
    }
    heap.freeTo(mark);
    return at;
  }

  /** Returns the address of a weight `[outputs, inputs]` as `linear` of the kernels reads it. */
  matrix(name: string, outputs: number, inputs: number): number {
    return this.#interleaved(this.tensor(name, [outputs, inputs]), outputs, inputs);
  }

  #interleaved(at: number, outputs: number, inputs: number): number {
    const { heap } = this;
    const mark = heap.top;
    heap.kernels.interleave(at, outputs, inputs, heap.alloc(16 * inputs));
    heap.freeTo(mark);
    return at;
  }

  /** Copies row `row` of a matrix of that width, as `matrix` returned it, to `to`. */
  matrixRow(matrix: number, rows: number, width: number, row: number, to: number): void {
    const { heap } = this;
    if (width % 4 !== 0 || row >= rows - (rows % 4)) {
      heap.copy(matrix + 4 * row * width, to, 4 * width);
      return;
    }
    const block = heap.floats(matrix + 16 * width * (row >> 2), 4 * width);
    const out = heap.floats(to, width);
    for (let k = 0, from = 4 * (row & 3); k < width; k += 4, from += 16)
      for (let lane = 0; lane < 4; lane++) out[k + lane] = block[from + lane];
  }

  /** y = x wᵀ (+ bias), then as the mode says. */
  linear(name: string, inputs: number, outputs: number, options: LinearOptions = {}): Layer {
    const { bias = false, mode = 0 } = options;
    const read = () => this.tensor(`${name}.weight`, [outputs, inputs]);
    const placed = this.#placed(read, outputs, inputs, options);
    const matrix = { ...placed, outputs, bias: bias ? this.tensor(`${name}.bias`, [outputs]) : 0, mode };
    return (x, y, rows) => this.#apply(x, rows, inputs, [[matrix, y]]);
  }

  /** y += o(v(x)), attention to a single key: the two weights are multiplied into one. */
  valueOf(name: string): Layer {
    const { heap } = this;
    const { dModel, numHeads, dKv } = this.config;
    const inner = numHeads * dKv;
    const multiply = () => {
      const at = heap.alloc(4 * dModel * dModel);
      const mark = heap.top;
      const output = this.tensor(`${name}.o.weight`, [dModel, inner]);
      const value = this.tensor(`${name}.v.weight`, [inner, dModel]);
      heap.kernels.times(output, 4 * inner, value, 4 * dModel, at, 4 * dModel, dModel, dModel, inner);
      heap.freeTo(mark);
      return at;
    };
    const matrix = { ...this.#placed(multiply, dModel, dModel), outputs: dModel, bias: 0, mode: ADD };
    return (x, y, rows) => this.#apply(x, rows, dModel, [[matrix, y]]);
  }

  /** Puts a weight that `read` leaves on top of the heap where `linear` or one of its kind reads it. */
  #placed(
    read: () => number,
    outputs: number,
    inputs: number,
    { exact = false, sparse = false }: LinearOptions = {},
  ): PlacedWeight {
    const { heap } = this;
    if (this.#precision === 'int16' && !exact && inputs % 8 === 0 && outputs % 4 === 0) {
      const weight = heap.alloc(2 * outputs * inputs);
      const scales = heap.alloc(4 * outputs);
      const mark = heap.top;
      heap.kernels.quantize(read(), weight, scales, outputs, inputs);
      heap.kernels.interleave(weight, outputs, inputs / 2, heap.alloc(8 * inputs));
      heap.freeTo(mark);
      return { weight, scales, sparse: false };
    }
    if (sparse && inputs % 64 === 0 && outputs % 4 === 0) {
      const weight = heap.alloc(PANEL_ROW_BYTES * Math.ceil(outputs / 32) * inputs);
      const mark = heap.top;
      heap.kernels.panels(read(), weight, outputs, inputs);
      heap.freeTo(mark);
      return { weight, scales: 0, sparse };
    }
    return { weight: this.#interleaved(read(), outputs, inputs), scales: 0, sparse: false };
  }

  /** Computes the layers of several matrices over the same x, which is quantised once for those that are. */
  #apply(x: number, rows: number, inputs: number, layers: readonly (readonly [LinearMatrix, number])[]): void {
    const { heap } = this;
    const { kernels } = heap;
    const mark = heap.top;
    let quantized: readonly [values: number, scales: number, sums: number] | undefined;
    for (const [{ weight, scales, sparse, outputs, bias, mode }, y] of layers) {
      if (sparse) {
        const [masks, sums] = [heap.alloc((rows * inputs) / 8), heap.alloc(PANEL_ROW_BYTES * rows)];
        kernels.linearSparse(x, weight, y, 4 * outputs, rows, outputs, inputs, bias, mode, masks, sums);
        continue;
      }
      if (scales === 0) {
        kernels.linear(x, 4 * inputs, weight, y, 4 * outputs, rows, outputs, inputs, bias, mode);
        continue;
      }
      if (quantized === undefined) {
        quantized = [heap.alloc(2 * rows * inputs), heap.alloc(4 * rows), heap.alloc(32)];
        kernels.quantize(x, quantized[0], quantized[1], rows, inputs);
      }
      const [values, rowScales, sums] = quantized;
      const shape = [rows, outputs, inputs] as const;
      kernels.linearInt(values, rowScales, weight, scales, y, 4 * outputs, ...shape, bias, mode, sums);
    }
    heap.freeTo(mark);
  }

  /** T5's layer norm; y may be x. */
  norm(name: string): Layer {
    const { dModel, layerNormEpsilon } = this.config;
    const weight = this.tensor(`${name}.weight`, [dModel]);
    const { kernels } = this.heap;
    return (x, y, rows) => kernels.norm(x, weight, y, rows, dModel, layerNormEpsilon);
  }

  /** The projections of an attention layer to heads × dKv values and back. */
  projections(name: string): Projections {
    const { dModel, numHeads, dKv } = this.config;
    const inner = numHeads * dKv;
    const matrices = (['q', 'k', 'v'] as const).map((which) => {
      const read = () => this.tensor(`${name}.${which}.weight`, [inner, dModel]);
      return { ...this.#placed(read, inner, dModel), outputs: inner, bias: 0, mode: 0 };
    });
    const [q, k, v] = matrices.map(
      (matrix): Layer =>
        (x, y, rows) =>
          this.#apply(x, rows, dModel, [[matrix, y]]),
    );
    return {
      q: q!,
      k: k!,
      v: v!,
      qkv: (x, ys, rows) =>
        this.#apply(
          x,
          rows,
          dModel,
          matrices.map((matrix, i) => [matrix, ys[i]] as const),
        ),
      o: this.linear(`${name}.o`, inner, dModel, { mode: ADD }),
    };
  }

  /** Rows that are worked on together: their widest intermediate result is what the second cache holds beside a layer's weights. */
  get partRows(): number {
    const { dFf, numHeads, dKv } = this.config;
    return Math.max(1, Math.floor(CACHE_FLOATS / Math.max(dFf, numHeads * dKv)));
  }

  /**
   * Series of `length` rows that go through the network together, in parts of `partRows`: what the second cache holds of their rows where
   * it holds a layer's weights too; else so many that reading those costs little.
   */
  sliceOf(length: number): number {
    const { dModel, dFf, numHeads, dKv } = this.config;
    const inner = numHeads * dKv;
    const isSmall = 4 * dModel * inner + 2 * dModel * dFf <= CACHE_FLOATS;
    const rows = isSmall ? CACHE_FLOATS / (2 * dModel + 4 * inner) : SLICE_ROWS;
    return Math.max(1, Math.min(this.partRows, Math.floor(rows / length)));
  }

  /** Bytes that a deep layer needs for `rows` rows in between. */
  hiddenBytes(rows: number): number {
    return (this.config.gated ? 2 : 1) * this.#activationBytes(rows);
  }

  /** The feed-forward layer, gated or not; adds to what is in y. */
  feedForward(name: string): DeepLayer {
    const { dModel, dFf, activation, gated } = this.config;
    const { kernels } = this.heap;
    const sparse = !gated && activation === 'relu';
    const back = this.linear(`${name}.wo`, dFf, dModel, { mode: ADD, sparse });
    if (sparse) {
      const hidden = this.linear(`${name}.wi`, dModel, dFf, { mode: RELU });
      return (x, between, y, rows) => {
        hidden(x, between, rows);
        back(between, y, rows);
      };
    }
    const kind = ACTIVATIONS.indexOf(activation);
    const hidden = this.linear(gated ? `${name}.wi_0` : `${name}.wi`, dModel, dFf);
    const gate = gated ? this.linear(`${name}.wi_1`, dModel, dFf) : undefined;
    return (x, between, y, rows) => {
      hidden(x, between, rows);
      const gateAt = gate ? between + this.#activationBytes(rows) : 0;
      gate?.(x, gateAt, rows);
      kernels.activate(between, gateAt, rows * dFf, kind);
      back(between, y, rows);
    };
  }

  /** y = output(activation(hidden(x))) + residual(x). */
  residualBlock(name: string, inputs: number, outputs: number): DeepLayer {
    const { dFf, activation } = this.config;
    const { kernels } = this.heap;
    const relu = activation === 'relu';
    const kind = ACTIVATIONS.indexOf(activation);
    const hidden = this.linear(`${name}.hidden_layer`, inputs, dFf, { bias: true, mode: relu ? RELU : 0 });
    const residual = this.linear(`${name}.residual_layer`, inputs, outputs, { bias: true });
    const output = this.linear(`${name}.output_layer`, dFf, outputs, { bias: true, mode: ADD, sparse: relu });
    return (x, between, y, rows) => {
      hidden(x, between, rows);
      if (!relu) kernels.activate(between, 0, rows * dFf, kind);
      residual(x, y, rows);
      output(between, y, rows);
    };
  }

  #activationBytes(rows: number): number {
    return 64 * Math.ceil((rows * this.config.dFf) / 16);
  }
}
