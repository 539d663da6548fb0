import type { Distribution } from '../ensemble/index.js';
import { expectSame, expectThat } from './expect.js';
import { keyOf, samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

/** Strings that break stores which build statements, patterns, paths or lines out of them. */
const AWKWARD_CODES = [
  "'; DROP TABLE predictions; --",
  '"quoted"',
  '100%_\\',
  '{a,b}',
  'NULL',
  '../../etc/passwd',
  'a/b\\c:d',
  ' leading and trailing ',
  '삼성전자',
  'e\u0301', // e and a combining acute, not to become \u00e9
  '\u00e9',
  '\uff21', // sorts before the next by code point, after it by UTF-16 unit
  '\u{1f4c8}',
  'x'.repeat(200),
  'CON',
  'case',
  'Case',
];

/** Doubles that a store which prints too few digits, or keeps decimals or single precision, changes. */
const AWKWARD_NUMBERS = [
  0.1 + 0.2,
  1 / 3,
  5e-324,
  2.2250738585072014e-308,
  Number.MAX_VALUE,
  -Number.MAX_VALUE,
  Number.EPSILON,
  2 ** 53 + 2,
  1e21,
  123456789.12345679,
];

/** What is put comes back: every field, code, number, text and date. */
export const roundTripCases: StoreCase[] = [
  {
    name: 'a prediction comes back exactly as it was put',
    async run({ store }) {
      const full = samplePrediction();
      const bare = samplePrediction({ horizon: 3, calibration: undefined, members: {}, sourcesUsed: [] });
      await store.upsertPredictions([full, bare]);
      expectSame(await store.getPrediction(keyOf(full)), full, 'getPrediction');
      const read = await store.getPrediction(keyOf(bare));
      expectSame(read, bare, 'getPrediction');
      expectThat(read !== undefined && !('calibration' in read), 'getPrediction: an absent field came back present');
      expectSame(await store.listPredictions(), [full, bare], 'listPredictions');
    },
  },
  {
    name: 'a whole distribution comes back level by level, of the ensemble and of members of any name, what they say of themselves unchanged',
    async run({ store }) {
      const levels = [0.01, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99];
      const quantiles = levels.map((level) => 73_300 + 1000 * (level - 0.5) + 1 / 3);
      const named = (expectedReturn: number): Distribution => ({
        ...{ levels, quantiles, pointClose: quantiles[6], ciLow: quantiles[2], ciHigh: quantiles[10] },
        // neither the direction nor the return follows from the rest, and both are the member's to say
        ...{ probUp: 0.2, probFlat: 0.3, probDown: 0.5, direction: 'up' as const, expectedReturn },
      });
      const names = ['a', 'constructor', 'lgbm', 'naive', 'x9_', 'm'.repeat(40)];
      const record = samplePrediction({
        ...named(0.125),
        members: Object.fromEntries(names.map((name, index) => [name, named(index - 2)])),
        weights: Object.fromEntries(names.map((name, index) => [name, index === 1 ? 1 : 0])),
      });
      await store.upsertPredictions([record]);
      expectSame(await store.getPrediction(keyOf(record)), record, 'getPrediction');
      const steep = samplePrediction({ horizon: 2, levels: [0.5], quantiles: [73_541.25] });
      await store.upsertPredictions([steep]);
      expectSame(await store.getPrediction(keyOf(steep)), steep, 'getPrediction of a single level');
    },
  },
  {
    name: 'an absent prediction is undefined, whichever part of its key differs',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      const key = keyOf(samplePrediction());
      for (const other of [{ code: '000660' }, { baseDate: '2024-03-07' }, { horizon: 2 }]) {
        expectSame(await store.getPrediction({ ...key, ...other }), undefined, 'getPrediction of another key');
      }
    },
  },
  {
    name: 'doubles come back bit by bit, -0 as 0',
    async run({ store }) {
      const records = AWKWARD_NUMBERS.map((value, index) => {
        const price = Math.abs(value);
        const probUp = price <= 1 ? price : 1 / price;
        const member = { ...samplePrediction().members.my_model, ...sureOf(price), probUp, expectedReturn: -value };
        return samplePrediction({
          horizon: index + 1,
          baseClose: price,
          ...sureOf(price),
          expectedReturn: value,
          probUp,
          calibration: { low: price, high: price },
          members: { naive: member },
        });
      });
      await store.upsertPredictions(records);
      expectSame(await store.listPredictions(), records, 'listPredictions');
      await store.upsertPredictions([samplePrediction({ code: 'zero', expectedReturn: -0 })]);
      const zero = await store.getPrediction(keyOf(samplePrediction({ code: 'zero' })));
      expectSame(zero?.expectedReturn, 0, 'expectedReturn put as -0');
    },
  },
  {
    name: 'any code is kept apart from every other and comes back unchanged',
    async run({ store }) {
      const records = AWKWARD_CODES.map((code, index) => samplePrediction({ code, ...sureOf(index + 1) }));
      await store.upsertPredictions(records);
      for (const record of records) {
        expectSame(await store.getPrediction(keyOf(record)), record, `getPrediction(${JSON.stringify(record.code)})`);
        const listed = await store.listPredictions({ code: record.code });
        expectSame(listed, [record], `listPredictions(${JSON.stringify(record.code)})`);
      }
    },
  },
  {
    name: 'text in sourcesUsed comes back unchanged',
    async run({ store }) {
      const record = samplePrediction({ sourcesUsed: [...AWKWARD_CODES, '', 'two\nlines', '\u0001'] });
      await store.upsertPredictions([record]);
      expectSame((await store.listPredictions())[0]?.sourcesUsed, record.sourcesUsed, 'sourcesUsed');
    },
  },
  {
    name: 'dates stay the same days and instants the same milliseconds',
    async run({ store }) {
      // month ends, leap days, days on which clocks change in New York and Seoul, and one that Samoa left out
      const days = ['1582-10-10', '1900-01-01', '1970-01-01', '1987-05-10', '2000-02-29', '2011-12-30', '2024-03-10'];
      const instants = ['1582-10-10T00:00:00.001Z', '1969-12-31T23:59:59.999Z', '2024-03-10T06:59:59.999Z'];
      const records = [...days, '2024-11-03', '2024-12-31'].map((baseDate, index) =>
        samplePrediction({ baseDate, targetDate: '9999-12-31', issuedAt: new Date(instants[index % instants.length]) }),
      );
      await store.upsertPredictions(records);
      expectSame(await store.listPredictions(), records, 'listPredictions');
      for (const record of records) {
        const query = { fromBaseDate: record.baseDate, toBaseDate: record.baseDate };
        expectSame(await store.listPredictions(query), [record], `the predictions of ${record.baseDate}`);
      }
    },
  },
  {
    name: 'records put and records read belong to the caller: changing them changes nothing stored',
    async run({ store }) {
      const record = samplePrediction();
      await store.upsertPredictions([record]);
      (record.members.chronos.quantiles as number[])[0] = -1;
      record.issuedAt.setTime(0);
      const read = (await store.listPredictions())[0];
      expectSame(read, samplePrediction(), 'after the record put was changed');
      read.sourcesUsed.push('more');
      read.members.my_model.pointClose = -1;
      read.issuedAt.setTime(0);
      expectSame(await store.getPrediction(keyOf(read)), samplePrediction(), 'after the record read was changed');
    },
  },
];
