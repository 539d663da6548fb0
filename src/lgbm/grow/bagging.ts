import type { BinnedDataset } from '../data/binned-dataset.js';
import type { Dataset } from '../data/dataset.js';
import { Random } from '../numbers/random.js';

/** What of the parameters decides which rows a tree sees. */
export interface BaggingParams {
  readonly bagging_fraction: number;
  readonly bagging_freq: number;
  readonly bagging_seed: number;
  /** Fractions of the rows with a label above 0, and of the others; both 1 where one fraction holds for all. */
  readonly pos_bagging_fraction: number;
  readonly neg_bagging_fraction: number;
  /** Whether a query is in the bag with all its rows, or with none. */
  readonly bagging_by_query: boolean;
}

/** Rows in and out of the bag, both ascending. */
export interface Bag {
  readonly inside: Int32Array;
  readonly outside: Int32Array;
  /** The queries in the bag, where it holds whole ones. */
  readonly queries?: readonly number[];
}

/** Native draws each block of this many rows, or queries, from a generator of its own. */
export const BLOCK = 1024;

/** Draws the rows that the next trees are grown on, as native draws them. */
export class Bagging {
  private readonly generators: Random[];
  private readonly order: Int32Array;
  private current: Bag | undefined;

  constructor(
    private readonly dataset: Pick<Dataset, 'rows' | 'labels' | 'group'>,
    private readonly params: BaggingParams,
  ) {
    const blocks = Math.ceil(dataset.rows / BLOCK);
    this.generators = Array.from({ length: blocks }, (_, i) => new Random(params.bagging_seed + i));
    this.order = new Int32Array(dataset.rows);
  }

  /** Returns the bag for an iteration, counted from 0; it changes every `bagging_freq` iterations. */
  at(iteration: number): Bag {
    const full = this.current !== undefined && this.current.inside.length === this.dataset.rows;
    // once a bag happens to hold every row, native never draws another
    if (this.current === undefined || (!full && iteration % this.params.bagging_freq === 0)) this.current = this.draw();
    return this.current;
  }

  private draw(): Bag {
    const { order, dataset, params } = this;
    const { rows, labels, group } = dataset;
    let inside = 0;
    let outside = rows;
    if (params.bagging_by_query && group) {
      const queries: number[] = [];
      for (let query = 0, row = 0; query < group.length; query++) {
        const taken = this.takes(query, params.bagging_fraction);
        if (taken) queries.push(query);
        for (const end = row + group[query]; row < end; row++) order[taken ? inside++ : --outside] = row;
      }
      return { inside: order.subarray(0, inside), outside: order.subarray(inside).reverse(), queries };
    }
    const isBalanced = bagsByClass(params);
    for (let row = 0; row < rows; row++) {
      const ofClass = labels[row] > 0 ? params.pos_bagging_fraction : params.neg_bagging_fraction;
      const taken = this.takes(row, isBalanced ? ofClass : params.bagging_fraction);
      order[taken ? inside++ : --outside] = row;
    }
    return { inside: order.subarray(0, inside), outside: order.subarray(inside).reverse() };
  }

  private takes(unit: number, fraction: number): boolean {
    return this.generators[(unit / BLOCK) | 0].nextFloat() < fraction;
  }
}

/** Returns whether these parameters ask for bagging at all. */
export function usesBagging(params: BaggingParams): boolean {
  return (params.bagging_fraction < 1 || bagsByClass(params)) && params.bagging_freq > 0;
}

/** Whether each class has a fraction of its own. */
export function bagsByClass({
  pos_bagging_fraction: positive,
  neg_bagging_fraction: negative,
}: BaggingParams): boolean {
  return positive < 1 || negative < 1;
}

/**
 * Returns whether native trains on a copy of the bag's rows instead of a list of them: the same trees, but not where gradients are
 * quantised, which goes by places of rows, nor where whole queries are drawn.
 */
export function copiesBag(
  { rows, labels }: Pick<Dataset, 'rows' | 'labels'>,
  { used }: Pick<BinnedDataset, 'used'>,
  params: BaggingParams & {
    readonly data_sample_strategy: string;
    readonly top_rate: number;
    readonly other_rate: number;
  },
): boolean {
  if (params.data_sample_strategy === 'goss') return params.top_rate + params.other_rate <= 0.5;
  let bagged = Math.trunc(params.bagging_fraction * rows);
  if (bagsByClass(params)) {
    const positive = labels.reduce((count, label) => count + (label > 0 ? 1 : 0), 0);
    bagged =
      Math.trunc(positive * params.pos_bagging_fraction) + Math.trunc((rows - positive) * params.neg_bagging_fraction);
  }
  return usesBagging(params) && bagged / rows / params.bagging_freq <= 0.5 && used.length < 100;
}
