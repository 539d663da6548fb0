import { daysInMonth, weekdayOf } from '../series/inside.js';
import { column } from './columns.js';
import type { DocumentedFeature } from './feature.js';

/** A number written in two digits from `start` on: dates are known to be 'YYYY-MM-DD', and this runs for every bar. */
const twoDigits = (date: string, start: number) => date.charCodeAt(start) * 10 + date.charCodeAt(start + 1) - 528;
const monthOf = (date: string) => twoDigits(date, 5);

/** Weekdays after `day` until its month ends. */
function weekdaysLeft(date: string, day: number): number {
  const year = twoDigits(date, 0) * 100 + twoDigits(date, 2);
  const left = daysInMonth(year, monthOf(date)) - twoDigits(date, 8);
  const weeks = Math.floor(left / 7);
  let count = weeks * 5;
  for (let ahead = weeks * 7 + 1; ahead <= left; ahead++) if (weekdayOf(day + ahead) < 5) count++;
  return count;
}

const family = 'calendar';
const source = "the bar's date";

/** Where the newest bar's date stands; dates of later bars are not looked at. */
export const CALENDAR_FEATURES: readonly DocumentedFeature[] = [
  {
    name: 'weekday',
    family,
    formula: '0 = Monday ... 6 = Sunday',
    warmup: 0,
    source,
    compute: ({ days, length }, _, from) => column(length, 0, (t) => weekdayOf(days[t]), from),
  },
  {
    name: 'month',
    family,
    formula: '1 = January ... 12 = December',
    warmup: 0,
    source,
    compute: ({ dates, length }, _, from) => column(length, 0, (t) => monthOf(dates[t]), from),
  },
  {
    name: 'month_end_distance',
    family,
    formula: 'Mondays to Fridays left in the month after this day, holidays counted',
    warmup: 0,
    source: 'turn of the month: Ariel 1987, Journal of Financial Economics 18(1)',
    compute: ({ dates, days, length }, _, from) => column(length, 0, (t) => weekdaysLeft(dates[t], days[t]), from),
  },
  {
    name: 'days_since_bar',
    family,
    formula: 'calendar days since the bar before',
    warmup: 1,
    source: 'weekends, holidays and halts; French 1980, Journal of Financial Economics 8(1)',
    compute: ({ days, length }, _, from) => column(length, 1, (t) => days[t] - days[t - 1], from),
  },
];
