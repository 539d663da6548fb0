/** The tables of a driver. `due` holds the keys of predictions that wait for their outcome, so that these are found without the history. */
export type DriverTable = 'predictions' | 'due' | 'outcomes' | 'weights' | 'performance' | 'jobRuns' | 'models';

/** A row: plain data and Dates. */
export type DriverRow = object;

/** A row put under its key, or with `row: undefined` the key deleted. */
export interface DriverChange {
  table: DriverTable;
  key: string;
  row: DriverRow | undefined;
}

/** What of a table is read: keys in [from, to], both optional. */
export interface DriverRange {
  from?: string | undefined;
  to?: string | undefined;
}

/** Reads that see one state of the data. */
export interface DriverReads {
  /** Returns the rows under the keys, undefined where there is none. */
  get(table: DriverTable, keys: readonly string[]): Promise<(DriverRow | undefined)[]>;
  /** Returns the rows of the range, ascending by key in the order of Unicode code points (`compareCodes`). */
  scan(table: DriverTable, range: DriverRange): Promise<Iterable<DriverRow>>;
}

/**
 * What a place to keep rows must be able to do for `createStore` to make a Store of it. Keys are text; they may hold U+0000 between their
 * parts. Rows that are handed out or in are never changed afterwards by `createStore`, nor may the driver change them.
 */
export interface StoreDriver extends DriverReads {
  /** Runs `decide` while no other write runs, by this process or another, and makes the changes that it returns: all, or none. */
  write(decide: (reads: DriverReads) => Promise<readonly DriverChange[]>): Promise<void>;
  /** Called once, when every call has ended. */
  close(): Promise<void>;
}
