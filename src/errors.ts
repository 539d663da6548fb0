/** What went wrong, as a word that stays the same between major versions. Every code has a heading in docs/errors.md. */
export type ForecastErrorCode =
  // input
  | 'INVALID_ARGUMENT'
  | 'INVALID_HORIZON'
  | 'INVALID_DATE'
  | 'INVALID_BAR'
  | 'UNSORTED_DATES'
  | 'DUPLICATE_DATE'
  | 'EMPTY_SERIES'
  | 'SERIES_TOO_SHORT'
  | 'INVALID_CSV'
  // features and engines
  | 'LOOKAHEAD'
  | 'INVALID_PARAMETER'
  | 'UNSUPPORTED_PARAMETER'
  | 'INVALID_DATASET'
  | 'INVALID_MODEL'
  | 'UNSUPPORTED_MODEL'
  | 'MODEL_INCOMPLETE'
  | 'NO_MODEL'
  | 'UNKNOWN_GENERATION'
  | 'INVALID_CHECKPOINT'
  | 'UNSUPPORTED_CHECKPOINT'
  | 'RUNTIME_MISSING'
  | 'OUT_OF_MEMORY'
  | 'MODEL_DISPOSED'
  | 'DOWNLOAD_FAILED'
  // pipeline
  | 'NO_FORECAST'
  | 'INVALID_FORECAST'
  | 'FUTURE_BAR'
  | 'STALE_PRICES'
  // ports
  | 'UNKNOWN_CODE'
  | 'PRICE_SOURCE_FAILED'
  | 'INVALID_KEY'
  | 'ALREADY_MATCHED'
  | 'UNKNOWN_PREDICTION'
  | 'STORE_CLOSED'
  | 'STORE_BUSY'
  | 'STORE_FAILED'
  | 'SCHEMA_TOO_NEW'
  | 'CORRUPT_ROW'
  | 'TIMEOUT';

/** What a ForecastError carries beside its code. */
export interface ForecastErrorDetails {
  /** The name of the field, argument, column or key at fault. */
  field?: string | undefined;
  /** What would have been right, in words. */
  expected?: string | undefined;
  /** What came, as a short text. */
  actual?: string | undefined;
  cause?: unknown;
}

/**
 * The one error class of this library. `code` is the contract; the message is for people and may change.
 *
 * An aborted call is no ForecastError: it rejects with its signal's own reason.
 *
 * @example
 * try { await predict('005930', context) } catch (error) {
 *   if (isForecastError(error, 'UNKNOWN_CODE')) offerSearch();
 * }
 */
export class ForecastError extends Error {
  override readonly name = 'ForecastError';
  readonly code: ForecastErrorCode;
  readonly field?: string;
  readonly expected?: string;
  readonly actual?: string;

  constructor(code: ForecastErrorCode, message: string, details: ForecastErrorDetails = {}) {
    super(message, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.field !== undefined) this.field = details.field;
    if (details.expected !== undefined) this.expected = details.expected;
    if (details.actual !== undefined) this.actual = details.actual;
  }
}

/**
 * Returns a ForecastError for one field: "where: field must be expected, got actual".
 *
 * @example
 * throw invalid('INVALID_HORIZON', 'predict', 'horizon', 'a whole number of trading days >= 1', 0);
 */
export function invalid(
  code: ForecastErrorCode,
  where: string,
  field: string,
  expected: string,
  actual: unknown,
  cause?: unknown,
): ForecastError {
  const came = describe(actual);
  const details: ForecastErrorDetails = { field, expected, actual: came };
  if (cause !== undefined) details.cause = cause;
  return new ForecastError(code, `${where}: ${field} must be ${expected}, got ${came}`, details);
}

/**
 * Refuses keys that nobody would read: a misspelt option must not look like one that was taken.
 *
 * @param given what the host handed in; anything but an object is refused too
 * @param known every key that there is
 * A key whose value is undefined is absent.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the first unknown key and the known one nearest to it
 */
export function refuseUnknown(where: string, given: object | undefined, known: readonly string[]): void {
  if (given === undefined) return;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw invalid('INVALID_ARGUMENT', where, 'options', 'an object', given);
  }
  for (const [key, value] of Object.entries(given)) {
    if (value === undefined || known.includes(key)) continue;
    const nearest = nearestOf(key, known);
    const hint = nearest === undefined ? `one of ${known.join(', ')}` : `a known option: did you mean '${nearest}'?`;
    throw invalid('INVALID_ARGUMENT', where, key, hint, 'an unknown option');
  }
}

/** Returns the options that have a value: one that is undefined is one that was not given, and stands over no default. */
export function definedOf<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

/** Returns the known word that takes the fewest edits to become `word`, if at most half of it must change. */
function nearestOf(word: string, known: readonly string[]): string | undefined {
  const given = word.slice(0, 40).toLowerCase();
  const distances = known.map((candidate) => editDistance(given, candidate.toLowerCase()));
  const least = Math.min(...distances);
  return least <= Math.max(1, word.length / 2) ? known[distances.indexOf(least)] : undefined;
}

/** Levenshtein's distance: insertions, deletions and substitutions. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length];
}

/** Returns whether `error` is a ForecastError (of that code, if one is given), also across realms and duplicate packages. */
export function isForecastError(error: unknown, code?: ForecastErrorCode): error is ForecastError {
  if (!(error instanceof Error) || error.name !== 'ForecastError' || !('code' in error)) return false;
  return code === undefined || error.code === code;
}

/** Returns a short, one-line text for any value: strings quoted and cut at 80 characters, arrays by length. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 77)}...` : value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'function') return 'a function';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'an invalid Date' : value.toISOString();
  if (ArrayBuffer.isView(value)) return `a ${value.constructor.name}`;
  if (typeof value === 'object' && value !== null) return 'an object';
  return String(value);
}
