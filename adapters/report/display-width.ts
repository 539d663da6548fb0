/** Blocks whose characters take two cells in a terminal: East Asian Wide and Fullwidth (Unicode 16, UAX #11), and emoji. */
const WIDE = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97c],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1faff],
  [0x20000, 0x3fffd],
] as const;

/** Marks that combine, joiners, and the vowels and finals of decomposed Hangul, which join their initial. */
const NO_WIDTH = /\p{Mn}|\p{Me}|\p{Cf}|[\u1160-\u11ff]/u;

/** Returns how many cells of a terminal the text takes, for example 2 for each Hangul syllable. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const sign of text) {
    if (NO_WIDTH.test(sign)) continue;
    const point = sign.codePointAt(0) ?? 0;
    width += WIDE.some(([from, to]) => point >= from && point <= to) ? 2 : 1;
  }
  return width;
}

/** Returns the text filled up with spaces to a width in cells; longer text stays as it is. */
export function padDisplay(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const filling = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'right' ? filling + text : text + filling;
}

/** Returns the text cut to a width in cells, with '...' where something was lost. */
export function cutDisplay(text: string, width: number): string {
  if (displayWidth(text) <= width) return text;
  let cut = '';
  let room = width - 3;
  for (const sign of text) {
    room -= displayWidth(sign);
    if (room < 0) break;
    cut += sign;
  }
  return width < 3 ? '.'.repeat(Math.max(0, width)) : `${cut}...`;
}

/** Returns the text without control characters: what comes from outside must not steer the terminal. */
export function plainText(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}
