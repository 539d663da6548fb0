/**
 * Returns the seed of an instrument's sample paths on a day: FNV-1a over 'code@baseDate', 32 bits.
 *
 * The same forecast made twice draws the same paths; another day or instrument draws others, so that the luck of one draw
 * does not lean every forecast the same way.
 * @see Fowler, Noll, Vo: FNV hash, IETF draft-eastlake-fnv
 */
export function pathSeed(code: string, baseDate: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(`${code}@${baseDate}`)) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
