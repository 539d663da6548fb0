import { invalid } from '../errors.js';

/**
 * Returns a price as text that always has enough digits: none after the point for whole prices from 100 on (won, yen), two for
 * others from 1 on, below 1 as many as show `significant` digits (0.000008400, never 0.00).
 *
 * Thousands are grouped by commas, the decimal sign is a point; numbers from 1e21 on are in scientific notation.
 *
 * @param price finite
 * @param options options.significant: the least number of significant digits below 1; 4 unless given, 1 to 17
 *   options.digits: how many digits stand after the point at least, whatever the price; so that a column is written alike
 * @throws ForecastError `INVALID_ARGUMENT`
 * @example
 * formatPrice(73300); // '73,300'
 * formatPrice(8.4e-6); // '0.000008400'
 */
export function formatPrice(
  price: number,
  { significant = 4, digits = 0 }: { significant?: number | undefined; digits?: number | undefined } = {},
): string {
  if (!Number.isFinite(price)) throw invalid('INVALID_ARGUMENT', 'formatPrice', 'price', 'finite', price);
  checkDigits('significant', significant, 1, 17);
  checkDigits('digits', digits, 0, 20);
  const decimals = Math.max(digits, decimalsOf(Math.abs(price), significant));
  if (decimals > 100) return price.toExponential(significant - 1);
  const text = price.toFixed(decimals);
  if (text.includes('e')) return text;
  const point = text.indexOf('.');
  const whole = point === -1 ? text : text.slice(0, point);
  return whole.replace(/\B(?=(\d{3})+$)/g, ',') + (point === -1 ? '' : text.slice(point));
}

function decimalsOf(size: number, significant: number): number {
  if (size === 0) return 2;
  if (size >= 1) return size >= 100 && Number.isInteger(size) ? 0 : 2;
  // the exponent as printed, so that 0.99996 is rounded to 1.000 and no digit is lost to a logarithm
  const exponent = Number(size.toExponential(significant - 1).split('e')[1]);
  return Math.max(2, significant - 1 - exponent);
}

function checkDigits(field: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  throw invalid('INVALID_ARGUMENT', 'formatPrice', field, `a whole number from ${low} to ${high}`, value);
}
