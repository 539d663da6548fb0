import type { ModelEntry } from '../../../src/store/model-store.js';
import type { BulkStatement, Dialect, SqlSession } from './driver.js';
import { insertOf, keyed, replacing } from './statements.js';
import { COMPACT_MODELS, MODELS } from './tables.js';

/** The compact forms of models, in the table `compact_models`. */
export interface CompactModels {
  /** Puts the forms of the entries, which were put at that time, and drops those of entries without one; keys unique and ascending. */
  put(session: SqlSession, entries: readonly ModelEntry[], updatedAt: string): Promise<void>;
  /** Returns the forms under the keys, undefined where there is none of the text that stands there now. */
  get(session: SqlSession, keys: readonly string[]): Promise<(Uint8Array | undefined)[]>;
}

/**
 * Returns what keeps compact forms beside the texts. A form belongs to the text put in the same transaction, at the same time: a text that was
 * put since, also by a process that knows no forms yet, has another time, and the form is not found any more.
 */
export function compactModels(dialect: Dialect): CompactModels {
  const insert = insertOf(dialect, COMPACT_MODELS, replacing(COMPACT_MODELS));
  const drop = keyed(dialect, COMPACT_MODELS, { delete: true });
  const read = readOf(dialect);
  return {
    async put(session, entries, updatedAt) {
      const without = entries.filter(({ compact }) => compact === undefined);
      if (without.length > 0)
        await session.bulk(
          drop,
          without.map(({ key }) => [key]),
        );
      const rows = entries.flatMap(({ key, compact }) => (compact ? [[key, compact, updatedAt]] : []));
      if (rows.length > 0) await session.bulk(insert, rows);
    },
    async get(session, keys) {
      const { rows } = await session.bulk(
        read,
        [...new Set(keys)].map((key) => [key]),
      );
      const forms = new Map(
        rows.flatMap(({ key, form, of_text: ofText }) => (String(ofText) === '1' ? [[key, dialect.bytes(form)]] : [])),
      );
      return keys.map((key) => forms.get(key));
    },
  };
}

/**
 * Returns the statement that reads forms, and whether each is of the text that stands there now.
 *
 * SQLite reads columns in the order of the list. `made_of` lies behind the form: read before it, as in a join's condition, it would lead through all
 * pages of the form twice. The index is named since SQLite would look the text up instead, and go through its pages.
 */
function readOf(dialect: Dialect): BulkStatement {
  const [key, form] = COMPACT_MODELS.columns;
  const [forms, models] = [dialect.table(COMPACT_MODELS.name), dialect.table(MODELS.name)];
  const select = `SELECT stored.key AS key, ${dialect.read(form)}`;
  const ofText = 'model.key = stored.key AND model.updated_at = stored.made_of';
  const text = `SELECT 1 FROM ${models} AS model INDEXED BY models_by_updated_at WHERE ${ofText}`;
  return {
    columns: [key],
    perRow: `${select}, EXISTS (${text}) AS of_text FROM ${forms} AS stored WHERE stored.key = ?`,
    perBatch: `${select}, 1 AS of_text FROM ${forms} AS stored JOIN ${models} AS model ON ${ofText} JOIN input ON input.key = stored.key`,
  };
}
