import type { OutputBounds } from './shaped-gain.js';

/** Bounds of the two sides of a split, which may differ with the threshold. */
export interface SplitBounds {
  readonly left: OutputBounds;
  readonly right: OutputBounds;
  /** Begins a scan of thresholds; from the left, native stays with what holds for the first bin. */
  begin(fromRight: boolean): void;
  /** Goes on to the split whose right side begins at a bin; bins come in descending order. */
  moveTo(bin: number): void;
}

/** A bound that depends on the bin of one feature: `values[i]` holds from bin `from[i]` on, up to the next step. */
export class BoundSteps {
  private values: number[];
  private from: number[] = [0];

  /** @param isLower Whether it bounds from below: then the larger of two bounds holds. */
  constructor(private readonly isLower: boolean) {
    this.values = [this.loosest];
  }

  copy(): BoundSteps {
    const copied = new BoundSteps(this.isLower);
    copied.values = [...this.values];
    copied.from = [...this.from];
    return copied;
  }

  reset(): void {
    this.values = [this.loosest];
    this.from = [0];
  }

  /** Narrows all steps. */
  narrow(value: number): void {
    this.values = this.values.map((bound) => this.narrower(value, bound));
  }

  /**
   * Narrows the bins begin..end-1, as native's `UpdateConstraints` does, step by step.
   *
   * @param bins Bins of the feature; where the part ends with them, nothing follows it.
   */
  narrowPart(value: number, begin: number, end: number, bins: number): void {
    const { values, from } = this;
    let hasBegun = false;
    let hasEnded = false;
    let before = this.loosest;
    for (let i = 0; i < from.length; i++) {
      const current = values[i];
      if (from[i] === begin) {
        values[i] = this.narrower(value, values[i]);
        hasBegun = true;
      }
      if (from[i] > begin) {
        if (from[i] < end) values[i] = this.narrower(value, values[i]);
        if (!hasBegun) {
          hasBegun = true;
          if (this.isNarrower(value, before)) {
            values.splice(i, 0, value);
            from.splice(i, 0, begin);
            i++;
          }
        }
      }
      if (from[i] === end) {
        hasEnded = true;
        break;
      }
      if (from[i] > end) {
        if (i !== 0 && before !== values[i - 1]) {
          values.splice(i, 0, before);
          from.splice(i, 0, end);
        }
        hasEnded = true;
        break;
      }
      if (i !== 0 && values[i] === values[i - 1]) {
        values.splice(i, 1);
        from.splice(i, 1);
        i--;
      }
      before = current;
    }
    const last = values[values.length - 1];
    if (!hasBegun) {
      if (this.isNarrower(value, last)) {
        values.push(value);
        from.push(begin);
      } else {
        hasEnded = true;
      }
    }
    if (!hasEnded && end !== bins && before !== values[values.length - 1]) {
      values.push(before);
      from.push(end);
    }
  }

  /** Returns the narrowest bound of the steps up to each one, and of each one and those after it. */
  cumulated(): { upTo: readonly number[]; onward: readonly number[]; from: readonly number[] } {
    const upTo = [...this.values];
    const onward = [...this.values];
    for (let i = 1; i < upTo.length; i++) upTo[i] = this.narrower(upTo[i - 1], upTo[i]);
    for (let i = onward.length - 2; i >= 0; i--) onward[i] = this.narrower(onward[i + 1], onward[i]);
    return { upTo, onward, from: [...this.from] };
  }

  private get loosest(): number {
    return this.isLower ? -Number.MAX_VALUE : Number.MAX_VALUE;
  }

  private narrower(a: number, b: number): number {
    return this.isLower ? Math.max(a, b) : Math.min(a, b);
  }

  private isNarrower(a: number, b: number): boolean {
    return this.isLower ? a > b : a < b;
  }
}

/** The bounds of a feature's splits, by the steps that hold for its bins. */
export class SteppedBounds implements SplitBounds {
  readonly left = { lower: 0, upper: 0 };
  readonly right = { lower: 0, upper: 0 };
  private readonly at = { leftLower: 0, leftUpper: 0, rightLower: 0, rightUpper: 0 };
  private readonly lower: ReturnType<BoundSteps['cumulated']>;
  private readonly upper: ReturnType<BoundSteps['cumulated']>;

  constructor(lower: BoundSteps, upper: BoundSteps) {
    this.lower = lower.cumulated();
    this.upper = upper.cumulated();
    this.begin(true);
  }

  begin(fromRight: boolean): void {
    const lower = fromRight ? this.lower.from.length - 1 : 0;
    const upper = fromRight ? this.upper.from.length - 1 : 0;
    Object.assign(this.at, { leftLower: lower, rightLower: lower, leftUpper: upper, rightUpper: upper });
    this.read();
  }

  moveTo(bin: number): void {
    const { at, lower, upper } = this;
    while (lower.from[at.leftLower] > bin - 1) at.leftLower--;
    while (lower.from[at.rightLower] > bin) at.rightLower--;
    while (upper.from[at.leftUpper] > bin - 1) at.leftUpper--;
    while (upper.from[at.rightUpper] > bin) at.rightUpper--;
    this.read();
  }

  private read(): void {
    const { at, lower, upper } = this;
    this.left.lower = lower.upTo[at.leftLower];
    this.left.upper = upper.upTo[at.leftUpper];
    this.right.lower = lower.onward[at.rightLower];
    this.right.upper = upper.onward[at.rightUpper];
  }
}
