import { Random } from '../numbers/random.js';

/** Draws the features that each tree may split on. */
export class FeatureSampling {
  private readonly random: Random;
  private readonly mask: Uint8Array;

  /** @param features How many features can split at all; sampling is over their positions. */
  constructor(
    private readonly features: number,
    private readonly params: { readonly feature_fraction: number; readonly feature_fraction_seed: number },
  ) {
    this.random = new Random(params.feature_fraction_seed);
    this.mask = new Uint8Array(features).fill(1);
    // native draws once when training is set up and throws that away
    this.next();
  }

  /** Returns 1 for the features of the next tree, 0 for the rest; the array is reused. */
  next(): Uint8Array {
    const { features, mask } = this;
    if (this.params.feature_fraction >= 1) return mask;
    const wanted = Math.trunc(features * this.params.feature_fraction + 0.5);
    mask.fill(0);
    for (const feature of this.random.sample(features, Math.max(wanted, Math.min(1, features)))) mask[feature] = 1;
    return mask;
  }
}
