/** What a loss contributes to boosting, for the labels of one dataset. Scores are raw and class-major [outputs × rows]. */
export interface Objective {
  /** The objective as model text names it, for example `binary sigmoid:1`. */
  readonly text: string;
  /** Trees per iteration: the number of classes for multiclass, else 1. */
  readonly outputs: number;
  /** Whether every hessian is exactly 1. */
  readonly constantHessian: boolean;
  /** Returns the score to start from for one output. */
  initialScore(output: number): number;
  /** Returns whether trees of this output can learn anything. */
  needsTraining(output: number): boolean;
  /**
   * Fills gradients and hessians [outputs × rows]; with a constant hessian the hessians are left alone.
   *
   * @param queries A ranking's queries to fill, where those of the others are not asked for.
   */
  gradients(scores: Float64Array, gradients: Float32Array, hessians: Float32Array, queries?: readonly number[]): void;
  /** Returns the final value of a leaf with these rows where the gradients' own value is not the optimum. */
  renewLeaf?(rows: Int32Array, scores: Float64Array): number;
}
