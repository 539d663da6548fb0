import { Random } from '../numbers/random.js';
import type { Params } from '../parameters/params.js';

/** What of the parameters decides which trees DART drops. */
export type TreeDroppingParams = Pick<
  Params,
  'learning_rate' | 'drop_rate' | 'max_drop' | 'skip_drop' | 'xgboost_dart_mode' | 'uniform_drop' | 'drop_seed'
>;

/**
 * Chooses the iterations whose trees are left out while the next one is grown (DART), and how much each counts afterwards.
 *
 * @see Rashmi, Gilad-Bachrach (2015), DART: dropouts meet multiple additive regression trees
 */
export class TreeDropping {
  private readonly random: Random;
  private readonly weights: number[] = [];
  private weightSum = 0;
  private dropped: number[] = [];
  /** What the next tree's values are multiplied by. */
  rate: number;

  constructor(private readonly params: TreeDroppingParams) {
    this.random = new Random(params.drop_seed);
    this.rate = params.learning_rate;
  }

  /** Returns the iterations to leave out, of those done so far, ascending. */
  draw(iterations: number): readonly number[] {
    const { params, random, weights } = this;
    this.dropped = [];
    if (!(random.nextFloat() < params.skip_drop)) {
      const most = params.max_drop < 0 ? Infinity : params.max_drop;
      const average = weights.length / this.weightSum;
      let rate = params.drop_rate;
      if (params.max_drop > 0) {
        const limit = params.uniform_drop ? params.max_drop / iterations : (params.max_drop * average) / this.weightSum;
        if (limit < rate) rate = limit;
      }
      for (let i = 0; i < iterations; i++) {
        if (!(random.nextFloat() < (params.uniform_drop ? rate : rate * weights[i] * average))) continue;
        this.dropped.push(i);
        if (this.dropped.length >= most) break;
      }
    }
    const { learning_rate: learning } = params;
    const count = this.dropped.length;
    if (!params.xgboost_dart_mode) this.rate = learning / (1 + count);
    else this.rate = count === 0 ? learning : learning / (learning + count);
    return this.dropped;
  }

  /**
   * Returns by what the dropped trees, which are at -1 times their values, are multiplied: first for what validation scores lack, then,
   * from there, for what the training scores lack.
   */
  factors(): { readonly valid: number; readonly training: number } {
    const { params, rate, dropped } = this;
    const count = dropped.length;
    if (params.xgboost_dart_mode) return { valid: rate, training: -count / params.learning_rate };
    return { valid: 1 / (count + 1), training: -count };
  }

  /** Takes note of an iteration that is done, and of what is left of the dropped ones. */
  settle(): void {
    const { params, weights, dropped } = this;
    if (params.uniform_drop) return;
    const count = dropped.length;
    const whole = count + (params.xgboost_dart_mode ? params.learning_rate : 1);
    for (const i of dropped) {
      this.weightSum -= weights[i] * (1 / whole);
      weights[i] *= count / whole;
    }
    weights.push(this.rate);
    this.weightSum += this.rate;
  }
}
