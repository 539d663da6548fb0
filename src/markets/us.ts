import { createCalendar } from '../series/index.js';
import { datesOf, hoursByDate } from './dated-tables.js';
import { defineMarket, type Market } from './market.js';
import { XNYS_CLOSURES, XNYS_SPECIAL_SESSIONS } from './xnys-sessions.js';

/**
 * The exchanges of the United States (NYSE, Nasdaq): New York, dollars, 09:30 to 16:00; the batch at 16:30.
 *
 * The calendar knows closures from 1990 to 2050, holidays, days of mourning, September 2001 and the hurricane of 2012; outside
 * those years weekends only. Sessions close at 13:00 (14:00 until 1992) around Independence Day, Thanksgiving and Christmas.
 * From 2029 both are projected. docs/markets.md says where the days come from and what they were compared with.
 */
export const us: Market = defineMarket({
  name: 'us',
  calendar: createCalendar({ name: 'NYSE', closures: datesOf(XNYS_CLOSURES), projectedFrom: '2029-01-01' }),
  timeZone: 'America/New_York',
  opensAt: '09:30',
  closesAt: '16:00',
  specialHours: hoursByDate(XNYS_SPECIAL_SESSIONS),
  flatBand: 0.003,
  currency: 'USD',
  schedule: { dailyBatch: '30 16 * * 1-5', matchOutcomes: '0 17 * * 1-5', retrainWeekly: '0 2 * * 0' },
});
