import { isForecastError } from '../errors.js';

/** Returns whether the error means that the store itself is gone, so that going on with the next item is pointless. */
export function isStoreDown(error: unknown): boolean {
  return (
    isForecastError(error, 'STORE_CLOSED') ||
    isForecastError(error, 'STORE_FAILED') ||
    isForecastError(error, 'SCHEMA_TOO_NEW')
  );
}
