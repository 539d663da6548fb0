import { productError } from '../numbers/fused.js';

/** Up to this exponent, a power of ten is a double. */
const EXACT = 22;

/** 10^k = POWERS[k] + POWER_RESTS[k] exactly: the rest is the error of the product of two exact powers. */
const POWERS = Float64Array.from({ length: 2 * EXACT + 1 }, (_, k) => Number(`1e${k}`));
const POWER_RESTS = POWERS.map((power, k) => (k > EXACT ? productError(POWERS[EXACT], POWERS[k - EXACT], power) : 0));

/** Digits that 32 bits hold, whatever they are. */
const DIGITS_PER_PART = 9;

/** The quotient below is known to some 100 bits; one that lies nearer than this to a middle between doubles is left to `Number`. */
const UNSURE = 2 ** -98;

const LINE_FEED = 10;
const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const ZERO = 48;
const LOWER_E = 101;

/**
 * Reads the numbers of a line of ASCII text, in time linear in its length, whatever it holds.
 *
 * Gives the double that `Number` gives. Up to 18 digits and 44 places are computed in twice a double's precision, which settles nearly
 * all of them; the rest, and only they, become strings for `Number`.
 *
 * @see Clinger (1990), How to read floating point numbers accurately; Dekker (1971) for the arithmetic
 */
export class DecimalReader {
  /** Where the next word is looked for. */
  at = 0;

  /** @param bytes ASCII text; ends with a line feed. */
  constructor(private readonly bytes: Uint8Array) {}

  /**
   * Reads the line's next word as a number, or an infinity; words are separated by spaces.
   *
   * @returns NaN for a word that is neither, and where no word is left.
   */
  next(): number {
    const { bytes } = this;
    let at = this.at;
    while (bytes[at] === SPACE) at++;
    const begin = at;
    const isNegative = bytes[at] === MINUS;
    if (isNegative || bytes[at] === PLUS) at++;
    const first = at;
    let point = -1;
    // zeros before the first digit that counts
    for (; bytes[at] === ZERO || (bytes[at] === POINT && point < 0); at++) if (bytes[at] === POINT) point = at;
    let high = 0;
    let low = 0;
    let digits = 0;
    for (; ; at++) {
      const digit = bytes[at] - ZERO;
      if (digit >>> 0 > 9) {
        if (digit !== POINT - ZERO || point >= 0) break;
        point = at;
        continue;
      }
      if (digits < DIGITS_PER_PART) high = high * 10 + digit;
      else if (digits < 2 * DIGITS_PER_PART) low = low * 10 + digit;
      digits++;
    }
    if (at - first === (point < 0 ? 0 : 1)) return this.infinity(first, isNegative);
    let places = point < 0 ? 0 : at - point - 1;
    if ((bytes[at] | 32) === LOWER_E) {
      at++;
      const isBelow = bytes[at] === MINUS;
      if (isBelow || bytes[at] === PLUS) at++;
      const firstOfExponent = at;
      let exponent = 0;
      for (; (bytes[at] - ZERO) >>> 0 <= 9; at++) if (exponent < 1e6) exponent = exponent * 10 + bytes[at] - ZERO;
      if (at === firstOfExponent) return Number.NaN;
      places += isBelow ? exponent : -exponent;
    }
    if (bytes[at] !== SPACE && bytes[at] !== LINE_FEED) return Number.NaN;
    this.at = at;
    const magnitude = quotientOf(high, low, digits, places);
    if (Number.isNaN(magnitude)) return Number(textOf(bytes, begin, at));
    return isNegative ? -magnitude : magnitude;
  }

  /** Reads the line's next word as a whole number of at most 15 digits; NaN for any other word, and where none is left. */
  nextWhole(): number {
    const { bytes } = this;
    let at = this.at;
    while (bytes[at] === SPACE) at++;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    const first = at;
    let value = 0;
    for (; ; at++) {
      const digit = bytes[at] - ZERO;
      if (digit >>> 0 > 9) break;
      value = value * 10 + digit;
    }
    if (at === first || at - first > 15 || (bytes[at] !== SPACE && bytes[at] !== LINE_FEED)) return Number.NaN;
    this.at = at;
    return isNegative ? -value : value;
  }

  /** Returns whether nothing but spaces is left of the line. */
  isDone(): boolean {
    while (this.bytes[this.at] === SPACE) this.at++;
    return this.bytes[this.at] === LINE_FEED;
  }

  private infinity(begin: number, isNegative: boolean): number {
    let end = begin;
    while (end - begin < 9 && this.bytes[end] !== SPACE && this.bytes[end] !== LINE_FEED) end++;
    const name = textOf(this.bytes, begin, end).toLowerCase();
    if (name !== 'inf' && name !== 'infinity') return Number.NaN;
    this.at = end;
    return isNegative ? -Infinity : Infinity;
  }
}

/** Returns the digits over 10^places, or NaN where that is not certain to be rounded right. */
function quotientOf(high: number, low: number, digits: number, places: number): number {
  if (digits === 0) return 0;
  if (digits > 2 * DIGITS_PER_PART) return Number.NaN;
  const shift = digits > DIGITS_PER_PART ? POWERS[digits - DIGITS_PER_PART] : 1;
  const product = high * shift;
  if (digits <= 15 && places <= EXACT && places >= -EXACT) {
    // whole number and power are exact: one operation rounds once
    return places >= 0 ? (product + low) / POWERS[places] : (product + low) * POWERS[-places];
  }
  if (places < 0 || places >= POWERS.length) return Number.NaN;
  const whole = product + low;
  const wholeRest = low - (whole - product) + productError(high, shift, product);
  const power = POWERS[places];
  const quotient = whole / power;
  const taken = quotient * power;
  const left = whole - taken - productError(quotient, power, taken) + (wholeRest - quotient * POWER_RESTS[places]);
  const correction = left / power;
  const sum = quotient + correction;
  const rest = correction - (sum - quotient);
  const unsure = sum * UNSURE;
  return sum + (rest + unsure) === sum && sum + (rest - unsure) === sum ? sum : Number.NaN;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return new TextDecoder().decode(bytes.subarray(from, to));
}
