import { sessionClose, sessionOpen } from '../../markets/index.js';
import { addTradingDays, fromEpochDay, toEpochDay } from '../../series/index.js';
import { dateInZone } from '../../series/inside.js';
import type { PredictionRecord } from '../../store/records.js';
import type { Context } from '../context.js';

/**
 * Returns whether a forecast counts as issued at the close, or before the open: 'open' once a session of some member's driver may have ended
 * between the base bar's close and the moment of issue, whoever asked for the forecast. So what is learned at the close never rests on a forecast
 * that knew more.
 */
export function issueOf(
  { baseDate, issuedAt }: { baseDate: string; issuedAt: Date },
  { members, market }: Pick<Context, 'members' | 'market'>,
): PredictionRecord['issue'] {
  const driven = members.filter(({ drivers = [] }) => drivers.length > 0);
  if (driven.length === 0) return 'close';
  const from = sessionClose(market, baseDate);
  const opens = sessionOpen(market, addTradingDays(baseDate, 1, market.calendar));
  const to = opens < issuedAt ? opens : issuedAt;
  const ended = (driver: Context['market']) => {
    const first = toEpochDay(dateInZone(from, driver.timeZone)) - 1;
    const last = toEpochDay(dateInZone(to, driver.timeZone));
    for (let day = first; day <= last; day++) {
      const date = fromEpochDay(day);
      const closes = sessionClose(driver, date);
      if (driver.calendar.isTradingDay(date) && closes > from && closes <= to) return true;
    }
    return false;
  };
  return driven.some(({ drivers = [] }) => drivers.some((driver) => ended(driver.market))) ? 'open' : 'close';
}
