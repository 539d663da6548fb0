import { ForecastError, invalid } from '../../src/errors.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { checkCode, checkDate, checkNumber, checkObject, checkPrice } from '../../src/store/check-fields.js';
import type { SqlDriver, SqlRow } from '../store/sql/driver.js';
import { insertOf, orderOf, replacing, selectOf, where } from '../store/sql/statements.js';
import { OHLCV } from '../store/sql/tables.js';
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
      const clause = where(dialect)
        .add('code', '=', 'text', code)
        .add('date', '>=', 'date', range.from)
        .add('date', '<=', 'date', range.to);
      const newestFirst = `${selectOf(dialect, OHLCV)}${clause.text()}${orderOf(OHLCV, ['date'], 'DESC')}`;
      const sql =
        range.limit === undefined ? newestFirst : `${newestFirst} LIMIT ${clause.param('integer', range.limit)}`;
      const answered = answer(() =>
        driver.read(async (session) => {
          const rows = await session.all(sql, clause.values);
          if (rows.length > 0) return rows.reverse().map(barOf);
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

function barOf(row: SqlRow): Bar {
  return {
    date: String(row['date']),
    open: Number(row['open']),
    high: Number(row['high']),
    low: Number(row['low']),
    close: Number(row['close']),
    volume: Number(row['volume']),
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
