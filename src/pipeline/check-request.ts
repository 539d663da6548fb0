import { invalid } from '../errors.js';

/**
 * Returns the horizons, unique and ascending.
 *
 * @throws ForecastError `INVALID_HORIZON` unless there is at least one and each is a whole number >= 1
 */
export function checkHorizons(where: string, horizons: readonly number[]): number[] {
  if (!Array.isArray(horizons) || horizons.length === 0) {
    throw invalid('INVALID_HORIZON', where, 'horizons', 'at least one number of trading days', horizons);
  }
  for (const horizon of horizons) {
    if (!Number.isInteger(horizon) || horizon < 1) {
      throw invalid('INVALID_HORIZON', where, 'horizons', 'whole numbers of trading days >= 1', horizon);
    }
  }
  return [...new Set(horizons)].sort((a, b) => a - b);
}

/** @throws ForecastError `INVALID_ARGUMENT` unless there is at least one code and each is a non-empty text */
export function checkCodes(where: string, codes: readonly string[]): string[] {
  if (!Array.isArray(codes) || codes.length === 0) {
    throw invalid('INVALID_ARGUMENT', where, 'codes', 'at least one instrument', codes);
  }
  for (const code of codes) checkCode(where, code);
  return [...new Set(codes)];
}

/** @throws ForecastError `INVALID_ARGUMENT` unless the code is a non-empty text */
export function checkCode(where: string, code: string): void {
  if (typeof code !== 'string' || code.trim() === '') {
    throw invalid('INVALID_ARGUMENT', where, 'code', 'a non-empty text', code);
  }
}

/** @throws ForecastError `INVALID_ARGUMENT` unless it is a whole number >= 0 */
export function checkDays(where: string, field: string, days: number): number {
  if (Number.isInteger(days) && days >= 0) return days;
  throw invalid('INVALID_ARGUMENT', where, field, 'a whole number of trading days >= 0', days);
}
