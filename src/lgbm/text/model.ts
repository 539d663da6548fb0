import type { Tree } from './tree.js';

/** A trained model: what its text holds, and nothing else. */
export interface Model {
  /** Classes of a multiclass model, else 1. */
  readonly numClass: number;
  /** Trees per iteration, and raw scores per row. */
  readonly outputs: number;
  readonly labelIndex: number;
  /** The objective with its settings, for example `multiclass num_class:3`; empty if the text names none. */
  readonly objective: string;
  /** Whether raw scores are the mean over iterations instead of their sum (random forests). */
  readonly averageOutput: boolean;
  readonly featureNames: readonly string[];
  /** `none`, or the range of the feature's training values as text. */
  readonly featureInfos: readonly string[];
  readonly monotoneConstraints?: string;
  /** [iterations × outputs], one tree per output and iteration. */
  readonly trees: readonly Tree[];
  /** The lines between `parameters:` and `end of parameters`, as they were; for information only. */
  readonly parameters?: string;
  /** The JSON after `pandas_categorical:` that LightGBM's Python package appends. */
  readonly pandasCategorical?: string;
  /** Whether it comes from text, which cuts gains and the values of nodes short. */
  readonly isRead?: boolean;
}
