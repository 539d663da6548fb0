/**
 * Returns `value` as C's `%.{precision}g` prints it: the text of every number in a LightGBM model.
 *
 * JavaScript rounds exact decimal ties up where C rounds them to even (2764.125 with 6 digits is 2764.12 in C), so ties are
 * found by asking for more digits than a tie can have.
 *
 * @param precision Significant digits, 1 to 17.
 */
export function formatG(value: number, precision: number): string {
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value) && Math.abs(value) < 1e5 && precision >= 5) return String(value);

  const text = roundedToEven(Math.abs(value), precision);
  const mark = text.indexOf('e');
  const exponent = Number(text.slice(mark + 1));
  const digits = text.slice(0, mark).replace('.', '');
  const sign = value < 0 ? '-' : '';
  if (exponent < -4 || exponent >= precision) return sign + scientific(digits, exponent);
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${withoutTrailingZeros(digits)}`;
  const whole = digits.slice(0, exponent + 1);
  const fraction = withoutTrailingZeros(digits.slice(exponent + 1));
  return sign + (fraction === '' ? whole : `${whole}.${fraction}`);
}

/** A double has at most 17 digits that matter, but its exact tie may need more: 20 beyond the precision always show it. */
const EXTRA_DIGITS = 20;

function roundedToEven(magnitude: number, precision: number): string {
  const rounded = magnitude.toExponential(precision - 1);
  const long = magnitude.toExponential(precision + EXTRA_DIGITS);
  const mark = long.indexOf('e');
  const digits = long.slice(0, mark).replace('.', '');
  const isTie = /^50*$/.test(digits.slice(precision));
  const keptIsEven = (digits.charCodeAt(precision - 1) & 1) === 0;
  if (!isTie || !keptIsEven) return rounded;
  const kept = precision === 1 ? digits.slice(0, 1) : `${digits.slice(0, 1)}.${digits.slice(1, precision)}`;
  return kept + long.slice(mark);
}

function scientific(digits: string, exponent: number): string {
  const fraction = withoutTrailingZeros(digits.slice(1));
  const mantissa = fraction === '' ? digits.slice(0, 1) : `${digits.slice(0, 1)}.${fraction}`;
  const size = Math.abs(exponent);
  return `${mantissa}e${exponent < 0 ? '-' : '+'}${size < 10 ? '0' : ''}${size}`;
}

function withoutTrailingZeros(digits: string): string {
  let end = digits.length;
  while (end > 0 && digits.charCodeAt(end - 1) === 48) end--;
  return digits.slice(0, end);
}
