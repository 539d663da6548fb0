import { ServiceFault } from './service-fault.js';

/** What is asked for. */
export interface ForecastQuestion {
  codes: string[];
  horizons: number[];
  store: boolean;
}

/** Returns a forecast request's fields, checked; `given` comes from a body or, as texts, from a query. @throws ServiceFault 400 naming the field */
export function forecastQuestion(
  given: Record<string, unknown>,
  { horizons: usual, maxCodes }: { horizons: readonly number[]; maxCodes: number },
): ForecastQuestion {
  const unknown = Object.keys(given).find((key) => !['codes', 'horizons', 'store'].includes(key));
  if (unknown !== undefined) throw refuse('the request', 'made of codes, horizons and store only');
  const { codes, horizons = usual, store = false } = given;
  if (!isTexts(codes) || codes.length === 0 || codes.length > maxCodes) {
    throw refuse('codes', `1 to ${maxCodes} texts of 1 to 100 characters`);
  }
  if (typeof store !== 'boolean') throw refuse('store', 'true or false');
  return { codes: [...new Set(codes)], horizons: checkedHorizons(horizons), store };
}

/** Returns numbers of trading days, unique and ascending. @throws ServiceFault 400 */
export function checkedHorizons(horizons: unknown): number[] {
  const isHorizon = (horizon: unknown) => Number.isInteger(horizon) && Number(horizon) >= 1 && Number(horizon) <= 64;
  if (!Array.isArray(horizons) || horizons.length === 0 || horizons.length > 16 || !horizons.every(isHorizon)) {
    throw refuse('horizons', '1 to 16 whole numbers from 1 to 64');
  }
  return [...new Set(horizons as number[])].sort((a, b) => a - b);
}

/** Returns a query's "1,3,5" as numbers; undefined as it is. A code stays text: it never comes here. */
export function numbersOf(text: string | null): number[] | undefined {
  return text === null
    ? undefined
    : text.split(',').map((part) => (/^\d{1,4}$/.test(part) ? Number(part) : Number.NaN));
}

/** Returns the fault of a field of a request. */
export function refuse(field: string, expected: string): ServiceFault {
  return new ServiceFault(400, 'INVALID_ARGUMENT', `${field} must be ${expected}`);
}

function isTexts(value: unknown): value is string[] {
  return (
    Array.isArray(value) && value.every((text) => typeof text === 'string' && text.trim() !== '' && text.length <= 100)
  );
}
