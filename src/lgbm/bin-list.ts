/** The bins of one feature that may hold something in one leaf, ascending. */
export class BinList {
  readonly bins: Int32Array;
  length = 0;

  constructor(maxBins: number) {
    this.bins = new Int32Array(maxBins);
  }

  /** Lists all bins below `numBin`. */
  all(numBin: number): void {
    const { bins } = this;
    for (let bin = 0; bin < numBin; bin++) bins[bin] = bin;
    this.length = numBin;
  }

  /** Lists the bins whose bits are set in words begin..end-1. */
  fromMask(masks: Int32Array, begin: number, end: number): void {
    const { bins } = this;
    let length = 0;
    for (let at = begin; at < end; at++) {
      const base = (at - begin) << 5;
      let word = masks[at];
      while (word !== 0) {
        bins[length++] = base + 31 - Math.clz32(word & -word);
        word &= word - 1;
      }
    }
    this.length = length;
  }
}
