import { describe, ForecastError } from '../errors.js';

/**
 * Refuses options with a key that nobody reads: a misspelt option would else be its default without a word. Keys whose value is
 * undefined are absent.
 *
 * @param where the function, for the error
 * @throws ForecastError INVALID_ARGUMENT, naming the known key that is nearest
 */
export function checkKeys(options: object, known: readonly string[], where: string): void {
  for (const [key, value] of Object.entries(options)) {
    if (value === undefined || known.includes(key)) continue;
    const nearest = known.reduce((best, one) => (distance(key, one) < distance(key, best) ? one : best));
    const hint = distance(key, nearest) <= Math.max(2, key.length / 3) ? ` (did you mean ${nearest}?)` : '';
    const expected = `one of ${known.join(', ')}`;
    throw new ForecastError(
      'INVALID_ARGUMENT',
      `${where}: there is no option ${describe(key)}${hint}; it must be ${expected}`,
      {
        field: key,
        expected,
        actual: describe(value),
      },
    );
  }
}

/** The least number of characters to insert, remove or replace that makes `b` of `a`, whatever their case (Levenshtein). */
function distance(a: string, b: string): number {
  const [from, to] = [a.slice(0, 40).toLowerCase(), b.toLowerCase()];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++)
      next.push(Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (from[i - 1] === to[j - 1] ? 0 : 1)));
    row = next;
  }
  return row[to.length];
}
