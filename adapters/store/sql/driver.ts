/** What a column holds. Values travel as text, numbers (booleans as 0 and 1), bytes and null in either dialect. */
export type Kind = 'text' | 'date' | 'instant' | 'json' | 'integer' | 'double' | 'boolean' | 'bytes';

export interface Column {
  readonly name: string;
  readonly kind: Kind;
}

export type SqlValue = string | number | Uint8Array | null;
export type SqlRow = Record<string, unknown>;

/** One statement for many rows of values: in SQLite run once a row, in Postgres once over `input`, the rows as a relation. */
export interface BulkStatement {
  /** The columns of a row of values. */
  columns: readonly Column[];
  /** SQLite's text, with a `?` for each column. */
  perRow: string;
  /** Postgres's text, which reads the rows FROM input. */
  perBatch: string;
}

/** The words in which SQLite and Postgres differ. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres';
  /** Returns the table's name as statements write it. */
  table(name: string): string;
  /** Returns the placeholder of the `index`-th value (from 1). */
  param(kind: Kind, index: number): string;
  /** Returns the expression that reads a column in the form of Kind. */
  read(column: Column): string;
  /** Returns the bytes of a column of that kind, as `read` brings it. */
  bytes(value: unknown): Uint8Array;
  /** Returns the condition that a boolean column is so; written to match the partial indexes. */
  is(column: string, value: boolean): string;
  /** What a SELECT ends with to hold its rows until the transaction ends. */
  readonly forUpdate: string;
}

/** Statements inside one transaction. */
export interface SqlSession {
  all(sql: string, params?: readonly SqlValue[]): Promise<SqlRow[]>;
  /** Returns rows as lists of their values, in the order of the columns, whose names differ: for rows that are read by the million. */
  lists(sql: string, params?: readonly SqlValue[]): Promise<unknown[][]>;
  /** Returns how many rows were changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>;
  /** Returns how many rows were changed in all, and the rows that came back. Rows are taken from the iterable as they are needed. */
  bulk(statement: BulkStatement, rows: Iterable<readonly SqlValue[]>): Promise<{ changed: number; rows: SqlRow[] }>;
}

/** Everything that the store asks of a database. Errors leave it as ForecastErrors. */
export interface SqlDriver {
  readonly dialect: Dialect;
  /** Runs reading statements that see one state of the data. */
  read<T>(work: (session: SqlSession) => Promise<T>): Promise<T>;
  /**
   * Runs a transaction: all of it happens or nothing. The work is run again, `attempt` counting from 0, when the database
   * was busy or the connection was lost, perhaps after the transaction was carried out: it must be idempotent.
   */
  write<T>(work: (session: SqlSession, attempt: number) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Yields the values of one record after another, so that those of a large call never exist all at once. */
export function* valuesOf<Item>(
  records: Iterable<Item>,
  toValues: (record: Item) => SqlValue[],
): Generator<SqlValue[], void> {
  for (const record of records) yield toValues(record);
}
