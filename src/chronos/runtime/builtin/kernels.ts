/** What `linear` does beside multiplying: max(0, ..), and adding to what is in y; a sum of these. */
export const RELU = 1;
export const ADD = 2;

/**
 * The arithmetic that a network is made of, over one memory.
 *
 * Pointers are byte addresses of float32 values, and multiples of 4; strides (ld of a row, step of a batch) are in bytes. Every
 * implementation adds and rounds in the same order, so that all give the same bits, on every engine and processor. A row's
 * result does not depend on how many rows there are. Rows may be read and written up to the next multiple of 16 bytes.
 */
export interface Kernels {
  /** y `[rows, outputs]` = x `[rows, inputs]` wᵀ (+ bias, + y, then max with 0 as `mode` says); w has been through `interleave`. */
  linear(
    x: number,
    ldx: number,
    w: number,
    y: number,
    ldy: number,
    rows: number,
    outputs: number,
    inputs: number,
    bias: number,
    mode: number,
  ): void;
  /**
   * The same for an x with many zeros, as after a ReLU: they are skipped. x lies close together, w has been through `panels`; `inputs` is a
   * multiple of 64, `outputs` of 4. Sums run input by input. `masks`: rows × inputs / 8 bytes, `sums`: rows × 128 bytes.
   */
  linearSparse(
    x: number,
    w: number,
    y: number,
    ldy: number,
    rows: number,
    outputs: number,
    inputs: number,
    bias: number,
    mode: number,
    masks: number,
    sums: number,
  ): void;
  /**
   * Turns x `[rows, width]` into whole numbers q `[rows, width]` of 16 bits, the greatest of a row's being ±2047, and scales `[rows]`: x ≈ q ×
   * its row's scale. `width` is a multiple of 8. A row that is not finite gets a scale that is not.
   */
  quantize(x: number, q: number, scales: number, rows: number, width: number): void;
  /**
   * y `[rows, outputs]` = x `[rows, inputs]` wᵀ (+ bias, + y, then max with 0 as `mode` says) of quantised x and w; w has been through
   * `interleave`, as rows of inputs / 2 floats. `inputs` is a multiple of 8, `outputs` of 4. Products are summed exactly, in parts of 512 inputs.
   * `sums`: 32 bytes.
   */
  linearInt(
    x: number,
    scales: number,
    w: number,
    wScales: number,
    y: number,
    ldy: number,
    rows: number,
    outputs: number,
    inputs: number,
    bias: number,
    mode: number,
    sums: number,
  ): void;
  /** c `[rows, columns]` = a `[rows, inner]` bᵀ, b `[columns, inner]` in rows as they lie. */
  timesTransposed(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    rows: number,
    columns: number,
    inner: number,
  ): void;
  /** c `[rows, columns]` = a `[rows, inner]` b `[inner, columns]`. */
  times(
    a: number,
    lda: number,
    b: number,
    ldb: number,
    c: number,
    ldc: number,
    rows: number,
    columns: number,
    inner: number,
  ): void;
  /**
   * Reorders a weight `[rows, width]` in place as `linear` reads it: of each four rows the vectors take turns, so that one
   * stream of memory is read. `scratch`: 16 × width bytes.
   */
  interleave(w: number, rows: number, width: number, scratch: number): void;
  /**
   * Writes a weight w `[outputs, inputs]` as `linearSparse` reads it: panels of 32 outputs, the last one filled up with zeros, in which
   * each input has its 32 weights together. `to`: 128 × ceil(outputs / 32) × inputs bytes.
   */
  panels(w: number, to: number, outputs: number, inputs: number): void;
  /** y = x / sqrt(mean(x²) + epsilon) × weight, row by row of `[rows, width]`; y may be x. */
  norm(x: number, weight: number, y: number, rows: number, width: number, epsilon: number): void;
  /** Softmax of the first `count` of each row of s, in place; first a row of bias and the one row of mask are added, each unless its address is 0. */
  softmax(s: number, lds: number, bias: number, ldBias: number, mask: number, rows: number, count: number): void;
  /**
   * out = softmax(q kᵀ + bias + mask) v, without scaling, for each of `batch` and each head: q and out
   * `[batch, rows, heads × dKv]`, k and v `[batch, keys, heads × dKv]`, bias `[heads, rows, keys in fours]`, mask
   * `[batch, keys in fours]`; s: scratch of one head's rows × keys in fours.
   */
  attend(
    q: number,
    k: number,
    v: number,
    out: number,
    ldq: number,
    stepQ: number,
    ldk: number,
    stepK: number,
    bias: number,
    mask: number,
    stepMask: number,
    s: number,
    batch: number,
    heads: number,
    rows: number,
    keys: number,
    dKv: number,
  ): void;
  /** x = activation(x), times the value of `gate` in the same place unless its address is 0. `kind`: a place in ACTIVATIONS. */
  activate(x: number, gate: number, count: number, kind: number): void;
  /**
   * Rotates the pairs (i, i + half) of every head of x `[batch, length, heads × 2 half]` by the angles of its position, whose
   * cosines and sines are `[length, half]`.
   */
  rotate(x: number, cosines: number, sines: number, batch: number, length: number, heads: number, half: number): void;
  /** Widens `count` binary16 values at `from`, exactly. */
  widenHalf(from: number, to: number, count: number): void;
  /** Widens `count` bfloat16 values at `from`, exactly. */
  widenBrain(from: number, to: number, count: number): void;
}

/** The activations in the order of their numbers in the kernels. */
export const ACTIVATIONS = ['relu', 'gelu', 'gelu_new', 'silu'] as const;
