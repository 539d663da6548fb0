/** The bins of one feature that may hold something in one leaf, ascending, and their sums. */
export class BinList {
  /** [length], longer where all bins are listed. */
  bins: Int32Array;
  length = 0;
  /** The i-th listed bin's sums of gradients and of hessians are `sums[start + 2 * i]` and the one after it. */
  sums: Float64Array;
  start = 0;
  private readonly everyBin: Int32Array;
  private readonly someBins: Int32Array;
  private readonly someSums: Float64Array;

  constructor(maxBins: number) {
    this.everyBin = Int32Array.from({ length: maxBins }, (_, bin) => bin);
    this.someBins = new Int32Array(maxBins);
    this.someSums = new Float64Array(2 * maxBins);
    this.bins = this.everyBin;
    this.sums = this.someSums;
  }

  /** Lists all bins below `numBin`. */
  all(numBin: number): void {
    this.bins = this.everyBin;
    this.length = numBin;
  }

  /** Lists the bins whose bits are set in words begin..end-1. */
  fromMask(masks: Int32Array, begin: number, end: number): void {
    const bins = this.someBins;
    let length = 0;
    for (let at = begin; at < end; at++) {
      const base = (at - begin) << 5;
      let word = masks[at];
      while (word !== 0) {
        bins[length++] = base + 31 - Math.clz32(word & -word);
        word &= word - 1;
      }
    }
    this.bins = bins;
    this.length = length;
  }

  /** Takes the listed bins' sums from a histogram whose pairs for this feature begin at `offset`; copies them if some bins are left out. */
  readSums(histogram: Float64Array, offset: number): void {
    if (this.bins === this.everyBin) {
      this.sums = histogram;
      this.start = offset;
      return;
    }
    const { someBins, someSums, length } = this;
    for (let i = 0; i < length; i++) {
      const at = offset + 2 * someBins[i];
      someSums[2 * i] = histogram[at];
      someSums[2 * i + 1] = histogram[at + 1];
    }
    this.sums = someSums;
    this.start = 0;
  }

  /** Returns where the sums of the first listed bin >= `bin` are, or where they would follow if there is none. */
  positionFrom(bin: number): number {
    const { bins, length, start } = this;
    if (bins === this.everyBin) return start + 2 * Math.min(bin, length);
    let i = 0;
    if (bin > 1) for (i = length; i > 0 && bins[i - 1] >= bin; i--);
    else while (i < length && bins[i] < bin) i++;
    return start + 2 * i;
  }

  /** Returns where the sums of a bin are, or -1 if it is not listed. */
  positionOf(bin: number): number {
    if (bin < 0) return -1;
    const at = this.positionFrom(bin);
    return at < this.start + 2 * this.length && this.bins[(at - this.start) >> 1] === bin ? at : -1;
  }
}
