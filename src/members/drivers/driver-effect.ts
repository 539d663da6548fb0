import { invalid } from '../../errors.js';

/** What drivers do to an instrument's next closes, as learned. */
export interface DriverEffect {
  /** Codes of the drivers, in the order of the slopes. */
  readonly drivers: readonly string[];
  /** Volatilities of the instrument over the horizon that one volatility of the driver moves it by, one a driver. */
  readonly slopes: readonly number[];
  /** What is left of the spread once the drivers are known, in [0.5, 1]. */
  readonly narrowing: number;
}

/** Returns the text under which an effect is stored: JSON. */
export function effectToText({ drivers, slopes, narrowing }: DriverEffect): string {
  return JSON.stringify({ drivers, slopes, narrowing });
}

/** @throws ForecastError `INVALID_MODEL` for anything but drivers with one finite slope each and a narrowing in [0.5, 1] */
export function parseEffect(text: string, key: string): DriverEffect {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (cause) {
    throw invalid('INVALID_MODEL', key, 'text', 'JSON', text, cause);
  }
  const { drivers, slopes, narrowing } = (parsed ?? {}) as Record<string, unknown>;
  if (!Array.isArray(drivers) || !drivers.every((code) => typeof code === 'string')) {
    throw invalid('INVALID_MODEL', key, 'drivers', 'codes', drivers);
  }
  if (!Array.isArray(slopes) || slopes.length !== drivers.length || !slopes.every(Number.isFinite)) {
    throw invalid('INVALID_MODEL', key, 'slopes', `${drivers.length} finite numbers`, slopes);
  }
  if (typeof narrowing !== 'number' || !(narrowing >= 0.5 && narrowing <= 1)) {
    throw invalid('INVALID_MODEL', key, 'narrowing', 'in [0.5, 1]', narrowing);
  }
  return { drivers, slopes, narrowing };
}
