// A complete store of one's own, on nothing but one text file: what docs/adapters.md walks through.
//
// Each line of the file holds what one call wrote: [[table, key, row], ...], the row null where the key is deleted. A call is stored when
// its line is, whole, with its line break; so calls are all or nothing without any further work. The rows are kept in memory as well, which
// is what reads see. One process may have the file open at a time. Every rule of a store is `createStore`'s.
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForecastError } from 'chronolight';
import { compareCodes, createStore } from 'chronolight/store';

const INSTANTS = new Set([
  'issuedAt',
  'voidedAt',
  'matchedAt',
  'scheduledFor',
  'startedAt',
  'leaseUntil',
  'finishedAt',
]);
const revive = (field, value) => (INSTANTS.has(field) && typeof value === 'string' ? new Date(value) : value);
const failed = (error) => new ForecastError('STORE_FAILED', `jsonLinesStore: ${error.message}`, { cause: error });

/**
 * Opens a store in a folder.
 * @param {string} folder made when it is missing
 * @returns {Promise<import('chronolight/store').Store>}
 */
export async function jsonLinesStore(folder) {
  const path = join(folder, 'store.jsonl');
  const tables = {};
  const apply = (changes) => {
    for (const [table, key, row] of changes) {
      tables[table] ??= new Map();
      if (row === null) tables[table].delete(key);
      else tables[table].set(key, row);
    }
  };
  let length = 0;
  let last = Promise.resolve();
  try {
    await mkdir(folder, { recursive: true });
    length = await replay(path, apply);
  } catch (error) {
    throw error instanceof ForecastError ? error : failed(error);
  }

  const reads = {
    get: async (table, keys) => keys.map((key) => tables[table]?.get(key)),
    async scan(table, { from = '', to }) {
      const keys = [...(tables[table]?.keys() ?? [])].filter(
        (key) => compareCodes(key, from) >= 0 && (to === undefined || compareCodes(key, to) <= 0),
      );
      return keys.sort(compareCodes).map((key) => tables[table].get(key));
    },
  };
  return createStore({
    ...reads,
    write(decide) {
      const result = last.then(async () => {
        const changes = (await decide(reads)).map(({ table, key, row }) => [table, key, row ?? null]);
        if (changes.length === 0) return;
        length += await append(path, length, changes);
        apply(changes);
      });
      last = result.catch(() => {});
      return result;
    },
    close: async () => {},
  });
}

/** Reads the file's whole lines and returns their length. A last line without its line break is a call that was cut short: it is left out. */
async function replay(path, apply) {
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    try {
      apply(JSON.parse(line, revive));
    } catch (cause) {
      throw new ForecastError('CORRUPT_ROW', `${path}, line ${index + 1} cannot be read back`, { cause, actual: path });
    }
  }
  return Buffer.byteLength(whole);
}

/** Writes one line, flushed to the disk, where the last whole one ends; returns its length. */
async function append(path, length, changes) {
  const line = Buffer.from(`${JSON.stringify(changes)}\n`);
  let file;
  try {
    file = await open(path, 'a+');
    await file.truncate(length);
    await file.appendFile(line);
    await file.sync();
  } catch (error) {
    throw failed(error);
  } finally {
    await file?.close();
  }
  return line.length;
}
