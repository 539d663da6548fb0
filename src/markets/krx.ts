import { krxCalendar } from '../series/index.js';
import { defineMarket, type Market } from './market.js';

/** The Korea Exchange (KOSPI, KOSDAQ): Seoul, 09:00 to 15:30, won; the batch half an hour after the close. */
export const krx: Market = defineMarket({
  name: 'krx',
  calendar: krxCalendar,
  timeZone: 'Asia/Seoul',
  opensAt: '09:00',
  closesAt: '15:30',
  flatBand: 0.003,
  currency: 'KRW',
  schedule: { dailyBatch: '0 16 * * 1-5', matchOutcomes: '30 16 * * 1-5', retrainWeekly: '0 2 * * 0' },
});
