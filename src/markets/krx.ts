import { createCalendar } from '../series/index.js';
import { datesOf, hoursByDate } from './dated-tables.js';
import { defineMarket, type Market } from './market.js';
import { XKRX_CLOSURES, XKRX_SPECIAL_SESSIONS } from './xkrx-sessions.js';

/**
 * The Korea Exchange (KOSPI, KOSDAQ): Seoul, won, 09:00 to 15:30 (to 15:00 until July 2016); the batch at 16:00,
 * that before the open at 08:30.
 *
 * The calendar knows closures from 2000 to 2050, holidays and their substitutes, elections, temporary holidays and the last
 * weekday of the year; outside those years weekends only. From 2028 they are projected: governments add days at short notice.
 * Sessions open at 10:00 on the first day of the year and, closing an hour later, on the day of the College Scholastic
 * Ability Test. docs/markets.md says where the days come from and what they were compared with.
 */
export const krx: Market = defineMarket({
  name: 'krx',
  calendar: createCalendar({ name: 'KRX', closures: datesOf(XKRX_CLOSURES), projectedFrom: '2028-01-01' }),
  timeZone: 'Asia/Seoul',
  opensAt: '09:00',
  closesAt: '15:30',
  formerHours: [{ until: '2016-07-31', opensAt: '09:00', closesAt: '15:00' }],
  specialHours: hoursByDate(XKRX_SPECIAL_SESSIONS),
  flatBand: 0.003,
  currency: 'KRW',
  schedule: {
    openingBatch: '30 8 * * 1-5',
    dailyBatch: '0 16 * * 1-5',
    matchOutcomes: '30 16 * * 1-5',
    retrainWeekly: '0 2 * * 0',
  },
});
