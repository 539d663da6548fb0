/** Mean and spread of a series, by which a network's input is normalised and its output restored. */
export interface LocScale {
  readonly loc: number;
  readonly scale: number;
}

/** What stands for the scale of a series that does not vary. */
const FLAT_SCALE = 1e-5;

/**
 * Returns the mean and the population standard deviation of the observed values (not NaN): location 0 and scale 1 when
 * there are none, scale 1e-5 when all are equal.
 *
 * Sums are in float64, where the reference sums in float32; results agree to float32's rounding.
 */
export function locScale(values: Float64Array): LocScale {
  let observed = 0;
  let sum = 0;
  let least = Infinity;
  let greatest = -Infinity;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    observed++;
    sum += value;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  if (observed === 0) return { loc: 0, scale: 1 };
  // Not left to the sums: their rounding would give equal values a spread of about 1e-17.
  if (least === greatest) return { loc: least, scale: FLAT_SCALE };
  const loc = sum / observed;
  // In units of the widest deviation, so that no square overflows or vanishes.
  const widest = Math.max(greatest - loc, loc - least);
  let squares = 0;
  for (const value of values) if (!Number.isNaN(value)) squares += ((value - loc) / widest) ** 2;
  return { loc, scale: widest * Math.sqrt(squares / observed) };
}
