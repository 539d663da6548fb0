import { weekdayCalendar } from '../series/index.js';
import { defineMarket, type Market } from './market.js';

/** The exchanges of the United States (NYSE, Nasdaq): New York, 09:30 to 16:00, dollars; the batch half an hour after the close. */
export const us: Market = defineMarket({
  name: 'us',
  calendar: weekdayCalendar,
  timeZone: 'America/New_York',
  opensAt: '09:30',
  closesAt: '16:00',
  flatBand: 0.003,
  currency: 'USD',
  schedule: { dailyBatch: '30 16 * * 1-5', matchOutcomes: '0 17 * * 1-5', retrainWeekly: '0 2 * * 0' },
});
