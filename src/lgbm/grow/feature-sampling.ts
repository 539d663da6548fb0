import { Random } from '../numbers/random.js';

/** What of the parameters decides which features a tree and a node may split on. */
export interface FeatureSamplingParams {
  readonly feature_fraction: number;
  readonly feature_fraction_bynode: number;
  readonly feature_fraction_seed: number;
  /** Groups of features that may meet on a path; empty for no constraint. */
  readonly interactionGroups: readonly (readonly number[])[];
}

/** Draws the features that each tree, and each node in it, may split on. */
export class FeatureSampling {
  private readonly random: Random;
  private readonly mask: Uint8Array;
  /** Positions of the tree's features among those in use, ascending. */
  private positions: Int32Array;

  /** @param used Features that can split at all, ascending; sampling is over their positions. */
  constructor(
    private readonly used: readonly number[],
    private readonly params: FeatureSamplingParams,
  ) {
    this.random = new Random(params.feature_fraction_seed);
    this.mask = new Uint8Array(used.length).fill(1);
    this.positions = Int32Array.from(used, (_, position) => position);
    // native draws once when training is set up and throws that away
    this.next();
  }

  /** Returns 1 for the features of the next tree, 0 for the rest; the array is reused. */
  next(): Uint8Array {
    const { mask, used, params } = this;
    if (params.feature_fraction >= 1) return mask;
    this.positions = this.random.sample(used.length, wanted(used.length, params.feature_fraction));
    mask.fill(0);
    for (const position of this.positions) mask[position] = 1;
    return mask;
  }

  /** Returns 1 for the features that a node may split on, out of the tree's. To be called for each node in native's order. */
  forNode(branch: readonly number[]): Uint8Array {
    const { used, params, positions } = this;
    const { interactionGroups: groups, feature_fraction_bynode: fraction } = params;
    const allowed = groups.length > 0 ? this.allowedAfter(branch) : undefined;
    const node = new Uint8Array(used.length);
    if (fraction >= 1) {
      for (let f = 0; f < used.length; f++) node[f] = !allowed || allowed.has(used[f]) ? 1 : 0;
      return node;
    }
    const open = allowed ? positions.filter((position) => allowed.has(used[position])) : positions;
    const count = Math.min(wanted(positions.length, fraction), open.length);
    for (const i of this.random.sample(open.length, count)) node[open[i]] = 1;
    return node;
  }

  /** Features of the path itself, and of every group that holds the whole path. */
  private allowedAfter(branch: readonly number[]): Set<number> {
    const allowed = new Set(branch);
    for (const group of this.params.interactionGroups) {
      if (branch.every((feature) => group.includes(feature))) for (const feature of group) allowed.add(feature);
    }
    return allowed;
  }
}

function wanted(features: number, fraction: number): number {
  return Math.max(Math.trunc(features * fraction + 0.5), Math.min(1, features));
}
