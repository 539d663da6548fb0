const SIZE = 624;
const SHIFT = 397;

/**
 * The generator of C++'s `std::mt19937`, with the distributions of GCC's library over it: what native rounds gradients by at random.
 *
 * @see Matsumoto, Nishimura (1998), Mersenne Twister
 */
export class MersenneTwister {
  private readonly state = new Uint32Array(SIZE);
  private at = SIZE;

  constructor(seed: number) {
    this.state[0] = seed >>> 0;
    for (let i = 1; i < SIZE; i++) {
      const before = this.state[i - 1] ^ (this.state[i - 1] >>> 30);
      this.state[i] = Math.imul(1812433253, before) + i;
    }
  }

  /** Returns a whole number of 32 bits, unsigned. */
  next(): number {
    if (this.at === SIZE) this.twist();
    let word = this.state[this.at++];
    word ^= word >>> 11;
    word ^= (word << 7) & 0x9d2c5680;
    word ^= (word << 15) & 0xefc60000;
    return (word ^ (word >>> 18)) >>> 0;
  }

  /** Returns a double in [0, 1), from two draws (`std::uniform_real_distribution`). */
  nextReal(): number {
    const low = this.next();
    const value = (low + this.next() * 2 ** 32) / 2 ** 64;
    return value < 1 ? value : 1 - 2 ** -53;
  }

  /**
   * Returns a whole number in [0, count), count below 2^31 (`std::uniform_int_distribution`).
   *
   * @see Lemire (2019), Fast Random Integer Generation in an Interval
   */
  nextBelow(count: number): number {
    for (;;) {
      const product = BigInt(this.next()) * BigInt(count);
      const low = Number(product & 0xffffffffn);
      if (low >= count || low >= 2 ** 32 % count) return Number(product >> 32n);
    }
  }

  private twist(): void {
    const { state } = this;
    for (let i = 0; i < SIZE; i++) {
      const mixed = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
      state[i] = state[(i + SHIFT) % SIZE] ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.at = 0;
  }
}
