import { type CreatedStore, createStore } from '../../src/store/create-store.js';
import { compareCodes } from '../../src/store/order.js';
import type { DriverRow, DriverTable, StoreDriver } from '../../src/store/store-driver.js';
import { type SortedRows, sortedRows } from './sorted-rows.js';

export { type FullModelStore, memoryModels } from './memory-models.js';

/**
 * Returns a store that lives in this process alone and is gone with it: for tests, backtests and browsers.
 *
 * @example
 * const store = memoryStore();
 * const context = createContext({ market: krx, prices, store });
 */
export function memoryStore(): CreatedStore {
  return createStore(memoryDriver());
}

interface Keyed {
  key: string;
}
interface Entry extends Keyed {
  row: DriverRow;
}

function memoryDriver(): StoreDriver {
  const tables = new Map<DriverTable, SortedRows<Keyed, Entry>>();
  const tableOf = (name: DriverTable) => {
    let table = tables.get(name);
    if (table === undefined) {
      table = sortedRows<Keyed, Entry>((a, b) => compareCodes(a.key, b.key));
      tables.set(name, table);
    }
    return table;
  };
  let last: Promise<unknown> = Promise.resolve();
  const driver: StoreDriver = {
    async get(table, keys) {
      return keys.map((key) => tableOf(table).get(key)?.row);
    },
    async scan(table, { from = '', to }) {
      return within(tableOf(table), from, to);
    },
    write(decide) {
      const result = last.then(async () => {
        for (const { table, key, row } of await decide(driver)) {
          if (row === undefined) tableOf(table).delete(key);
          else tableOf(table).set(key, { key, row });
        }
      });
      last = result.catch(() => {});
      return result;
    },
    async close() {},
  };
  return driver;
}

function* within(table: SortedRows<Keyed, Entry>, from: string, to: string | undefined): Generator<DriverRow> {
  const first = table.get(from);
  if (first !== undefined) yield first.row;
  for (const { key, row } of table.from({ key: from })) {
    if (to !== undefined && compareCodes(key, to) > 0) return;
    yield row;
  }
}
