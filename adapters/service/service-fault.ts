import { type ForecastErrorCode, isForecastError } from '../../src/errors.js';

/** A refusal that a caller may see: a status and words of our own, never those of a host's store, price source or member. */
export class ServiceFault extends Error {
  readonly status: number;
  readonly code: string;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, code: string, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** What callers are told of failures that are about what they asked for. */
const TOLD: Partial<Record<ForecastErrorCode, readonly [number, string]>> = {
  UNKNOWN_CODE: [404, 'the price source does not know this instrument'],
  INVALID_KEY: [400, 'the code is not one that prices or store can hold'],
  EMPTY_SERIES: [422, 'there are no prices of this instrument'],
  SERIES_TOO_SHORT: [422, 'there are too few prices of this instrument'],
  STALE_PRICES: [422, 'the prices of this instrument are too old'],
  NO_FORECAST: [422, 'no member can forecast this instrument'],
  ALREADY_MATCHED: [409, 'the forecast of this day has met its outcome and can no longer be replaced'],
  STORE_BUSY: [503, 'the store is busy; try again'],
  TIMEOUT: [504, 'a part of the service took too long'],
};

/** Returns what a caller is told of any failure. Messages and causes may hold addresses and keys: they stay in the host's log. */
export function faultOf(error: unknown): ServiceFault {
  if (error instanceof ServiceFault) return error;
  if (!isForecastError(error)) return new ServiceFault(500, 'INTERNAL', 'the service failed; its log says why');
  const [status, message] = TOLD[error.code] ?? [500, 'the service failed; its log says why'];
  return new ServiceFault(status, error.code, message);
}
