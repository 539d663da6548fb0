import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defineMarket, everyDay, krx, type Market, sessionClose, sessionOpen, us } from '../../src/markets/index.js';
import { dateInZone } from '../../src/series/date-in-zone.js';
import { fromEpochDay } from '../../src/series/index.js';

/** Local 'YYYY-MM-DD HH:MM' of an instant, from the runtime's own text and not from parts. */
const localTime = (instant: Date, timeZone: string) =>
  instant.toLocaleString('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });

const zones = ['America/New_York', 'Europe/London', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Auckland', 'UTC'];
// 1990 to 2049.
const dates = fc.integer({ min: 7305, max: 29_219 }).map(fromEpochDay);
const marketsOfZones = zones.map((timeZone) => defineMarket({ ...everyDay, name: timeZone, timeZone }));
const at = (market: Market, opensAt: string, closesAt: string): Market => ({ ...market, opensAt, closesAt });

describe('sessionOpen and sessionClose', () => {
  test.each([
    // EST is UTC-5, EDT UTC-4; in 2026 summer time runs from 8 March to 1 November. Seoul is UTC+9 all year.
    [us, '2026-03-06', '2026-03-06T14:30:00.000Z', '2026-03-06T21:00:00.000Z'],
    [us, '2026-03-09', '2026-03-09T13:30:00.000Z', '2026-03-09T20:00:00.000Z'],
    [us, '2026-10-30', '2026-10-30T13:30:00.000Z', '2026-10-30T20:00:00.000Z'],
    [us, '2026-11-02', '2026-11-02T14:30:00.000Z', '2026-11-02T21:00:00.000Z'],
    [us, '2026-11-27', '2026-11-27T14:30:00.000Z', '2026-11-27T18:00:00.000Z'], // the day after Thanksgiving: 13:00
    [us, '2002-09-11', '2002-09-11T16:00:00.000Z', '2002-09-11T20:00:00.000Z'], // opened at noon
    [us, '1992-11-27', '1992-11-27T14:30:00.000Z', '1992-11-27T19:00:00.000Z'], // 14:00 in those years
    [krx, '2026-11-26', '2026-11-26T00:00:00.000Z', '2026-11-26T06:30:00.000Z'],
    [krx, '2026-11-19', '2026-11-19T01:00:00.000Z', '2026-11-19T07:30:00.000Z'], // College Scholastic Ability Test
    [krx, '2027-01-04', '2027-01-04T01:00:00.000Z', '2027-01-04T06:30:00.000Z'], // first day of the year
    [krx, '2016-07-29', '2016-07-29T00:00:00.000Z', '2016-07-29T06:00:00.000Z'], // the last to close at 15:00
    [krx, '2016-08-01', '2016-08-01T00:00:00.000Z', '2016-08-01T06:30:00.000Z'],
    [krx, '2015-11-12', '2015-11-12T01:00:00.000Z', '2015-11-12T07:00:00.000Z'],
    [krx, '2016-01-04', '2016-01-04T01:00:00.000Z', '2016-01-04T06:00:00.000Z'],
    [everyDay, '2026-11-28', '2026-11-28T00:00:00.000Z', '2026-11-29T00:00:00.000Z'],
  ])('of $name on %s', (market, date, opens, closes) => {
    expect(sessionOpen(market, date).toISOString()).toBe(opens);
    expect(sessionClose(market, date).toISOString()).toBe(closes);
  });

  test('fall on the local time that the market states, in every zone and on both sides of daylight saving', () => {
    const hours = fc
      .tuple(fc.integer({ min: 4 * 60, max: 23 * 60 }), fc.integer({ min: 1, max: 59 }))
      .map(([open, length]) =>
        [open, open + length].map((minutes) => new Date(minutes * 60_000).toISOString().slice(11, 16)),
      );
    fc.assert(
      fc.property(fc.constantFrom(...marketsOfZones), dates, hours, (zone, date, [opensAt, closesAt]) => {
        const market = at(zone, opensAt, closesAt);
        expect(localTime(sessionOpen(market, date), market.timeZone)).toBe(`${date} ${opensAt}`);
        expect(localTime(sessionClose(market, date), market.timeZone)).toBe(`${date} ${closesAt}`);
      }),
      { numRuns: 200 },
    );
  });

  test('keep days apart: a session closes after it opens, and the day is the same in the zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(krx, us), dates, (market, date) => {
        const open = sessionOpen(market, date);
        const close = sessionClose(market, date);
        expect([open, close].map((instant) => dateInZone(instant, market.timeZone))).toEqual([date, date]);
        expect(close.getTime() - open.getTime()).toBeGreaterThanOrEqual(3 * 3_600_000);
        expect(close.getTime() - open.getTime()).toBeLessThanOrEqual(6.5 * 3_600_000);
      }),
      { numRuns: 200 },
    );
  });

  test('around the clock, one day closes as the next one opens, whatever the zone', () => {
    fc.assert(
      fc.property(fc.constantFrom(...marketsOfZones), fc.integer({ min: 7305, max: 29_218 }), (market, day) => {
        const close = sessionClose(market, fromEpochDay(day));
        expect(close).toEqual(sessionOpen(market, fromEpochDay(day + 1)));
      }),
      { numRuns: 200 },
    );
  });

  test('read a time that clocks skip as the later one, and one that comes twice as the first', () => {
    const york = defineMarket({ ...everyDay, name: 'york', timeZone: 'America/New_York' });
    // 2026-03-08: 02:00 EST becomes 03:00 EDT; 2026-11-01: 02:00 EDT becomes 01:00 EST.
    expect(sessionOpen(at(york, '02:30', '04:00'), '2026-03-08').toISOString()).toBe('2026-03-08T07:30:00.000Z');
    expect(sessionOpen(at(york, '01:30', '04:00'), '2026-11-01').toISOString()).toBe('2026-11-01T05:30:00.000Z');
  });

  test('follow hours of a market of one’s own', () => {
    const london = defineMarket({
      ...us,
      name: 'london',
      timeZone: 'Europe/London',
      opensAt: '08:00',
      closesAt: '16:30',
      formerHours: [{ until: '2000-07-16', opensAt: '09:00', closesAt: '16:30' }],
      specialHours: { '2026-12-24': { closesAt: '12:30' }, '2000-07-03': { name: 'drill', closesAt: '12:00' } },
    });
    const ends = (date: string) =>
      [sessionOpen(london, date), sessionClose(london, date)].map((end) => end.toISOString());
    expect(ends('2026-12-24')).toEqual(['2026-12-24T08:00:00.000Z', '2026-12-24T12:30:00.000Z']);
    expect(ends('2000-07-03')).toEqual(['2000-07-03T08:00:00.000Z', '2000-07-03T11:00:00.000Z']);
    expect(ends('2000-07-17')).toEqual(['2000-07-17T07:00:00.000Z', '2000-07-17T15:30:00.000Z']);
  });

  test('refuse a day that does not exist', () => {
    for (const instant of [sessionOpen, sessionClose]) {
      expect(() => instant(us, '2026-02-29')).toThrow(expect.objectContaining({ code: 'INVALID_DATE' }));
    }
  });
});
