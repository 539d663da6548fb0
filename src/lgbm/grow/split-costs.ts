import { type Leaf, noSplit, type SplitCandidate } from '../kernel/split-search.js';

/** What of the parameters says what splits cost. */
export interface SplitCostParams {
  readonly cegb_tradeoff: number;
  readonly cegb_penalty_split: number;
  /** [features of the dataset], or empty. */
  readonly lazyCosts: readonly number[];
  readonly coupledCosts: readonly number[];
}

/** Whether splits cost anything. */
export function hasCosts({ cegb_penalty_split, lazyCosts, coupledCosts }: SplitCostParams): boolean {
  return cegb_penalty_split > 0 || lazyCosts.length > 0 || coupledCosts.length > 0;
}

/**
 * Lowers gains by what it costs to look a feature up, as native's `CostEfficientGradientBoosting`: for each row, for the first split on
 * a feature, and for each row that no split on it has seen. What has been looked up stays so from tree to tree.
 *
 * @see Peter et al. (2017), Cost efficient gradient boosting
 */
export class SplitCosts {
  /** [columns] */
  private readonly isBought: boolean[];
  /** [columns][rows], filled in where rows cost. */
  private readonly seen: Uint8Array[];
  /** [leaves][columns] the best split on each column, before its costs. */
  private found: SplitCandidate[][] = [];

  /** @param used Features in use, as indices among those of the dataset. */
  constructor(
    private readonly used: readonly number[],
    rows: number,
    private readonly params: SplitCostParams,
  ) {
    this.isBought = used.map(() => false);
    this.seen = params.lazyCosts.length > 0 ? used.map(() => new Uint8Array(rows)) : [];
  }

  startTree(): void {
    this.found = [];
  }

  /** Lowers the gain of a column's best split in a leaf by what it costs. */
  charge(candidate: SplitCandidate, column: number, leaf: Leaf, rowOrder: Int32Array): void {
    const { cegb_tradeoff: tradeoff, cegb_penalty_split: perRow, lazyCosts, coupledCosts } = this.params;
    const feature = this.used[column];
    let cost = tradeoff * perRow * leaf.count;
    if (coupledCosts.length > 0 && !this.isBought[column]) cost += tradeoff * coupledCosts[feature];
    if (lazyCosts.length > 0) {
      const seen = this.seen[column];
      let unseen = 0;
      for (let i = leaf.begin; i < leaf.begin + leaf.count; i++) if (!seen[rowOrder[i]]) unseen += lazyCosts[feature];
      cost += tradeoff * unseen;
    }
    this.found[leaf.index] ??= this.used.map(noSplit);
    Object.assign(this.found[leaf.index][column], candidate, { feature: column });
    candidate.gain -= cost;
  }

  /** Pays for the split of a leaf: from now on its feature costs less, which may make it the best one of other leaves. */
  pay(leaf: Leaf, leaves: readonly Leaf[], rowOrder: Int32Array): void {
    const { cegb_tradeoff: tradeoff, lazyCosts, coupledCosts } = this.params;
    const column = leaf.best.feature;
    if (coupledCosts.length > 0 && !this.isBought[column]) {
      this.isBought[column] = true;
      for (const other of leaves) {
        const split = this.found[other.index]?.[column];
        if (other === leaf || !split) continue;
        // native adds the cost to a gain that it was never taken from
        split.gain += tradeoff * coupledCosts[this.used[column]];
        if (other.best.gain > -Infinity && isBetter(split, other.best)) Object.assign(other.best, split);
      }
    }
    if (lazyCosts.length === 0) return;
    for (let i = leaf.begin; i < leaf.begin + leaf.count; i++) this.seen[column][rowOrder[i]] = 1;
  }
}

function isBetter(a: SplitCandidate, b: SplitCandidate): boolean {
  return a.gain !== b.gain ? a.gain > b.gain : a.feature < b.feature;
}
