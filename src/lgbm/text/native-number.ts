import { formatG } from './format-number.js';
import type { Tree } from './tree.js';

/**
 * Returns the number that native reads from text by the fast way that it has for what predictions do not depend on: whole and
 * fractional digits are put together in doubles, each step rounded.
 *
 * @param text A decimal number as `formatG` writes it.
 */
export function nativeNumber(text: string): number {
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-])(\d+))?$/.exec(text);
  // a word: NaN stays one, and infinity becomes a large number
  if (!parts) return text.endsWith('inf') ? (text.startsWith('-') ? -1e308 : 1e308) : Number.NaN;
  const [, minus, whole, fraction = '', sign = '+', exponent = '0'] = parts;
  let value = digitsOf(whole);
  if (fraction !== '') value += digitsOf(fraction) / power(10, fraction.length);
  let scale = 1;
  let left = Math.min(Number(exponent), 308);
  for (; left >= 50; left -= 50) scale *= 1e50;
  for (; left >= 8; left -= 8) scale *= 1e8;
  for (; left > 0; left--) scale *= 10;
  const scaled = sign === '-' ? value / scale : value * scale;
  return minus === '-' ? -scaled : scaled;
}

function digitsOf(text: string): number {
  let value = 0;
  for (let i = 0; i < text.length; i++) value = value * 10 + (text.charCodeAt(i) - 48);
  return value;
}

function power(base: number, exponent: number): number {
  if (exponent === 0) return 1;
  if (exponent % 2 === 0) return power(base * base, exponent / 2);
  if (exponent % 3 === 0) return power(base * base * base, exponent / 3);
  return base * power(base, exponent - 1);
}

/** Returns a tree that was read from text with the numbers that native has after reading it: they differ in the last bits. */
export function asNativeReads(tree: Tree): Tree {
  const again = (value: number) => nativeNumber(formatG(value, 6));
  return {
    ...tree,
    splitGain: tree.splitGain.map((gain) => Math.fround(again(gain))),
    internalValue: tree.internalValue.map(again),
    internalWeight: tree.internalWeight.map(again),
    shrinkage: again(tree.shrinkage),
  };
}
