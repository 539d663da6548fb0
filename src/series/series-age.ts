import type { PriceSeries } from './price-series.js';
import type { TradingCalendar } from './trading-calendar.js';
import { tradingDaysBetween } from './trading-days.js';

/**
 * Returns how many trading days old the newest bar is: those after its day, up to and including `today`.
 *
 * 0 when it is today's; 1 on the next trading day until that day's bar is there, and on the closed days after it 0;
 * negative for a bar from after `today`.
 *
 * @param options options.today 'YYYY-MM-DD' on the exchange
 * @throws ForecastError `INVALID_DATE`
 * @example
 * const stale = seriesAge(series, { today: '2024-03-08', calendar: krx.calendar }) > 5;
 */
export function seriesAge(
  series: PriceSeries,
  { today, calendar }: { today: string; calendar: TradingCalendar },
): number {
  return tradingDaysBetween(series.dates[series.length - 1], today, calendar);
}
