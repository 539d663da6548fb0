import Database from 'better-sqlite3';
import { beforeEach, describe, expect, test } from 'vitest';
import { type SqliteDatabase, sqliteStore } from '../../adapters/store/sqlite.js';
import type { Store } from '../../src/store/store.js';
import { samplePrediction } from '../../src/testing/samples.js';

/* All quantiles of a forecast stand in a column of bytes, beside texts that have the rest. */

let database: Database.Database;
let store: Store;
const row = () =>
  database.prepare('SELECT members, quantiles FROM predictions').get() as {
    members: string;
    quantiles: Buffer;
  };

beforeEach(async () => {
  database = new Database(':memory:');
  store = await sqliteStore({ database: database as SqliteDatabase });
  await store.upsertPredictions([samplePrediction()]);
});

test('they are doubles of 8 bytes, little-endian, those of the ensemble and of one member after another; the text has the rest', () => {
  const { members, quantiles } = row();
  const numbers = Array.from({ length: quantiles.length / 8 }, (_, i) => quantiles.readDoubleLE(8 * i));
  const { chronos, my_model } = samplePrediction().members;
  expect(numbers).toEqual([...samplePrediction().quantiles, ...chronos.quantiles, ...my_model.quantiles]);
  const stated = JSON.parse(members);
  expect(stated.chronos.pointClose).toBe(chronos.pointClose);
  // levels only where they are not the ensemble's
  expect([stated.chronos.levels, stated.my_model.levels]).toEqual([undefined, my_model.levels]);
});

describe('bytes that do not belong to the text', () => {
  test.each([
    ['one too few', 'substr(quantiles, 1, 71)'],
    ['one too many', "CAST(quantiles || x'00' AS BLOB)"],
    ['none', "x''"],
    ['of no number', "CAST(substr(quantiles, 1, 64) || x'000000000000f87f' AS BLOB)"],
  ])('%s: the row is corrupt', async (_, bytes) => {
    database.exec(`UPDATE predictions SET quantiles = ${bytes}`);
    await expect(store.getPrediction(samplePrediction())).rejects.toMatchObject({ code: 'CORRUPT_ROW' });
  });

  test('a member taken out of the text: the row is corrupt', async () => {
    database.exec("UPDATE predictions SET members = json_remove(members, '$.chronos')");
    await expect(store.getPrediction(samplePrediction())).rejects.toMatchObject({ code: 'CORRUPT_ROW' });
  });
});

test('a forecast that a process of schema 4 put over one of today is read as it was put', async () => {
  const later = samplePrediction({
    quantiles: [72_000, 73_541.25, 75_000],
    members: { chronos: { ...samplePrediction().members['chronos'], quantiles: [71_000, 73_500, 76_000] } },
  });
  const { levels, quantiles } = later;
  const asThen = [JSON.stringify(later.members), JSON.stringify({ levels, quantiles })];
  database.prepare('UPDATE predictions SET members = ?, distribution = ?').run(...asThen);
  expect(row().quantiles).toHaveLength(72);
  expect(await store.getPrediction(later)).toEqual(later);
  database.exec("UPDATE predictions SET members = '{}'");
  expect(await store.getPrediction(later)).toEqual({ ...later, members: {} });
});
