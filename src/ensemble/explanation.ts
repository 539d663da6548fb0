/** What one feature of the newest bar adds to a number. */
export interface Contribution {
  readonly feature: string;
  /** The feature on the newest bar; NaN where it has no value. */
  readonly value: number;
  /** In the number's own unit; below 0 it takes away. */
  readonly adds: number;
  /** The same in words: 'volatility × 1.08'. */
  readonly text: string;
}

/** A number of a model, taken apart: `expected` and what the features add are together `total`, but for rounding. */
export interface ExplainedNumber {
  /**
   * 'return': the simple return over the horizon. 'scale': the natural logarithm of the variance ahead / the EWMA variance. 'down', 'flat', 'up':
   * the logarithm of the class's weight; a class's share is its weight / the weights of all three.
   */
  readonly name: 'return' | 'scale' | 'down' | 'flat' | 'up';
  readonly total: number;
  /** Of the return, which share of what the model says is stated, in (0, 1); absent where all of it is. */
  readonly share?: number;
  /** What the model says on average over the rows that trained it. */
  readonly expected: number;
  /** Largest amount first; features that add nothing are left out. */
  readonly contributions: readonly Contribution[];
  /** The number in words: 'volatility: 1.21 × the EWMA volatility, on average 0.95 ×'. */
  readonly text: string;
}
