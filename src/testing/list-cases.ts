import type { PredictionRecord } from '../store/records.js';
import type { PredictionQuery } from '../store/store.js';
import { BAD_INPUT, expectRejects, expectSame, expectThat } from './expect.js';
import { keyOf, sampleOutcome, samplePrediction } from './samples.js';
import type { StoreCase } from './store-cases.js';

const range = (count: number) => Array.from({ length: count }, (_, index) => index);

/** How predictions are listed: each filter, their order, their pages. */
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
