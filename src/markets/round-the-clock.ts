import { createCalendar } from '../series/index.js';
import { weekdayCalendar } from '../series/inside.js';
import { defineMarket, type Market } from './market.js';

/** Every day of the year, whole days of UTC, in dollars: what trades around the clock, such as crypto currencies. */
export const everyDay: Market = defineMarket({
  name: 'everyDay',
  calendar: createCalendar({ name: 'every day', closures: [], weekend: [] }),
  timeZone: 'UTC',
  opensAt: '00:00',
  closesAt: '24:00',
  flatBand: 0.003,
  currency: 'USD',
  schedule: { dailyBatch: '30 0 * * *', matchOutcomes: '0 1 * * *', retrainWeekly: '0 2 * * 0' },
});

/** Monday to Friday, whole days of UTC, holidays unknown, no currency: a plain ground for a market of one's own. */
export const weekdays: Market = defineMarket({
  name: 'weekdays',
  calendar: weekdayCalendar,
  timeZone: 'UTC',
  opensAt: '00:00',
  closesAt: '24:00',
  flatBand: 0.003,
  currency: 'XXX',
  // Friday's day ends as Saturday begins.
  schedule: { dailyBatch: '30 0 * * 2-6', matchOutcomes: '0 1 * * 2-6', retrainWeekly: '0 2 * * 0' },
});
