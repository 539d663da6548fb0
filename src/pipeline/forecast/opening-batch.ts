import { refuseUnknown } from '../../errors.js';
import { sessionOpen } from '../../markets/index.js';
import { addTradingDays } from '../../series/index.js';
import { type Context, requireStoring } from '../context.js';
import { todayOf } from '../fetch-series.js';
import { DAILY_BATCH_OPTIONS, type DailyBatchOptions, type DailyBatchReport, runBatch } from './daily-batch.js';

export type OpeningBatchOptions = DailyBatchOptions;

export interface OpeningBatchReport extends DailyBatchReport {
  /** Why nothing was forecast, where that is so: there is no session today, or it has opened. */
  skipped?: string;
}

/**
 * Forecasts every watched instrument anew before today's session opens, from the bars up to the session before: what other markets did since
 * the close is known by now (`withDrivers`).
 *
 * Stored on the same (code, base date, horizon) as issued before the 'open'; the forecast issued at the close stays beside it as `earlier`. An instrument
 * whose newest bar is older than the session before is left out: for it no session opens today.
 *
 * @throws ForecastError for a faulty call, or when the store is gone; the signal's reason when aborted
 * @example
 * await openingBatch(context, { codes: ['005930', '000660'] }); // at 08:30 in Seoul
 */
export async function openingBatch(context: Context, options: OpeningBatchOptions): Promise<OpeningBatchReport> {
  const where = 'openingBatch';
  const storing = requireStoring(where, context, options);
  refuseUnknown(where, options, DAILY_BATCH_OPTIONS);
  const { market, clock } = storing;
  const today = todayOf(storing);
  const skip = (skipped: string): OpeningBatchReport => ({ stored: [], failures: [], skipped });
  if (!market.calendar.isTradingDay(today)) return skip(`no session on ${today}`);
  if (clock() >= sessionOpen(market, today)) return skip(`the session of ${today} has opened`);
  const before = addTradingDays(today, -1, market.calendar);
  const wanted = (baseDate: string) => baseDate === before;
  return runBatch(storing, options, { where, to: before, issue: 'open', wanted });
}
