import { describe, expect, test } from 'vitest';
import { defineMarket, everyDay, krx, type Market, us, weekdays } from '../../src/markets/index.js';
import { createCalendar } from '../../src/series/index.js';

const VALUES = [krx, us, everyDay, weekdays];

describe('the markets', () => {
  test.each(VALUES)('$name is what defineMarket makes of it, and frozen', (market) => {
    expect(defineMarket(market)).toEqual(market);
    expect([market, market.schedule, market.specialHours ?? market].every(Object.isFrozen)).toBe(true);
  });

  test('have the hours, zones, currencies and jobs of their exchanges', () => {
    const facts = VALUES.map((market) => [
      `${market.name}: ${market.timeZone} ${market.opensAt}-${market.closesAt} ${market.currency} ±${market.flatBand}`,
      `${market.schedule.dailyBatch}, ${market.schedule.matchOutcomes}, ${market.schedule.retrainWeekly}`,
    ]);
    expect(facts).toEqual([
      ['krx: Asia/Seoul 09:00-15:30 KRW ±0.003', '0 16 * * 1-5, 30 16 * * 1-5, 0 2 * * 0'],
      ['us: America/New_York 09:30-16:00 USD ±0.003', '30 16 * * 1-5, 0 17 * * 1-5, 0 2 * * 0'],
      ['everyDay: UTC 00:00-24:00 USD ±0.003', '30 0 * * *, 0 1 * * *, 0 2 * * 0'],
      ['weekdays: UTC 00:00-24:00 XXX ±0.003', '30 0 * * 2-6, 0 1 * * 2-6, 0 2 * * 0'],
    ]);
  });

  test('everyDay trades on weekends, weekdays does not', () => {
    // 2026-11-28 is a Saturday.
    expect([everyDay, weekdays].map(({ calendar }) => calendar.isTradingDay('2026-11-28'))).toEqual([true, false]);
  });
});

describe('defineMarket', () => {
  test('takes a change to another market and leaves that market as it is', () => {
    const wide = defineMarket({
      ...krx,
      name: 'wide',
      flatBand: 0.01,
      schedule: { ...krx.schedule, dailyBatch: false },
    });
    expect([wide.flatBand, wide.schedule.dailyBatch]).toEqual([0.01, false]);
    expect([krx.flatBand, krx.schedule.dailyBatch]).toEqual([0.003, '0 16 * * 1-5']);
  });

  const broken: [string, string, Record<string, unknown>][] = [
    ['an empty name', 'name', { name: ' ' }],
    ['no calendar', 'calendar', { calendar: undefined }],
    ['a list for a calendar', 'calendar', { calendar: ['2026-01-01'] }],
    [
      'a projection from no day',
      'calendar.projectedFrom',
      { calendar: { name: 'x', isTradingDay: () => true, projectedFrom: '2027' } },
    ],
    ['no zone', 'timeZone', { timeZone: undefined }],
    ['an unknown zone', 'timeZone', { timeZone: 'Asia/Seul' }],
    ['an offset for a zone', 'timeZone', { timeZone: '+09:00' }],
    ['an open without minutes', 'opensAt', { opensAt: '9' }],
    ['an open at the end of the day', 'opensAt', { opensAt: '24:00' }],
    ['a list for an open', 'opensAt', { opensAt: ['09:30'] }],
    ['a close of one digit', 'closesAt', { closesAt: '9:30' }],
    ['a close past the day', 'closesAt', { closesAt: '24:30' }],
    ['a close before the open', 'closesAt', { opensAt: '16:00', closesAt: '09:30' }],
    ['a band below 0', 'flatBand', { flatBand: -1 }],
    ['a band that is no number', 'flatBand', { flatBand: Number.NaN }],
    ['a band in words', 'flatBand', { flatBand: '0.003' }],
    ['a sign for a currency', 'currency', { currency: '₩' }],
    ['no schedule', 'schedule', { schedule: undefined }],
    ['an unknown job', 'schedule.daily', { schedule: { ...krx.schedule, daily: '0 1 * * *' } }],
    [
      'a schedule that forgot a job',
      'schedule.retrainWeekly',
      { schedule: { dailyBatch: false, matchOutcomes: false } },
    ],
    ['a pattern in words', 'schedule.dailyBatch', { schedule: { ...krx.schedule, dailyBatch: 'at noon' } }],
    ['30 February', 'schedule.dailyBatch', { schedule: { ...krx.schedule, dailyBatch: '0 0 30 2 *' } }],
    ['true for a pattern', 'schedule.matchOutcomes', { schedule: { ...krx.schedule, matchOutcomes: true } }],
    ['a misspelt key', 'closeAt', { closeAt: '15:30' }],
    ['former hours that are no list', 'formerHours', { formerHours: { until: '2016-07-31' } }],
    ['former hours in words', 'formerHours[0]', { formerHours: ['15:00'] }],
    [
      'a misspelt former hour',
      'formerHours[0].closeAt',
      { formerHours: [{ until: '2016-07-31', opensAt: '09:00', closeAt: '15:00' }] },
    ],
    [
      'former hours out of order',
      'formerHours[1].until',
      {
        formerHours: [
          { until: '2016-07-31', opensAt: '09:00', closesAt: '15:00' },
          { until: '2016-07-31', opensAt: '09:00', closesAt: '15:00' },
        ],
      },
    ],
    [
      'former hours that end before they begin',
      'formerHours[0].closesAt',
      { formerHours: [{ until: '2016-07-31', opensAt: '09:00', closesAt: '09:00' }] },
    ],
    ['a list of special hours', 'specialHours', { specialHours: ['2026-12-24'] }],
    ['special hours in words', 'specialHours["2026-12-24"]', { specialHours: { '2026-12-24': '12:30' } }],
    [
      'a misspelt special hour',
      'specialHours["2026-12-24"].closeAt',
      { specialHours: { '2026-12-24': { closeAt: '12:30' } } },
    ],
    [
      'a special close before the usual open',
      'specialHours["2026-12-24"].closesAt',
      { specialHours: { '2026-12-24': { closesAt: '08:00' } } },
    ],
  ];
  test.each(broken)('refuses %s', (_, field, change) => {
    const market = { ...krx, ...change } as Market;
    expect(() => defineMarket(market)).toThrow(
      expect.objectContaining({
        code: 'INVALID_ARGUMENT',
        field,
        expected: expect.any(String),
        actual: expect.any(String),
      }),
    );
  });

  test('refuses former hours up to a day that does not exist', () => {
    const formerHours = [{ until: '2016-02-30', opensAt: '09:00', closesAt: '15:00' }];
    expect(() => defineMarket({ ...krx, formerHours })).toThrow(
      expect.objectContaining({ code: 'INVALID_DATE', field: 'formerHours[0].until' }),
    );
  });

  test('refuses special hours of a day that does not exist, and no market at all', () => {
    expect(() => defineMarket({ ...krx, specialHours: { '2026-02-30': { closesAt: '12:30' } } })).toThrow(
      expect.objectContaining({ code: 'INVALID_DATE', field: 'specialHours', actual: '"2026-02-30"' }),
    );
    expect(() => defineMarket(undefined as unknown as Market)).toThrow(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'market' }),
    );
  });
});

test('createCalendar carries the day from which it is projected, and refuses one that does not exist', () => {
  expect(createCalendar({ closures: [], projectedFrom: '2028-01-01' }).projectedFrom).toBe('2028-01-01');
  expect(() => createCalendar({ closures: [], projectedFrom: '2028-02-30' })).toThrow(
    expect.objectContaining({ code: 'INVALID_DATE', field: 'projectedFrom' }),
  );
});
