import { ForecastError } from '../../src/errors.js';
import type { BarRange } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { checkCode, checkCount, checkDate } from '../../src/store/check-fields.js';

/** Refuses a code or range that no source can answer, and an aborted signal. @throws ForecastError `INVALID_KEY`, `INVALID_DATE`, `INVALID_ARGUMENT` */
export function checkBarRequest(code: string, range: BarRange, where: string): void {
  range.signal?.throwIfAborted();
  checkCode(code, { where, path: '' });
  const at = { where, path: 'range' };
  if (range.from !== undefined) checkDate(range.from, at, 'from');
  if (range.to !== undefined) checkDate(range.to, at, 'to');
  if (range.limit !== undefined) checkCount(range.limit, at, 'limit', 1);
}

/** Returns copies of the bars within the range, the newest `limit` of them; `bars` ascend by date. */
export function barsWithin(bars: readonly Bar[], { from, to, limit }: BarRange): Bar[] {
  let start = from === undefined ? 0 : firstNotBefore(bars, from);
  let end = bars.length;
  if (to !== undefined) {
    end = firstNotBefore(bars, to);
    if (end < bars.length && bars[end].date === to) end += 1;
  }
  if (limit !== undefined) start = Math.max(start, end - limit);
  return bars.slice(start, Math.max(start, end)).map((bar) => ({ ...bar }));
}

function firstNotBefore(bars: readonly Bar[], date: string): number {
  let low = 0;
  let high = bars.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (bars[middle].date < date) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Returns the error for an instrument that the source does not know. */
export function unknownCode(where: string, code: string, cause?: unknown): ForecastError {
  const details = { field: 'code', actual: code, ...(cause === undefined ? {} : { cause }) };
  return new ForecastError('UNKNOWN_CODE', `${where}: unknown code ${JSON.stringify(code)}`, details);
}
