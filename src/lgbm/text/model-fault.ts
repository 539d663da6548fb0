import { type ForecastError, invalid } from '../../errors.js';

/** Makes the error for a model whose `field` is not as expected. */
export type ModelFault = (field: string, expected: string, actual: unknown) => Error;

/** Returns the error for a model text whose `field` is not as expected. */
export function modelFault(
  field: string,
  expected: string,
  actual: unknown,
  code: 'INVALID_MODEL' | 'UNSUPPORTED_MODEL' = 'INVALID_MODEL',
): ForecastError {
  return invalid(code, 'parseModel', field, expected, actual);
}
