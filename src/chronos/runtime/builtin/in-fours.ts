/** Returns `count` rounded up to whole vectors of four values. */
export function inFours(count: number): number {
  return 4 * Math.ceil(count / 4);
}
