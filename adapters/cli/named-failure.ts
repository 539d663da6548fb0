import { isForecastError } from '../../src/errors.js';

/** What failed and why, as JSON and messages have it. */
export interface NamedFailure {
  readonly item: string;
  readonly code: string;
  readonly message: string;
}

/** Returns a failure by its item, code and message; causes stay out: they may hold what nobody should read in a log. */
export function namedFailure(item: string, error: unknown): NamedFailure {
  if (isForecastError(error)) return { item, code: error.code, message: error.message };
  return { item, code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}
