import type { BulkStatement, Column, Dialect, Kind, SqlValue } from './driver.js';
import type { Table } from './tables.js';

const names = (columns: readonly Column[]) => columns.map(({ name }) => name).join(', ');

/** Returns the statement that inserts rows of a table's values; `conflict` says what happens to a key that is there. */
export function insertOf(dialect: Dialect, table: Table, conflict: string): BulkStatement {
  const { columns } = table;
  const into = `INSERT INTO ${dialect.table(table.name)} AS stored (${names(columns)})`;
  return {
    columns,
    perRow: `${into} VALUES (${columns.map(() => '?').join(', ')}) ${conflict}`,
    perBatch: `${into} SELECT ${names(columns)} FROM input ${conflict}`,
  };
}

/** Returns "ON CONFLICT ... DO UPDATE" that replaces every column but the key's. */
export function replacing(table: Table): string {
  const rest = table.columns.filter(({ name }) => !table.key.includes(name));
  const sets = rest.map(({ name }) => `${name} = excluded.${name}`);
  return `ON CONFLICT (${table.key.join(', ')}) DO UPDATE SET ${sets.join(', ')}`;
}

/** Returns "SELECT columns FROM table". */
export function selectOf(dialect: Dialect, table: Table): string {
  return `SELECT ${table.columns.map((column) => dialect.read(column)).join(', ')} FROM ${dialect.table(table.name)}`;
}

/** Returns " ORDER BY" the table's own columns; a bare name would mean what the SELECT makes of the column. */
export function orderOf(table: Table, columns: readonly string[], direction: 'ASC' | 'DESC' = 'ASC'): string {
  return ` ORDER BY ${columns.map((column) => `${table.name}.${column} ${direction}`).join(', ')}`;
}

/** Conditions joined by AND, and their values. */
export interface Where {
  /** Adds "column operator value", unless the value is undefined. */
  add(column: string, operator: '=' | '>=' | '<=' | '<', kind: Kind, value: SqlValue | undefined): Where;
  /** Adds a condition on a boolean column, unless it is undefined. */
  is(column: string, value: boolean | undefined): Where;
  /** Adds that a column is null, or is not, unless that is undefined. */
  isNull(column: string, value: boolean | undefined): Where;
  /** Adds that the columns, compared one after another, are greater than the values. */
  after(columns: readonly Column[], values: readonly SqlValue[] | undefined): Where;
  /** Returns a placeholder for one more value. */
  param(kind: Kind, value: SqlValue): string;
  /** " WHERE ..." or nothing. */
  text(): string;
  readonly values: readonly SqlValue[];
}

/** Returns a WHERE clause without conditions. Values only ever travel as parameters. */
export function where(dialect: Dialect): Where {
  const conditions: string[] = [];
  const values: SqlValue[] = [];
  const param = (kind: Kind, value: SqlValue) => dialect.param(kind, values.push(value));
  const clause: Where = {
    values,
    param,
    add(column, operator, kind, value) {
      if (value !== undefined) conditions.push(`${column} ${operator} ${param(kind, value)}`);
      return clause;
    },
    is(column, value) {
      if (value !== undefined) conditions.push(dialect.is(column, value));
      return clause;
    },
    isNull(column, value) {
      if (value !== undefined) conditions.push(`${column} IS ${value ? '' : 'NOT '}NULL`);
      return clause;
    },
    after(columns, bounds) {
      if (bounds === undefined) return clause;
      const params = columns.map(({ kind }, index) => param(kind, bounds[index]));
      conditions.push(`(${names(columns)}) > (${params.join(', ')})`);
      // says less than the row comparison, but lets an index on (code, base_date) start at the page
      return clause.add(columns[0].name, '>=', columns[0].kind, bounds[0]);
    },
    text: () => (conditions.length === 0 ? '' : ` WHERE ${conditions.join(' AND ')}`),
  };
  return clause;
}

/** Returns the statement that reads the rows of keys (the key and `select`, where `and` holds), updates them with `set`, or deletes them. */
export function keyed(
  dialect: Dialect,
  table: Table,
  text: { select: string; and?: string; forUpdate?: boolean } | { set: string } | { delete: true },
): BulkStatement {
  const columns = table.key.map((name) => table.columns.find((column) => column.name === name)!);
  const target = dialect.table(table.name);
  const perKey = columns.map(({ name }) => `${name} = ?`).join(' AND ');
  const joined = columns.map(({ name }) => `stored.${name} = input.${name}`).join(' AND ');
  if ('delete' in text) {
    return {
      columns,
      perRow: `DELETE FROM ${target} WHERE ${perKey}`,
      perBatch: `DELETE FROM ${target} AS stored USING input WHERE ${joined}`,
    };
  }
  if ('set' in text) {
    return {
      columns,
      perRow: `UPDATE ${target} SET ${text.set} WHERE ${perKey}`,
      perBatch: `UPDATE ${target} AS stored SET ${text.set} FROM input WHERE ${joined}`,
    };
  }
  const and = text.and === undefined ? '' : ` AND ${text.and}`;
  const list = [...columns.map((column) => dialect.read(column)), text.select].filter(Boolean).join(', ');
  const ordered = ` ORDER BY ${columns.map(({ name }) => `stored.${name}`).join(', ')}`;
  const lock = text.forUpdate ? dialect.forUpdate : '';
  return {
    columns,
    perRow: `SELECT ${list} FROM ${target} WHERE ${perKey}${and}`,
    perBatch: `SELECT ${list} FROM ${target} AS stored JOIN input USING (${names(columns)}) WHERE true${and}${ordered}${lock}`,
  };
}
