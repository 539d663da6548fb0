import { EPSILON } from '../numbers/floats.js';

/** What of the parameters shapes a leaf's value and a split's gain, with all that native lets shape them. */
export interface GainShape {
  readonly lambda_l1: number;
  readonly max_delta_step: number;
  readonly path_smooth: number;
  /** Whether any feature is bound to be monotone: gains are then those of the bounded outputs, for all features. */
  readonly isBounded: boolean;
}

/** Bounds that monotone splits above a leaf set to its value. */
export interface OutputBounds {
  readonly lower: number;
  readonly upper: number;
}

/** One side of a split. */
export interface Side {
  gradient: number;
  hessian: number;
  count: number;
}

/** Whether leaf values are pulled towards their parents'. */
export function isSmoothed({ path_smooth }: { readonly path_smooth: number }): boolean {
  return path_smooth > EPSILON;
}

/** Returns the value of a leaf: the optimum, bounded by max_delta_step, pulled towards the parent's, within its bounds. */
export function shapedOutput(
  side: Side,
  l2: number,
  parentOutput: number,
  bounds: OutputBounds,
  shape: GainShape,
): number {
  const output = freeOutput(side, l2, parentOutput, shape);
  if (!shape.isBounded) return output;
  if (output < bounds.lower) return bounds.lower;
  return output > bounds.upper ? bounds.upper : output;
}

/** Returns the value of a leaf that nothing bounds. */
export function freeOutput(
  { gradient, hessian, count }: Side,
  l2: number,
  parentOutput: number,
  shape: GainShape,
): number {
  const { lambda_l1: l1, max_delta_step: most, path_smooth: smooth } = shape;
  let output = l1 > 0 ? -shrunk(gradient, l1) / (hessian + l2) : -gradient / (hessian + l2);
  if (most > 0 && Math.abs(output) > most) output = Math.sign(output) * most;
  if (!isSmoothed(shape)) return output;
  const share = count / smooth;
  return (output * share) / (share + 1) + parentOutput / (share + 1);
}

/** Returns twice the improvement that a leaf brings. */
export function shapedGain(side: Side, l2: number, parentOutput: number, shape: GainShape): number {
  const { lambda_l1: l1 } = shape;
  if (shape.max_delta_step > 0 || isSmoothed(shape)) {
    return gainOfOutput(side, l2, freeOutput(side, l2, parentOutput, shape), l1);
  }
  const g = l1 > 0 ? shrunk(side.gradient, l1) : side.gradient;
  return (g * g) / (side.hessian + l2);
}

/** Returns twice the improvement that a leaf of a given value brings. */
export function gainOfOutput({ gradient, hessian }: Side, l2: number, output: number, l1: number): number {
  const g = l1 > 0 ? shrunk(gradient, l1) : gradient;
  return -(2 * g * output + (hessian + l2) * output * output);
}

/** Returns the gain of both sides; 0 where their values are in the wrong order for a monotone feature. */
export function splitGain(
  left: Side,
  right: Side,
  l2: number,
  parentOutput: number,
  bounds: OutputBounds,
  direction: number,
  shape: GainShape,
  rightBounds: OutputBounds = bounds,
): number {
  if (!shape.isBounded) return shapedGain(left, l2, parentOutput, shape) + shapedGain(right, l2, parentOutput, shape);
  const leftOutput = shapedOutput(left, l2, parentOutput, bounds, shape);
  const rightOutput = shapedOutput(right, l2, parentOutput, rightBounds, shape);
  if ((direction > 0 && leftOutput > rightOutput) || (direction < 0 && leftOutput < rightOutput)) return 0;
  return gainOfOutput(left, l2, leftOutput, shape.lambda_l1) + gainOfOutput(right, l2, rightOutput, shape.lambda_l1);
}

function shrunk(gradient: number, l1: number): number {
  return Math.sign(gradient) * Math.max(0, Math.abs(gradient) - l1);
}
