/** 97.5 % quantile of the standard normal distribution. */
const Z = 1.959963984540054;

/**
 * Returns Wilson's 95 % score interval of a share.
 *
 * @param share observed, in [0, 1]
 * @param count independent trials behind it, > 0; need not be whole
 * @see Wilson 1927, JASA 22(158), 209-212
 */
export function wilsonInterval(share: number, count: number): { low: number; high: number } {
  const shrink = 1 + (Z * Z) / count;
  const centre = (share + (Z * Z) / (2 * count)) / shrink;
  const half = (Z / shrink) * Math.sqrt((share * (1 - share)) / count + (Z * Z) / (4 * count * count));
  return { low: Math.max(0, centre - half), high: Math.min(1, centre + half) };
}
