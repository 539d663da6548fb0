import { MersenneTwister } from '../numbers/mersenne-twister.js';
import { packed, type RootSums } from './packed-sums.js';

/** What of the parameters decides how gradients are quantised. */
export interface QuantizerParams {
  readonly num_grad_quant_bins: number;
  readonly stochastic_rounding: boolean;
  readonly seed: number;
}

/**
 * Replaces gradients and hessians by small whole numbers, multiples of a unit that is chosen anew for each tree.
 *
 * @see Shi et al. (2022), Quantized Training of Gradient Boosting Decision Trees
 */
export class GradientQuantizer {
  /** [rows] in units. */
  readonly gradients: Float32Array;
  readonly hessians: Float32Array;
  /** What a unit is worth. */
  gradientUnit = 0;
  hessianUnit = 0;
  private readonly gradientNoise: Float64Array;
  private readonly hessianNoise: Float64Array;
  private readonly starts: MersenneTwister;

  /**
   * @param copiesBag Whether native trains on a copy of the bag's rows, which are then counted by their place in the bag.
   */
  constructor(
    private readonly rows: number,
    private readonly constantHessian: boolean,
    private readonly copiesBag: boolean,
    private readonly params: QuantizerParams,
  ) {
    this.gradients = new Float32Array(rows);
    this.hessians = new Float32Array(rows);
    const { seed } = params;
    this.starts = new MersenneTwister(seed);
    this.gradientNoise = noise(rows, seed);
    this.hessianNoise = noise(rows, seed + 1);
  }

  /**
   * Quantises the derivatives of one tree.
   *
   * @param bag Its rows, ascending.
   */
  quantize(gradients: Float32Array, hessians: Float32Array, bag: Int32Array): RootSums {
    const { rows, constantHessian, params } = this;
    const count = this.copiesBag ? bag.length : rows;
    const rowAt = (i: number) => (this.copiesBag ? bag[i] : i);
    let mostGradient = 0;
    let mostHessian = 0;
    for (let i = 0; i < count; i++) {
      mostGradient = Math.max(mostGradient, Math.abs(gradients[rowAt(i)]));
      mostHessian = Math.max(mostHessian, Math.abs(hessians[rowAt(i)]));
    }
    const bins = params.num_grad_quant_bins;
    this.gradientUnit = mostGradient / Math.trunc(bins / 2);
    this.hessianUnit = constantHessian ? mostHessian : mostHessian / bins;
    const perGradient = 1 / this.gradientUnit;
    const perHessian = 1 / this.hessianUnit;
    const start = this.starts.nextBelow(rows + 1);
    const isRandom = params.stochastic_rounding;
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      const place = (i + start) % count;
      const gradient = gradients[row];
      const half = isRandom ? this.gradientNoise[place] : 0.5;
      this.gradients[row] = byte(gradient >= 0 ? gradient * perGradient + half : gradient * perGradient - half);
      this.hessians[row] = constantHessian
        ? 1
        : byte(hessians[row] * perHessian + (isRandom ? this.hessianNoise[place] : 0.5));
    }
    return this.rootSums(bag);
  }

  private rootSums(bag: Int32Array): RootSums {
    const { gradients, hessians, rows, copiesBag } = this;
    const isPart = bag.length < rows && !copiesBag;
    // of a bag, native takes units for float32, and adds the products so rounded
    const rounded = isPart ? Math.fround : (value: number) => value;
    const [gradientUnit, hessianUnit] = [rounded(this.gradientUnit), rounded(this.hessianUnit)];
    let gradient = 0;
    let hessian = 0;
    let gradientUnits = 0;
    let hessianUnits = 0;
    for (let i = 0; i < bag.length; i++) {
      const row = bag[i];
      gradient += rounded(gradients[row] * gradientUnit);
      hessian += rounded(hessians[row] * hessianUnit);
      // and the units that it adds up are those of the first rows, whichever the bag holds
      const counted = isPart ? i : row;
      gradientUnits += gradients[counted];
      hessianUnits += hessians[counted] & 0xff;
    }
    return { gradient, hessian, units: packed(gradientUnits, hessianUnits, 32) };
  }
}

function noise(rows: number, seed: number): Float64Array {
  const random = new MersenneTwister(seed);
  return Float64Array.from({ length: rows }, () => random.nextReal());
}

/** Cuts a double to a signed byte, as C does. */
function byte(value: number): number {
  return (Math.trunc(value) << 24) >> 24;
}
