/** How many bits native gives each half of a packed pair of sums. */
export type SumBits = 16 | 32;

/** Sums of quantised gradients and hessians, in units: the halves of one packed number of native's. */
export interface PackedSums {
  /** Signed. */
  readonly gradient: number;
  /** Unsigned. */
  readonly hessian: number;
}

/** Sums of a tree's root: in units, and as native has them in doubles. */
export interface RootSums {
  readonly gradient: number;
  readonly hessian: number;
  readonly units: PackedSums;
}

/** Returns how many bits native gives the sums of a leaf: as many as the largest sum that its rows could have. */
export function bitsFor(rows: number, bins: number): SumBits {
  return rows * bins < 65536 ? 16 : 32;
}

/**
 * Returns the halves that native reads from sums that it has packed into one number.
 *
 * Sums that are right fit their halves and stay as they are. Where native starts from wrong ones (see `GradientQuantizer`), a hessian
 * that falls below 0 borrows from the gradient.
 */
export function packed(gradient: number, hessian: number, bits: SumBits): PackedSums {
  const range = bits === 16 ? 0x10000 : 0x100000000;
  if (hessian >= 0 && hessian < range) return { gradient: signed(gradient, bits), hessian };
  const carry = Math.floor(hessian / range);
  return { gradient: signed(gradient + carry, bits), hessian: hessian - carry * range };
}

/** Returns sums of 32 bits in 16; what does not fit the lower half runs over into the upper. */
export function narrowed({ gradient, hessian }: PackedSums): PackedSums {
  const word = (gradient << 16) | (hessian | 0);
  return { gradient: word >> 16, hessian: word & 0xffff };
}

/** Returns a leaf's sums as a search of so many bits begins with them. */
export function asLeafSums({ gradient, hessian }: PackedSums, bits: SumBits): PackedSums {
  return bits === 32 ? { gradient, hessian } : { gradient: (gradient << 16) >> 16, hessian: hessian & 0xffff };
}

function signed(value: number, bits: SumBits): number {
  return bits === 16 ? (value << 16) >> 16 : value | 0;
}
