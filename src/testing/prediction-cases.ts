import type { Distribution } from '../ensemble/index.js';
import type { PredictionRecord } from '../store/records.js';
import type { PredictionQuery } from '../store/store.js';
import { expectRejects, expectSame, expectThat } from './expect.js';
import { sampleOutcome, samplePrediction, sureOf } from './samples.js';
import type { StoreCase } from './store-cases.js';

/** Strings that break stores which build statements, patterns, paths or lines out of them. */
export const AWKWARD_CODES = [
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

const keyOf = ({ code, baseDate, horizon }: PredictionRecord) => ({ code, baseDate, horizon });

const badFields: [string, Partial<Record<keyof PredictionRecord, unknown>>][] = [
  ['an empty code', { code: '' }],
  ['a code that is no string', { code: 5930 }],
  ['a code with a line break', { code: 'a\nb' }],
  ['half a surrogate pair', { code: 'a\ud800' }],
  ['an impossible base date', { baseDate: '2023-02-29' }],
  ['a base date with a time', { baseDate: '2024-03-08T00:00:00Z' }],
  ['a target date before the base date', { targetDate: '2024-03-07' }],
  ['an invalid issuedAt', { issuedAt: new Date(Number.NaN) }],
  ['horizon 0', { horizon: 0 }],
  ['a fractional horizon', { horizon: 1.5 }],
  ['NaN as pointClose', { pointClose: Number.NaN }],
  ['an infinite ciHigh', { ciHigh: Number.POSITIVE_INFINITY }],
  ['a base close of 0', { baseClose: 0 }],
  ['a probability above 1', { probUp: 1.01 }],
  ['an unknown direction', { direction: 'sideways' }],
  ['a flag that is no boolean', { userTriggered: 1 }],
  ['NaN inside a member', { members: { naive: { ...samplePrediction().members.my_model, ciLow: Number.NaN } } }],
  ['no levels', { levels: undefined }],
  ['fewer quantiles than levels', { quantiles: [72_100.5, 74_980.75] }],
  ['levels that descend', { levels: [0.9, 0.5, 0.1] }],
  ['level 0', { levels: [0, 0.5, 0.9] }],
  ['level 1', { levels: [0.1, 0.5, 1] }],
  ['quantiles that cross', { quantiles: [74_000, 73_000, 75_000] }],
  ['a quantile of 0', { quantiles: [0, 73_541.25, 74_980.75] }],
  [
    'quantiles of a member that cross',
    { members: { m: { ...samplePrediction().members.chronos, quantiles: [3, 2, 1] } } },
  ],
  ['a point outside its interval', { pointClose: 75_000 }],
  ['weights that do not sum to 1', { weights: { chronos: 0.6, my_model: 0.3 } }],
  ['no weights', { weights: {} }],
  ['a negative weight', { weights: { chronos: 1.5, my_model: -0.5 } }],
  ['a member with a capital in its name', { members: { Chronos: samplePrediction().members.chronos } }],
  ['a weight of a name with a dash', { weights: { 'my-model': 1 } }],
  ['a name of 41 letters', { weights: { ['m'.repeat(41)]: 1 } }],
  ['a calibration of 0', { calibration: { low: 0, high: 1 } }],
  ['an issue at noon', { issue: 'noon' }],
  ['no issue', { issue: undefined }],
  ['half an earlier forecast', { issue: 'open', earlier: { issuedAt: new Date(0), ...sureOf(1) } }],
];

const BAD_INPUT = ['INVALID_ARGUMENT', 'INVALID_KEY', 'INVALID_DATE', 'INVALID_HORIZON'] as const;

/** Upsert, get: what is put comes back, all or none, and the flag accumulates. */
export const upsertCases: StoreCase[] = [
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
    name: 'a second upsert replaces every field but userTriggered, which becomes old OR new',
    async run({ store }) {
      const first = samplePrediction({ userTriggered: true });
      const second = samplePrediction({
        targetDate: '2024-03-12',
        issuedAt: new Date('2024-03-08T09:00:00Z'),
        baseClose: 1,
        ...sureOf(2),
        probUp: 0.1,
        probFlat: 0.2,
        probDown: 0.7,
        direction: 'down',
        expectedReturn: 5,
        weights: { naive: 1 },
        calibration: undefined,
        members: { naive: samplePrediction().members.my_model },
        sourcesUsed: ['naive'],
      });
      await store.upsertPredictions([first]);
      await store.upsertPredictions([second]);
      const expected = { ...second, userTriggered: true };
      expectSame(await store.getPrediction(keyOf(first)), expected, 'after true, then false');
      const batch = samplePrediction({ horizon: 2 });
      await store.upsertPredictions([batch]);
      expectSame((await store.getPrediction(keyOf(batch)))?.userTriggered, false, 'userTriggered after false');
      await store.upsertPredictions([{ ...batch, userTriggered: true }]);
      expectSame(
        (await store.getPrediction(keyOf(batch)))?.userTriggered,
        true,
        'userTriggered after false, then true',
      );
      expectSame((await store.listPredictions()).length, 2, 'the number of predictions');
    },
  },
  {
    name: 'one call may hold a key twice: the last stands, the flags are joined by OR',
    async run({ store }) {
      const records = [samplePrediction({ userTriggered: true }), samplePrediction(sureOf(2))];
      await store.upsertPredictions(records);
      expectSame(await store.listPredictions(), [{ ...records[1], userTriggered: true }], 'listPredictions');
    },
  },
  {
    name: 'upserts at the same time lose no flag and make no duplicate',
    async run({ store }) {
      const keys = Array.from({ length: 10 }, (_, index) => samplePrediction({ horizon: index + 1 }));
      const calls = Array.from({ length: 20 }, (_, call) => {
        const records = keys.map((record, index) => ({ ...record, userTriggered: (call + index) % 20 === 0 }));
        return store.upsertPredictions(call % 2 === 0 ? records : records.reverse());
      });
      await Promise.all(calls);
      const expected = keys.map((record) => ({ ...record, userTriggered: true }));
      expectSame(await store.listPredictions(), expected, 'listPredictions');
    },
  },
  {
    name: 'a prediction with an outcome is not overwritten, and nothing of that call is stored',
    async run({ store }) {
      const matched = samplePrediction({ horizon: 2 });
      const open = samplePrediction({ horizon: 1 });
      await store.upsertPredictions([open, matched]);
      await store.recordOutcomes([sampleOutcome({ horizon: 2 })]);
      const changed = { ...open, ...sureOf(1), userTriggered: true };
      const fresh = samplePrediction({ code: 'new' });
      const error = await expectRejects(
        () => store.upsertPredictions([changed, { ...matched, userTriggered: true }, fresh]),
        'ALREADY_MATCHED',
        'upsertPredictions over an outcome',
      );
      for (const part of [matched.code, matched.baseDate]) {
        expectThat(error.message.includes(part), `ALREADY_MATCHED must name the key, got: ${error.message}`);
      }
      expectSame(await store.listPredictions(), [open, matched], 'listPredictions');
      expectSame(await store.listOutcomes(), [sampleOutcome({ horizon: 2 })], 'listOutcomes');
    },
  },
  {
    name: 'a bad record is refused with a typed error, and nothing of that call is stored',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      for (const [what, fields] of badFields) {
        const bad = { ...samplePrediction({ code: 'bad' }), ...fields } as PredictionRecord;
        const good = samplePrediction({ code: 'good' });
        await expectRejects(() => store.upsertPredictions([good, bad]), BAD_INPUT, `upsertPredictions with ${what}`);
      }
      expectSame(await store.listPredictions(), [samplePrediction()], 'listPredictions');
      const key = keyOf(samplePrediction());
      await expectRejects(() => store.getPrediction({ ...key, horizon: 0 }), 'INVALID_HORIZON', 'getPrediction');
      await expectRejects(() => store.getPrediction({ ...key, baseDate: 'x' }), 'INVALID_DATE', 'getPrediction');
      await expectRejects(() => store.getPrediction({ ...key, code: '' }), 'INVALID_KEY', 'getPrediction');
    },
  },
  {
    name: 'an upsert of nothing changes nothing',
    async run({ store }) {
      await store.upsertPredictions([samplePrediction()]);
      await store.upsertPredictions([]);
      expectSame(await store.listPredictions(), [samplePrediction()], 'listPredictions');
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

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** Lists: each filter, their order, their pages. */
export const listCases: StoreCase[] = [
  {
    name: 'every filter of listPredictions keeps what it says, bounds included, and filters combine by AND',
    async run({ store }) {
      const records = range(24).map((index) =>
        samplePrediction({
          code: index % 2 === 0 ? 'A' : 'B',
          horizon: 1 + (index % 3),
          baseDate: `2024-01-${String(8 + index).padStart(2, '0')}`,
          targetDate: `2024-02-${String(29 - index).padStart(2, '0')}`,
          userTriggered: index % 4 === 0,
        }),
      );
      await store.upsertPredictions([...records].reverse());
      const matched = records.filter((_, index) => index % 5 === 0);
      await store.recordOutcomes(matched.map((record) => sampleOutcome(keyOf(record))));
      const cases: [PredictionQuery, (record: PredictionRecord) => boolean][] = [
        [{}, () => true],
        [{ code: 'A' }, (record) => record.code === 'A'],
        [{ code: 'C' }, () => false],
        [{ horizon: 2 }, (record) => record.horizon === 2],
        [{ fromBaseDate: '2024-01-15' }, (record) => record.baseDate >= '2024-01-15'],
        [{ toBaseDate: '2024-01-15' }, (record) => record.baseDate <= '2024-01-15'],
        [{ fromTargetDate: '2024-02-15' }, (record) => record.targetDate >= '2024-02-15'],
        [{ toTargetDate: '2024-02-15' }, (record) => record.targetDate <= '2024-02-15'],
        [{ userTriggered: true }, (record) => record.userTriggered],
        [{ userTriggered: false }, (record) => !record.userTriggered],
        [{ state: 'matched' }, (record) => matched.includes(record)],
        [{ state: 'due' }, (record) => !matched.includes(record)],
        [{ state: 'void' }, () => false],
        [{ after: keyOf(records[5]) }, (record) => record.baseDate > records[5].baseDate],
        [
          { code: 'A', fromBaseDate: '2024-01-12', toTargetDate: '2024-02-25', state: 'due', userTriggered: true },
          (record) =>
            record.code === 'A' &&
            record.baseDate >= '2024-01-12' &&
            record.targetDate <= '2024-02-25' &&
            !matched.includes(record) &&
            record.userTriggered,
        ],
      ];
      for (const [query, keeps] of cases) {
        expectSame(await store.listPredictions(query), records.filter(keeps), JSON.stringify(query));
      }
    },
  },
  {
    name: 'predictions come ascending by (baseDate, code by code point, horizon as a number)',
    async run({ store }) {
      const codes = ['A', 'Z', 'a', '\u00e9', '\uff21', '\u{1f4c8}'];
      const records = ['2023-12-31', '2024-01-01'].flatMap((baseDate) =>
        codes.flatMap((code) => [2, 10].map((horizon) => samplePrediction({ code, baseDate, horizon }))),
      );
      await store.upsertPredictions([...records].reverse());
      expectSame(await store.listPredictions(), records, 'listPredictions');
      const { length } = records;
      for (const index of range(length)) {
        const page = await store.listPredictions({ after: keyOf(records[index]), limit: 3 });
        expectSame(page, records.slice(index + 1, index + 4), `the page after row ${index}`);
      }
    },
  },
  {
    name: 'many predictions are read page by page: none twice, none missing; a page has 1000 rows unless told',
    async run({ store, rows }) {
      const total = Math.max(rows, 1001);
      for (let start = 0; start < total; start += 5000) {
        const count = Math.min(5000, total - start);
        await store.upsertPredictions(
          range(count).map((offset) => {
            const index = start + offset;
            const baseDate = new Date(Date.UTC(2000, 0, 1 + (index % 97))).toISOString().slice(0, 10);
            return samplePrediction({ code: `C${String(index).padStart(7, '0')}`, baseDate, members: {} });
          }),
        );
      }
      expectSame((await store.listPredictions()).length, 1000, 'the rows of a page without a limit');
      let seen = 0;
      let after: PredictionRecord | undefined;
      for (;;) {
        const page = await store.listPredictions({ after, limit: 700 });
        for (const row of page) {
          const ascends =
            after === undefined ||
            after.baseDate < row.baseDate ||
            (after.baseDate === row.baseDate && after.code < row.code);
          expectThat(ascends, `row ${row.baseDate} ${row.code} came after ${after?.baseDate} ${after?.code}`);
          after = row;
          seen += 1;
        }
        if (page.length < 700) break;
      }
      expectSame(seen, total, 'the rows of all pages');
    },
  },
  {
    name: 'a bad query is refused with a typed error that names the field',
    async run({ store }) {
      const queries: [PredictionQuery, string][] = [
        [{ code: '' }, 'code'],
        [{ horizon: -1 }, 'horizon'],
        [{ fromBaseDate: '2024-13-01' }, 'fromBaseDate'],
        [{ toTargetDate: 'today' }, 'toTargetDate'],
        [{ limit: 0 }, 'limit'],
        [{ limit: 1.5 }, 'limit'],
        [{ after: { code: 'A', baseDate: '2024-01-01', horizon: 0 } }, 'horizon'],
        [{ state: 'open' as never }, 'state'],
        [{ matched: true } as never, 'matched'],
        [{ fromActualDate: '2024-01-01' } as never, 'fromActualDate'],
      ];
      for (const [query, field] of queries) {
        const what = JSON.stringify(query);
        const error = await expectRejects(() => store.listPredictions(query), BAD_INPUT, `listPredictions(${what})`);
        expectThat(error.message.includes(field), `the error of ${what} must name ${field}, got: ${error.message}`);
      }
    },
  },
  {
    name: 'a corrupt row is reported by its key and spreads to no other',
    needs: 'corruptRows',
    async run({ store, damage }) {
      const records = range(3).map((index) => samplePrediction({ code: `C${index}` }));
      await store.upsertPredictions(records);
      await damage(keyOf(records[1]));
      const error = await expectRejects(() => store.getPrediction(keyOf(records[1])), 'CORRUPT_ROW', 'getPrediction');
      expectThat(error.message.includes('C1'), `CORRUPT_ROW must name the key, got: ${error.message}`);
      await expectRejects(() => store.listPredictions(), 'CORRUPT_ROW', 'listPredictions');
      const told: Error[] = [];
      const rest = await store.listPredictions({ onCorruptRow: (row) => told.push(row) });
      expectSame(rest, [records[0], records[2]], 'listPredictions with onCorruptRow');
      expectSame(told.length, 1, 'the rows that onCorruptRow was told of');
      expectThat(told[0].message.includes('C1'), `onCorruptRow must be told the key, got: ${told[0].message}`);
      const page = await store.listPredictions({ limit: 2, onCorruptRow: () => {} });
      expectSame(page, rest, 'a page of 2 over a corrupt row');
      expectSame(await store.getPrediction(keyOf(records[2])), records[2], 'the row beside the corrupt one');
      await store.upsertPredictions([records[1]]);
      expectSame(await store.listPredictions(), records, 'after the row was put anew');
    },
  },
];
