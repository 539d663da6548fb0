/** The sign between whole and fraction. */
export type DecimalSign = '.' | ',';

/** No number of a price file is longer; what is, is none, so that no cell costs more than its own length. */
const LONGEST = 40;
const MISSING = new Set(['', 'null', 'nan', 'na', 'n/a', '#n/a', 'none', '-', '--', '–', '—']);
const SCALES: Record<string, string> = { k: 'e3', m: 'e6', b: 'e9', t: 'e12' };

/** Returns whether a cell says that there is no number: empty, null, NaN, N/A, None, a dash. */
export function isMissing(cell: string): boolean {
  const first = cell.charCodeAt(0);
  if (first >= 0x30 && first <= 0x39) return false;
  return cell.length <= LONGEST && MISSING.has(cell.trim().toLowerCase());
}

/**
 * Returns the number that a cell says, undefined if it says none: digits with a decimal sign, thousands grouped by the other sign, a
 * space or an apostrophe, an exponent, a sign, a currency sign before it, and in volumes K, M, B or T behind it.
 *
 * Groups stand only where they belong: with a decimal point '1,234' is a number, '1,23' is none.
 */
export function readNumber(cell: string, decimal: DecimalSign, scaled: boolean): number | undefined {
  if (decimal === '.' && cell.length <= LONGEST && /^\d+(\.\d+)?$/.test(cell)) return Number(cell);
  const text = cell.trim().replace(/^([+-]?)[$€£¥₩]\s?/, '$1');
  if (text.length === 0 || text.length > LONGEST) return undefined;
  const scale = scaled ? SCALES[text[text.length - 1].toLowerCase()] : undefined;
  const bare = scale === undefined ? text : text.slice(0, -1).trimEnd();
  const group = decimal === '.' ? ',' : '.';
  const exponent = bare.search(/e/i);
  const mantissa = exponent === -1 ? bare : bare.slice(0, exponent);
  const power = exponent === -1 ? '' : bare.slice(exponent);
  if (power !== '' && (scale !== undefined || !/^e[+-]?\d+$/i.test(power))) return undefined;
  const point = mantissa.indexOf(decimal);
  const whole = ungrouped(point === -1 ? mantissa : mantissa.slice(0, point), group);
  const fraction = point === -1 ? '' : mantissa.slice(point + 1);
  if (whole === undefined || !/^\d*$/.test(fraction) || !/\d/.test(whole + fraction)) return undefined;
  const value = Number(`${whole}.${fraction}`.replace(/\.$/, '') + power + (scale ?? ''));
  return Number.isFinite(value) ? value : undefined;
}

/** Returns the whole part without its groups, undefined where a group has not three digits. */
function ungrouped(whole: string, group: string): string | undefined {
  const sign = /^[+-]/.test(whole) ? whole[0] : '';
  const digits = whole.slice(sign.length);
  if (/^\d*$/.test(digits)) return whole;
  const separator = [group, ' ', '\u00a0', '\u202f', "'", '’'].find((candidate) => digits.includes(candidate));
  if (separator === undefined) return undefined;
  const groups = digits.split(separator);
  const fits = groups.every(
    (part, index) => /^\d+$/.test(part) && (index === 0 ? part.length <= 3 : part.length === 3),
  );
  return fits ? sign + groups.join('') : undefined;
}

/**
 * Returns what a cell shows of the file's decimal sign: '.' or ',' where only one reading is possible, 'either' for '1,234' or
 * '1.234', undefined for a cell without either sign.
 */
export function decimalSignOf(cell: string): DecimalSign | 'either' | undefined {
  if (cell.length > LONGEST || !/[.,]/.test(cell)) return undefined;
  const asPoint = readNumber(cell, '.', true) !== undefined;
  const asComma = readNumber(cell, ',', true) !== undefined;
  if (asPoint && asComma) return 'either';
  return asPoint ? '.' : asComma ? ',' : undefined;
}
