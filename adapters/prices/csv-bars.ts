import { ForecastError, invalid } from '../../src/errors.js';
import type { Bar } from '../../src/series/bar.js';
import { checkWord } from '../../src/store/check-fields.js';
import { type DateOrder, dateReader, shownOrder } from './csv-dates.js';
import { CSV_FIELDS, type CsvField, type CsvLayout, csvLayout } from './csv-header.js';
import { type DecimalSign, decimalSignOf, isMissing, readNumber } from './csv-numbers.js';
import { CsvFault, csvRows } from './csv-rows.js';
import { checkOptionNames } from './option-names.js';

/** What a CSV text does not say by itself. */
export interface CsvReading {
  /** Whether 03/04/2024 is 3 April ('dmy') or 4 March ('mdy'). Needed only where no date of the file shows it. */
  dateOrder?: 'dmy' | 'mdy' | undefined;
  /** Whose days instants are on (seconds or milliseconds since 1970, times in UTC), an IANA name. Not needed for midnights in UTC. */
  timeZone?: string | undefined;
  /** The decimal sign; '.' in files with commas between the columns, else what the file's numbers show. */
  decimal?: '.' | ',' | undefined;
}

/** The names of the options, for those who add their own. */
export const CSV_READING_OPTIONS = ['dateOrder', 'timeZone', 'decimal'] as const;

/** More days of trading than four centuries have: beyond them it is no file of daily bars. */
const MAX_ROWS = 100_000;
const NUMBERS = ['open', 'high', 'low', 'close', 'volume'] as const;

/** One row's cells by field, as text. */
interface RawRow {
  readonly line: number;
  readonly cells: Record<CsvField, string>;
}

/**
 * Returns the bars of a CSV text, ascending by date, as it has them: `parseSeries` mends.
 *
 * - The header names the six columns in any order and case, in English or Korean, in the first 60 rows; other columns are left alone.
 *   Columns are parted by comma, semicolon, tab or bar; lines by LF, CRLF or CR, mixed too.
 * - Dates: 2024-03-08 with - / . or nothing between, 8 Mar 2024, 03/08/2024 where the file or `dateOrder` tells day from month; with a
 *   time and a zone; seconds to nanoseconds since 1970.
 * - Numbers: thousands separators, decimal comma, a currency sign, volumes in K, M, B. A cell that is empty, null, NaN, N/A or a dash
 *   is NaN; a row in which all four prices are is no bar. Any other cell that is no number is refused.
 *
 * Time and memory grow with the length of the text alone.
 *
 * @param file how errors name the text
 * @throws ForecastError `INVALID_CSV` naming file, line and column, and the option that would decide; `DUPLICATE_DATE` naming file,
 *   lines and date; `INVALID_ARGUMENT` for an option
 */
export function parseBars(text: string, file: string, options: CsvReading = {}): Bar[] {
  checkOptionNames('parseBars', options, CSV_READING_OPTIONS);
  checkCsvReading(options, 'parseBars');
  let rows: RawRow[];
  let layout: CsvLayout;
  try {
    const body = text.startsWith('\ufeff') ? text.slice(1) : text;
    layout = csvLayout(body);
    rows = rawRows(body, layout);
  } catch (error) {
    if (error instanceof CsvFault) throw broken(file, error.line, error.message, '');
    throw error;
  }
  const decimal = options.decimal ?? decimalOf(rows, layout.delimiter, file);
  const dayOf = dateReader({ order: options.dateOrder ?? orderOf(rows, file), timeZone: options.timeZone });
  const bars = rows.map(({ cells, line }) => {
    const date = dayOf(cells.date);
    if ('fault' in date) throw broken(file, line, `column date: ${date.fault}`, cells.date, 'date');
    const [open, high, low, close, volume] = NUMBERS.map((field) => numberOf(cells[field], field, decimal, file, line));
    return { bar: { date: date.day, open, high, low, close, volume }, line };
  });
  if (bars.length > 0 && bars.every(({ bar }) => Number.isNaN(bar.volume))) {
    throw broken(
      file,
      bars[0].line,
      'column volume: empty in every row; write 0 where there is no volume',
      '',
      'volume',
    );
  }
  return ascending(bars, file);
}

/** Refuses a reading that is none. @throws ForecastError `INVALID_ARGUMENT` naming the option */
export function checkCsvReading({ dateOrder, timeZone, decimal }: CsvReading, where: string): void {
  const at = { where, path: 'options' };
  if (dateOrder !== undefined) checkWord(dateOrder, ['dmy', 'mdy'], at, 'dateOrder');
  if (decimal !== undefined) checkWord(decimal, ['.', ','], at, 'decimal');
  if (timeZone === undefined) return;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone });
  } catch (cause) {
    throw invalid('INVALID_ARGUMENT', where, 'options.timeZone', 'an IANA time zone', timeZone, cause);
  }
}

function rawRows(text: string, { delimiter, columns, width, line: header }: CsvLayout): RawRow[] {
  const rows: RawRow[] = [];
  const indexes = CSV_FIELDS.map((field) => columns.get(field)!);
  for (const { cells, line } of csvRows(text, delimiter)) {
    if (line <= header) continue;
    while (cells.length > width && cells[cells.length - 1].trim() === '') cells.pop();
    if (cells.length !== width) {
      throw new CsvFault(`expected ${width} fields as in the header, got ${cells.length}`, line);
    }
    const [date, open, high, low, close, volume] = indexes.map((index) => cells[index]);
    // a row without a price is no bar: a holiday, a footer
    if (isMissing(open) && isMissing(high) && isMissing(low) && isMissing(close)) continue;
    if (rows.length === MAX_ROWS)
      throw new CsvFault(`more than ${MAX_ROWS} rows are no daily bars of one instrument`, line);
    rows.push({ line, cells: { date, open, high, low, close, volume } });
  }
  return rows;
}

function decimalOf(rows: readonly RawRow[], delimiter: string, file: string): DecimalSign {
  if (delimiter === ',') return '.';
  let unclear: { line: number; cell: string } | undefined;
  let shown: DecimalSign | undefined;
  for (const { cells, line } of rows) {
    for (const field of NUMBERS) {
      const sign = decimalSignOf(cells[field]);
      if (sign === 'either') unclear ??= { line, cell: cells[field] };
      else if (sign !== undefined && shown !== undefined && sign !== shown) {
        throw broken(
          file,
          line,
          `column ${field}: ${quoted(cells[field])} has another decimal sign than the rows above`,
          cells[field],
          field,
        );
      } else shown = sign ?? shown;
    }
  }
  if (shown === undefined && unclear !== undefined) {
    const message = `${quoted(unclear.cell)} may have a decimal sign or thousands; write decimal: '.' or decimal: ','`;
    throw broken(file, unclear.line, message, unclear.cell);
  }
  return shown ?? '.';
}

function orderOf(rows: readonly RawRow[], file: string): DateOrder | undefined {
  const order = shownOrder(rows.map(({ cells }) => cells.date));
  if (order !== 'both') return order;
  throw broken(file, rows[0].line, 'column date: some dates have the day first, some the month', '', 'date');
}

function numberOf(cell: string, field: CsvField, decimal: DecimalSign, file: string, line: number): number {
  if (isMissing(cell)) return Number.NaN;
  const value = readNumber(cell, decimal, field === 'volume');
  if (value !== undefined) return value;
  const other = decimal === '.' ? ',' : '.';
  const hint =
    readNumber(cell, other, field === 'volume') === undefined ? '' : `; write decimal: '${other}' if it is one`;
  throw broken(file, line, `column ${field}: expected a finite number, got ${quoted(cell)}${hint}`, cell, field);
}

function ascending(rows: { bar: Bar; line: number }[], file: string): Bar[] {
  rows.sort((a, b) => (a.bar.date < b.bar.date ? -1 : a.bar.date > b.bar.date ? 1 : a.line - b.line));
  for (let index = 1; index < rows.length; index++) {
    const { bar, line } = rows[index];
    if (bar.date !== rows[index - 1].bar.date) continue;
    const message = `${file}, line ${line}: the date ${bar.date} is there already, in line ${rows[index - 1].line}`;
    throw new ForecastError('DUPLICATE_DATE', message, { field: 'date', actual: bar.date });
  }
  return rows.map(({ bar }) => bar);
}

function quoted(cell: string): string {
  const text = cell.trim();
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

function broken(file: string, line: number, message: string, actual: string, field?: string): ForecastError {
  const details = { actual: actual.slice(0, 80), ...(field && { field }) };
  return new ForecastError('INVALID_CSV', `${file}, line ${line}: ${message}`, details);
}
