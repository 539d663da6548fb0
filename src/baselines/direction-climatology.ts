import { invalid } from '../errors.js';
import { checkOpenUnit, checkOptions, logPrices } from './check-options.js';

/**
 * Returns how often each direction came over the closes given: the shares of all past (overlapping) returns over `horizon` days, with one third
 * of an outcome of each added, so that none is impossible.
 *
 * @param closes oldest first, finite, > 0, more than `horizon`
 * @param options options.horizon trading days, a whole number >= 1; options.flatBand half-width of the flat band as a simple return, in (0, 1); default 0.003
 * @returns three shares, together 1
 * @throws ForecastError `SERIES_TOO_SHORT` if no return over the horizon is known yet; `INVALID_ARGUMENT` for a price or band out of
 * range; `INVALID_HORIZON` if horizon < 1 or fractional
 */
export function directionClimatology(
  closes: ArrayLike<number>,
  { horizon, flatBand = 0.003 }: { horizon: number; flatBand?: number | undefined },
): { probUp: number; probFlat: number; probDown: number } {
  const where = 'directionClimatology';
  checkOptions(where, { horizon });
  checkOpenUnit(where, 'flatBand', flatBand);
  if (closes.length <= horizon) {
    throw invalid('SERIES_TOO_SHORT', where, 'closes', `more than ${horizon} closes`, `${closes.length} closes`);
  }
  logPrices(where, 'closes', closes);
  const outcomes = closes.length - horizon;
  let [up, down] = [1 / 3, 1 / 3];
  for (let t = 0; t < outcomes; t++) {
    const simpleReturn = closes[t + horizon] / closes[t] - 1;
    if (simpleReturn > flatBand) up++;
    else if (simpleReturn < -flatBand) down++;
  }
  const total = outcomes + 1;
  return { probUp: up / total, probFlat: (total - up - down) / total, probDown: down / total };
}
