/** Rows by key, read in order from any point: what an index gives a database. */
export interface SortedRows<Key, Row extends Key> {
  get(key: string): Row | undefined;
  set(key: string, row: Row): void;
  delete(key: string): void;
  /** Yields the rows in order, from the first that sorts after `after`. */
  from(after?: Key): Iterable<Row>;
}

/** Returns an empty table ordered by `compare`, in which rows of one key compare equal; it sorts again only after a new key. */
export function sortedRows<Key, Row extends Key>(compare: (a: Key, b: Key) => number): SortedRows<Key, Row> {
  const rows = new Map<string, Row>();
  const order: { key: string; row: Row }[] = [];
  let sorted = true;
  const sort = () => {
    if (!sorted) order.sort((a, b) => compare(a.row, b.row));
    sorted = true;
  };
  return {
    get: (key) => rows.get(key),
    set(key, row) {
      if (!rows.has(key)) {
        order.push({ key, row });
        sorted = false;
      }
      rows.set(key, row);
    },
    delete(key) {
      const row = rows.get(key);
      if (row === undefined) return;
      sort();
      order.splice(firstAfter(order, row, compare) - 1, 1);
      rows.delete(key);
    },
    *from(after) {
      sort();
      const start = after === undefined ? 0 : firstAfter(order, after, compare);
      for (let index = start; index < order.length; index++) yield rows.get(order[index].key) as Row;
    },
  };
}

function firstAfter<Key, Row extends Key>(
  order: readonly { row: Row }[],
  after: Key,
  compare: (a: Key, b: Key) => number,
): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (compare(order[middle].row, after) <= 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
