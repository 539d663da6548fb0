import { checkModelKey } from '../../../src/store/check-fields.js';
import { checkModelEntry } from '../../../src/store/check-queries.js';
import type { ModelEntry } from '../../../src/store/model-store.js';
import type { FullModelStore } from '../memory-models.js';
import { compactModels } from './compact-models.js';
import type { SqlDriver } from './driver.js';
import { recordsOf } from './rows.js';
import { insertOf, keyed, replacing, where } from './statements.js';
import { MODELS } from './tables.js';

/** Returns the models kept in the table `models`. */
export function sqlModels(driver: SqlDriver): FullModelStore {
  const { dialect } = driver;
  const models = dialect.table(MODELS.name);
  const insert = insertOf(dialect, MODELS, replacing(MODELS));
  const byKey = ` FROM ${models} WHERE key = ${dialect.param('text', 1)}`;

  const compact = compactModels(dialect);
  const readMany = keyed(dialect, MODELS, { select: 'text' });

  const putAll = async (entries: readonly ModelEntry[]) => {
    const now = new Date().toISOString();
    const unique = new Map(entries.map((entry) => [entry.key, entry]));
    const sorted = [...unique.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
    const rows = sorted.map(({ key, text, meta }) => [
      key,
      text,
      meta === undefined ? null : JSON.stringify(meta),
      now,
    ]);
    await driver.write(async (session) => {
      await session.bulk(insert, rows);
      await compact.put(session, sorted, now);
    });
  };

  return {
    async get(key) {
      const params = [checkModelKey(key, { where: 'models.get', path: '' })];
      const rows = await driver.read((session) => session.all(`SELECT text${byKey}`, params));
      return rows[0]?.['text'] as string | undefined;
    },
    async getMany(keys) {
      const rows = keys.map((key) => [checkModelKey(key, { where: 'models.getMany', path: '' })]);
      const found = await driver.read((session) => session.bulk(readMany, rows));
      const texts = new Map(found.rows.map((row) => [row['key'], row['text'] as string]));
      return keys.map((key) => texts.get(key));
    },
    async getMeta(key) {
      const params = [checkModelKey(key, { where: 'models.getMeta', path: '' })];
      const meta = `SELECT key, ${dialect.read({ name: 'meta', kind: 'json' })}${byKey}`;
      const rows = await driver.read((session) => session.all(meta, params));
      const metaOf = (row: { [column: string]: unknown }) =>
        JSON.parse((row['meta'] as string | null) ?? 'null') as object;
      return recordsOf(rows, MODELS, metaOf)[0] ?? undefined;
    },
    async getCompact(keys) {
      const checked = keys.map((key) => checkModelKey(key, { where: 'models.getCompact', path: '' }));
      return driver.read((session) => compact.get(session, checked));
    },
    async put(key, text, meta) {
      await putAll([checkModelEntry({ key, text, meta }, 'models.put')]);
    },
    async putMany(entries) {
      await putAll(entries.map((entry) => checkModelEntry(entry, 'models.putMany')));
    },
    async list(prefix = '') {
      const clause = where(dialect);
      if (!/^[A-Za-z0-9._-]*$/.test(prefix)) {
        await driver.read(async () => {});
        return [];
      }
      // \u007f sorts after every character of a key
      clause.add('key', '>=', 'text', prefix).add('key', '<', 'text', `${prefix}\u007f`);
      const rows = await driver.read((session) =>
        session.all(`SELECT key FROM ${models}${clause.text()} ORDER BY key`, clause.values),
      );
      return rows.map((row) => row['key'] as string);
    },
  };
}
