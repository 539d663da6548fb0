import { Random } from '../numbers/random.js';
import { type Bag, BLOCK } from './bagging.js';

/** What of the parameters decides which rows GOSS keeps. */
export interface GradientSamplingParams {
  readonly top_rate: number;
  readonly other_rate: number;
  readonly learning_rate: number;
  readonly bagging_seed: number;
}

/**
 * Draws rows by their gradients (GOSS): those that are furthest from fitted are kept, of the others a few, which then count more.
 *
 * @see Ke et al. (2017), LightGBM: a highly efficient gradient boosting decision tree, algorithm 2
 */
export class GradientSampling {
  private readonly generators: Random[];
  private readonly order: Int32Array;

  constructor(
    private readonly rows: number,
    private readonly outputs: number,
    private readonly params: GradientSamplingParams,
  ) {
    const blocks = Math.ceil(rows / BLOCK);
    this.generators = Array.from({ length: blocks }, (_, i) => new Random(params.bagging_seed + i));
    this.order = new Int32Array(rows);
  }

  /** Returns the rows of an iteration, counted from 0, and scales the derivatives of those drawn; undefined while all are kept. */
  at(iteration: number, gradients: Float32Array, hessians: Float32Array): Bag | undefined {
    const { rows, outputs, order, generators, params } = this;
    if (iteration < Math.trunc(1 / params.learning_rate)) return undefined;
    const sizes = this.sizes(gradients, hessians);
    const top = Math.max(1, Math.trunc(rows * params.top_rate));
    const other = Math.trunc(rows * params.other_rate);
    const threshold = sizes.slice().sort()[rows - top];
    const factor = Math.fround(Math.fround(rows - top) / Math.fround(other));
    let inside = 0;
    let outside = rows;
    let large = 0;
    for (let row = 0; row < rows; row++) {
      if (sizes[row] >= threshold) {
        order[inside++] = row;
        large++;
        continue;
      }
      const needed = other - (inside - large);
      const left = rows - row - (top - large);
      if (generators[(row / BLOCK) | 0].nextFloat() < needed / left) {
        order[inside++] = row;
        for (let at = row; at < outputs * rows; at += rows) {
          gradients[at] *= factor;
          hessians[at] *= factor;
        }
      } else {
        order[--outside] = row;
      }
    }
    return { inside: order.subarray(0, inside), outside: order.subarray(inside).reverse() };
  }

  /** [rows] how much a row's derivatives are, over all outputs, in float32 as native sums them. */
  private sizes(gradients: Float32Array, hessians: Float32Array): Float32Array {
    const { rows, outputs } = this;
    const sizes = new Float32Array(rows);
    for (let k = 0, at = 0; k < outputs; k++) {
      for (let row = 0; row < rows; row++, at++) sizes[row] += Math.fround(Math.abs(gradients[at] * hessians[at]));
    }
    return sizes;
  }
}
