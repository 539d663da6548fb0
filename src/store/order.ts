import type { PredictionKey } from './records.js';

/**
 * Returns < 0, 0 or > 0 as `a` sorts before, with or after `b` by Unicode code point: the order of UTF-8 bytes, which
 * SQLite and Postgres (collation "C") use. JavaScript's own `<` differs above U+FFFF.
 */
export function compareCodes(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index);
    const right = b.charCodeAt(index);
    if (left === right) continue;
    const leftHigh = left >= 0xd800 && left <= 0xdfff;
    const rightHigh = right >= 0xd800 && right <= 0xdfff;
    return leftHigh === rightHigh ? left - right : leftHigh ? 1 : -1;
  }
  return a.length - b.length;
}

/** Returns the key as one text, for maps and messages. */
export function keyText(key: PredictionKey): string {
  return `${key.code} ${key.baseDate} h${key.horizon}`;
}
