import { type ForecastError, invalid } from '../../errors.js';

/** Returns the error for a model text whose `field` is not as expected. */
export function modelFault(
  field: string,
  expected: string,
  actual: unknown,
  code: 'INVALID_MODEL' | 'UNSUPPORTED_MODEL' = 'INVALID_MODEL',
): ForecastError {
  return invalid(code, 'parseModel', field, expected, actual);
}
