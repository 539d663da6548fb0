import type { BinnedDataset } from '../data/binned-dataset.js';
import { Random } from '../numbers/random.js';

/** What of the parameters decides which rows a tree sees. */
export interface BaggingParams {
  readonly bagging_fraction: number;
  readonly bagging_freq: number;
  readonly bagging_seed: number;
}

/** Rows in and out of the bag, both ascending. */
export interface Bag {
  readonly inside: Int32Array;
  readonly outside: Int32Array;
}

/** Native draws each block of this many rows from a generator of its own. */
export const BLOCK = 1024;

/** Draws the rows that the next trees are grown on, as native draws them. */
export class Bagging {
  private readonly generators: Random[];
  private readonly order: Int32Array;
  private current: Bag | undefined;

  constructor(
    private readonly rows: number,
    private readonly params: BaggingParams,
  ) {
    const blocks = Math.ceil(rows / BLOCK);
    this.generators = Array.from({ length: blocks }, (_, i) => new Random(params.bagging_seed + i));
    this.order = new Int32Array(rows);
  }

  /** Returns the bag for an iteration, counted from 0; it changes every `bagging_freq` iterations. */
  at(iteration: number): Bag {
    const full = this.current !== undefined && this.current.inside.length === this.rows;
    // once a bag happens to hold every row, native never draws another
    if (this.current === undefined || (!full && iteration % this.params.bagging_freq === 0)) this.current = this.draw();
    return this.current;
  }

  private draw(): Bag {
    const { order, rows, generators } = this;
    let inside = 0;
    let outside = rows;
    for (let row = 0; row < rows; row++) {
      const taken = generators[(row / BLOCK) | 0].nextFloat() < this.params.bagging_fraction;
      order[taken ? inside++ : --outside] = row;
    }
    return { inside: order.subarray(0, inside), outside: order.subarray(inside).reverse() };
  }
}

/** Returns whether these parameters ask for bagging at all. */
export function usesBagging({ bagging_fraction, bagging_freq }: BaggingParams): boolean {
  return bagging_fraction < 1 && bagging_freq > 0;
}

/**
 * Returns whether native trains on a copy of the bag's rows instead of a list of them: the same trees, but not where gradients are
 * quantised, which goes by places of rows.
 */
export function copiesBag(
  rows: number,
  { used }: Pick<BinnedDataset, 'used'>,
  params: BaggingParams & {
    readonly data_sample_strategy: string;
    readonly top_rate: number;
    readonly other_rate: number;
  },
): boolean {
  if (params.data_sample_strategy === 'goss') return params.top_rate + params.other_rate <= 0.5;
  const bagged = Math.trunc(params.bagging_fraction * rows) / rows / params.bagging_freq;
  return usesBagging(params) && bagged <= 0.5 && used.length < 100;
}
