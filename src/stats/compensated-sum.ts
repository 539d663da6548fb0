/**
 * Returns the sum of the values with Neumaier's compensation: the error stays near one rounding however many there are.
 *
 * NaN and infinities carry through as in a plain sum; an empty input gives 0.
 * @see A. Neumaier, ZAMM 54 (1974) 39-51
 */
export function compensatedSum(values: ArrayLike<number>): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  // With an infinity the lost part is NaN, the sum itself is right.
  return Number.isFinite(sum) ? sum + lost : sum;
}
