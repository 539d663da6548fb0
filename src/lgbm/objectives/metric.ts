/** A measure, or several at once, of raw scores against one dataset's labels. */
export interface Metric {
  readonly names: readonly string[];
  readonly biggerIsBetter: boolean;
  /** Returns the measures of raw scores, class-major [outputs × rows], in the order of `names`. */
  evaluate(scores: Float64Array): readonly number[];
}
