import { ForecastError, invalid } from '../../src/errors.js';
import type { BarRange, PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { checkCode, checkDate, checkNumber, checkObject, checkPrice } from '../../src/store/check-fields.js';
import type { Dialect, Kind, SqlDriver, SqlValue } from '../store/sql/driver.js';
import { insertOf, orderOf, replacing, selectOf, where } from '../store/sql/statements.js';
import { OHLCV, type Table } from '../store/sql/tables.js';
import { checkBarRequest, unknownCode } from './bar-range.js';
import { abortable } from './pace.js';

/** A price source whose table can be filled. */
export interface SqlPrices extends PriceSource {
  /**
   * Inserts the bars, or replaces those of the same days, all or none. Bars of other days stay.
   * @throws ForecastError `INVALID_KEY`, `INVALID_DATE`, `INVALID_ARGUMENT` naming the field; `PRICE_SOURCE_FAILED` with `cause`
   */
  putBars(code: string, bars: readonly Bar[]): Promise<void>;
}

/**
 * Returns a price source over the table `ohlcv` of a store's database (SQLite or Postgres). An instrument is known when
 * it has a bar. Closing the store ends the source too.
 *
 * @throws ForecastError from getBars: `UNKNOWN_CODE`; `PRICE_SOURCE_FAILED` with `cause` if the database cannot answer
 *
 * @example
 * const store = await sqliteStore('forecasts.db');
 * const prices = sqlPrices(store);
 * await prices.putBars('005930', bars);
 */
export function sqlPrices({ driver }: { readonly driver: SqlDriver }): SqlPrices {
  const { dialect } = driver;
  const insert = insertOf(dialect, OHLCV, replacing(OHLCV));
  return {
    async getBars(code, range) {
      checkBarRequest(code, range, 'sqlPrices');
      const { sql, values } = newestBars(dialect, code, range);
      const answered = answer(() =>
        driver.read(async (session) => {
          const rows = await session.lists(sql, values);
          if (rows.length > 0) return rows.map(barOf);
          const known = where(dialect).add('code', '=', 'text', code);
          const any = `SELECT 1 FROM ${dialect.table(OHLCV.name)}${known.text()} LIMIT 1`;
          return (await session.all(any, known.values)).length > 0 ? [] : undefined;
        }),
      );
      const bars = await abortable(answered, range.signal);
      if (bars === undefined) throw unknownCode('sqlPrices', code);
      return bars;
    },

    async putBars(code, bars) {
      checkCode(code, { where: 'putBars', path: '' });
      if (!Array.isArray(bars)) throw invalid('INVALID_ARGUMENT', 'putBars', 'bars', 'an array', bars);
      const rows = new Map(bars.map((bar: Bar, index) => valuesOf(code, bar, index)).map((row) => [row[1], row]));
      const sorted = [...rows.values()].sort((a, b) => (a[1] < b[1] ? -1 : 1));
      await answer(() => driver.write((session) => session.bulk(insert, sorted)));
    },
  };
}

function valuesOf(code: string, bar: Bar, index: number) {
  const at = { where: 'putBars', path: `bars[${index}]` };
  checkObject(bar, at);
  return [
    code,
    checkDate(bar.date, at, 'date'),
    checkPrice(bar.open, at, 'open'),
    checkPrice(bar.high, at, 'high'),
    checkPrice(bar.low, at, 'low'),
    checkPrice(bar.close, at, 'close'),
    checkNumber(bar.volume, at, 'volume', 0),
  ];
}

/** A bar's columns in the order of `barOf`. */
const BAR: Table = { ...OHLCV, columns: OHLCV.columns.filter(({ name }) => name !== 'code') };

/**
 * Returns the statement that reads an instrument's bars of a range, oldest first, and its values. Where only the newest are wanted, the index finds
 * the first of them: rows are then read in the order in which they mostly lie, which takes half as long as from the newest back.
 */
function newestBars(dialect: Dialect, code: string, { from, to, limit }: BarRange) {
  const clause = where(dialect);
  const bound = (text: string, kind: Kind, value: SqlValue | undefined) =>
    value === undefined ? [] : [`${text} ${clause.param(kind, value)}`];
  const bounds = () =>
    [...bound('code =', 'text', code), ...bound('date >=', 'date', from), ...bound('date <=', 'date', to)].join(
      ' AND ',
    );
  let sql = `${selectOf(dialect, BAR)} WHERE ${bounds()}`;
  if (limit !== undefined) {
    const dates = `SELECT date FROM ${dialect.table(OHLCV.name)} WHERE ${bounds()}`;
    const newest = `${dates} ORDER BY date DESC LIMIT ${clause.param('integer', limit)}`;
    sql += ` AND date >= (SELECT min(date) FROM (${newest}) AS newest)`;
  }
  return { sql: sql + orderOf(BAR, ['date']), values: clause.values };
}

function barOf([date, open, high, low, close, volume]: unknown[]): Bar {
  return {
    date: String(date),
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
    volume: Number(volume),
  };
}

async function answer<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    if (!(cause instanceof ForecastError)) throw cause;
    throw new ForecastError('PRICE_SOURCE_FAILED', `sqlPrices: ${cause.message}`, { cause });
  }
}
