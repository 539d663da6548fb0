export type { Bar } from './bar.js';
export { fromEpochDay, toEpochDay } from './epoch-day.js';
export { formatPrice } from './format-price.js';
export { frozenDays } from './frozen-days.js';
export { logReturns } from './log-returns.js';
export { type ParseSeriesOptions, type PriceSeries, parseSeries, sliceSeries } from './price-series.js';
export {
  type BarRepair,
  type BarRepairKind,
  describeRepairs,
  repairBars,
} from './repair-bars.js';
export { seriesAge } from './series-age.js';
export {
  type CalendarOptions,
  calendarFromDates,
  createCalendar,
  type TradingCalendar,
} from './trading-calendar.js';
export { addTradingDays } from './trading-days.js';
export { type WickBars, type WickLeak, wickLeak } from './wick-leak.js';
