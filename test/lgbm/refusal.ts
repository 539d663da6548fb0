import { isForecastError } from '../../src/errors.js';

/** Returns the code and the field of the error that a call is refused with; undefined if it is not. Other errors are thrown on. */
export function refusalOf(run: () => unknown): string | undefined {
  try {
    run();
  } catch (error) {
    if (isForecastError(error)) return `${error.code} ${error.field}`;
    throw error;
  }
  return undefined;
}
