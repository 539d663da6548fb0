import { createCalendar, type TradingCalendar } from './trading-calendar.js';

// Closures on weekdays, month and day, by year.
const CLOSURES_BY_YEAR: Record<string, string> = {
  2000: '01-03 02-04 03-01 04-05 04-13 05-01 05-05 05-11 06-06 07-17 08-15 09-11 09-12 09-13 10-03 12-25 12-27 12-28 12-29',
  2001: '01-01 01-23 01-24 01-25 03-01 04-05 05-01 06-06 07-17 08-15 10-01 10-02 10-03 12-25 12-31',
  2002: '01-01 02-11 02-12 02-13 03-01 04-05 05-01 06-06 06-13 07-01 07-17 08-15 09-20 10-03 12-19 12-25 12-31',
  2003: '01-01 01-31 05-01 05-05 05-08 06-06 07-17 08-15 09-10 09-11 09-12 10-03 12-25 12-31',
  2004: '01-01 01-21 01-22 01-23 03-01 04-05 04-15 05-05 05-26 09-27 09-28 09-29 12-31',
  2005: '02-08 02-09 02-10 03-01 04-05 05-05 06-06 08-15 09-19 10-03 12-30',
  2006: '01-30 03-01 05-01 05-05 05-31 06-06 07-17 08-15 10-03 10-05 10-06 12-25 12-29',
  2007: '01-01 02-19 03-01 05-01 05-24 06-06 07-17 08-15 09-24 09-25 09-26 10-03 12-19 12-25 12-31',
  2008: '01-01 02-06 02-07 02-08 04-09 05-01 05-05 05-12 06-06 08-15 09-15 10-03 12-25 12-31',
  2009: '01-01 01-26 01-27 05-01 05-05 10-02 12-25 12-31',
  2010: '01-01 02-15 03-01 05-05 05-21 06-02 09-21 09-22 09-23 12-31',
  2011: '02-02 02-03 02-04 03-01 05-05 05-10 06-06 08-15 09-12 09-13 10-03 12-30',
  2012: '01-23 01-24 03-01 04-11 05-01 05-28 06-06 08-15 10-01 10-03 12-19 12-25 12-31',
  2013: '01-01 02-11 03-01 05-01 05-17 06-06 08-15 09-18 09-19 09-20 10-03 10-09 12-25 12-31',
  2014: '01-01 01-30 01-31 05-01 05-05 05-06 06-04 06-06 08-15 09-08 09-09 09-10 10-03 10-09 12-25 12-31',
  2015: '01-01 02-18 02-19 02-20 05-01 05-05 05-25 08-14 09-28 09-29 10-09 12-25 12-31',
  2016: '01-01 02-08 02-09 02-10 03-01 04-13 05-05 05-06 06-06 08-15 09-14 09-15 09-16 10-03 12-30',
  2017: '01-27 01-30 03-01 05-01 05-03 05-05 05-09 06-06 08-15 10-02 10-03 10-04 10-05 10-06 10-09 12-25 12-29',
  2018: '01-01 02-15 02-16 03-01 05-01 05-07 05-22 06-06 06-13 08-15 09-24 09-25 09-26 10-03 10-09 12-25 12-31',
  2019: '01-01 02-04 02-05 02-06 03-01 05-01 05-06 06-06 08-15 09-12 09-13 10-03 10-09 12-25 12-31',
  2020: '01-01 01-24 01-27 04-15 04-30 05-01 05-05 08-17 09-30 10-01 10-02 10-09 12-25 12-31',
  2021: '01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11 12-31',
  2022: '01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10 12-30',
  2023: '01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25 12-29',
  2024: '01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25 12-31',
  2025: '01-01 01-27 01-28 01-29 01-30 03-03 05-01 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25 12-31',
  2026: '01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25 12-31',
};

/** The last year that the closure table of `krxCalendar` covers; later years know weekends only. */
export const KRX_CALENDAR_LAST_YEAR = 2026;

/**
 * The trading days of the Korea Exchange (KOSPI, KOSDAQ): weekends and a dated table of closures, 2000 to 2026.
 *
 * Public holidays, their substitutes, one-off closures (elections, temporary holidays), Labour Day and the year-end closure,
 * each as it came rather than by rule, because Seollal and Chuseok follow the moon and governments add days at short notice.
 * - 2020-01-02 to 2024-06-28: verified, equal to the days without a bar in the prices of 100 KOSPI stocks.
 * - 2000 to 2025: equal to the XKRX calendar of the Python package exchange_calendars 4.13.2.
 * - 2026: announced, recorded in November 2026: XKRX of the same package, and the local elections of 2026-06-03 and
 *   Constitution Day (2026-07-17, a public holiday again), which it lacks, after the Python package holidays 0.109.
 *
 * A closure declared later is unknown here: pass a calendar of your own (`createCalendar`) or the days seen in the prices
 * (`calendarFromDates(dates, krxCalendar)`). Before 2000 and after 2026 only weekends are known.
 */
export const krxCalendar: TradingCalendar = createCalendar({
  name: 'KRX',
  closures: Object.entries(CLOSURES_BY_YEAR).flatMap(([year, days]) => days.split(' ').map((day) => `${year}-${day}`)),
});
