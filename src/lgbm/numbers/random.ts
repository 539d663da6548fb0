/**
 * LightGBM's random generator: a linear congruential one over 32 bits, the multiplier and increment of Microsoft's C runtime.
 *
 * Not for anything but drawing what native LightGBM draws: rows for binning, bags, feature subsets, derived seeds.
 */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed >>> 0;
  }

  private next(): number {
    this.state = (Math.imul(214013, this.state) + 2531011) >>> 0;
    return this.state;
  }

  private next15(): number {
    return (this.next() >>> 16) & 0x7fff;
  }

  /** Returns a whole number in [low, high), for ranges up to 32,768. */
  nextShort(low: number, high: number): number {
    return (this.next15() % (high - low)) + low;
  }

  /** Returns a whole number in [low, high). */
  nextInt(low: number, high: number): number {
    return ((this.next() & 0x7fffffff) % (high - low)) + low;
  }

  /** Returns a multiple of 1/32768 in [0, 1). */
  nextFloat(): number {
    return this.next15() / 32768;
  }

  /** Returns `count` of the numbers 0..population-1, ascending; all of them without a draw if `count` equals `population`. */
  sample(population: number, count: number): Int32Array {
    if (count > population || count <= 0) return new Int32Array(0);
    const chosen = new Int32Array(count);
    if (count === population) {
      for (let i = 0; i < count; i++) chosen[i] = i;
      return chosen;
    }
    if (count > 1 && count > population / Math.log2(count)) return this.sampleBySelection(population, chosen);
    return this.sampleBySet(population, chosen);
  }

  /** Walks the population and takes each with the probability that is still needed; always ends with exactly `chosen.length`. */
  private sampleBySelection(population: number, chosen: Int32Array): Int32Array {
    let taken = 0;
    for (let i = 0; i < population; i++) {
      if (this.nextFloat() < (chosen.length - taken) / (population - i)) chosen[taken++] = i;
    }
    return chosen;
  }

  /** Floyd's algorithm: one draw for each chosen number. */
  private sampleBySet(population: number, chosen: Int32Array): Int32Array {
    const set = new Set<number>();
    for (let r = population - chosen.length; r < population; r++) {
      const drawn = this.nextInt(0, r + 1);
      set.add(set.has(drawn) ? r : drawn);
    }
    let i = 0;
    for (const value of set) chosen[i++] = value;
    return chosen.sort();
  }
}
