import { ForecastError, invalid } from '../../src/errors.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { checkCode, checkDate } from '../../src/store/check-fields.js';
import { barsWithin, checkBarRequest, unknownCode } from './bar-range.js';

/**
 * Returns a price source over bars in memory. It takes a copy; bars may come in any order of dates.
 *
 * @param bars the bars by instrument code, as a Map or a plain object
 * @throws ForecastError `INVALID_KEY`, `INVALID_DATE`, `INVALID_ARGUMENT`, `DUPLICATE_DATE` naming code and bar
 *
 * @example
 * const prices = memoryPrices({ '005930': bars });
 */
export function memoryPrices(bars: ReadonlyMap<string, readonly Bar[]> | Record<string, readonly Bar[]>): PriceSource {
  const entries = bars instanceof Map ? bars : new Map(Object.entries(bars));
  const sorted = new Map<string, Bar[]>();
  for (const [code, series] of entries)
    sorted.set(checkCode(code, { where: 'memoryPrices', path: '' }), copyOf(code, series));
  return {
    async getBars(code, range) {
      checkBarRequest(code, range, 'memoryPrices');
      const series = sorted.get(code);
      if (series === undefined) throw unknownCode('memoryPrices', code);
      return barsWithin(series, range);
    },
    codes: async () => [...sorted.keys()].sort(),
  };
}

function copyOf(code: string, series: readonly Bar[]): Bar[] {
  if (!Array.isArray(series)) throw invalid('INVALID_ARGUMENT', 'memoryPrices', code, 'an array of bars', series);
  const copy = series.map((bar: Bar, index) => {
    checkDate(bar?.date, { where: 'memoryPrices', path: `${code}[${index}]` }, 'date');
    return { ...bar };
  });
  copy.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
  const twice = copy.findIndex((bar, index) => index > 0 && bar.date === copy[index - 1].date);
  if (twice === -1) return copy;
  const message = `memoryPrices: ${code} has two bars of ${copy[twice].date}`;
  throw new ForecastError('DUPLICATE_DATE', message, { field: 'date', actual: copy[twice].date });
}
