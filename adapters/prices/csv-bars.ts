import Papa from 'papaparse';
import { ForecastError } from '../../src/errors.js';
import type { Bar } from '../../src/series/bar.js';
import { isCalendarDate } from '../../src/store/check-fields.js';

const FIELDS = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;
type Field = (typeof FIELDS)[number];

/** Headings by field, compared without case, spaces and underscores. The Korean ones are those of KRX and Naver downloads. */
const HEADINGS = new Map<string, Field>([
  ['date', 'date'],
  ['open', 'open'],
  ['high', 'high'],
  ['low', 'low'],
  ['close', 'close'],
  ['volume', 'volume'],
  ['일자', 'date'],
  ['날짜', 'date'],
  ['시가', 'open'],
  ['고가', 'high'],
  ['저가', 'low'],
  ['종가', 'close'],
  ['거래량', 'volume'],
]);

const plain = (heading: string) => heading.normalize('NFC').trim().toLowerCase().replace(/[\s_]/g, '');

/**
 * Returns the bars of a CSV text, ascending by date. The header names the six columns in any order and case, in English
 * or in Korean; other columns are left alone. Fields may be quoted, numbers may have thousands separators (1,234,500),
 * dates are 2024-03-08, 2024/03/08, 2024.03.08 or 20240308. A byte order mark, CRLF and empty lines are fine, and so are newest-first files.
 *
 * @param file how errors name the text
 * @throws ForecastError `INVALID_CSV` naming file, line and column; `DUPLICATE_DATE` naming file, line and date
 */
export function parseBars(text: string, file: string): Bar[] {
  const { data, errors } = Papa.parse<string[]>(text.replace(/^\ufeff/, ''), { delimiter: ',' });
  const quotes = errors.find((error) => error.type === 'Quotes');
  if (quotes !== undefined) throw broken(file, (quotes.row ?? 0) + 1, quotes.message, '');

  // line numbers are those of an editor: a quoted field may span lines
  let line = 1;
  let columns: Map<Field, number> | undefined;
  let width = 0;
  const rows: { bar: Bar; line: number }[] = [];
  for (const cells of data) {
    const first = line;
    line += 1 + cells.reduce((count, cell) => count + (cell.match(/\r\n|\r|\n/g)?.length ?? 0), 0);
    if (cells.length === 1 && cells[0].trim() === '') continue;
    if (columns === undefined) {
      columns = columnsOf(cells, file, first);
      width = cells.length;
      continue;
    }
    if (cells.length !== width) {
      throw broken(file, first, `expected ${width} fields as in the header, got ${cells.length}`, String(cells.length));
    }
    rows.push({ bar: barOf(cells, columns, file, first), line: first });
  }
  if (columns === undefined) throw broken(file, 1, 'expected a header line, got an empty file', '');
  return ascending(rows, file);
}

function columnsOf(header: string[], file: string, line: number): Map<Field, number> {
  const columns = new Map<Field, number>();
  header.forEach((heading, index) => {
    const field = HEADINGS.get(plain(heading));
    if (field === undefined) return;
    if (columns.has(field)) throw broken(file, line, `two columns for ${field}`, heading);
    columns.set(field, index);
  });
  for (const field of FIELDS) {
    if (!columns.has(field)) {
      throw broken(file, line, `expected a column ${field} in the header, got ${header.join(',').slice(0, 200)}`, '');
    }
  }
  return columns;
}

function barOf(cells: string[], columns: Map<Field, number>, file: string, line: number): Bar {
  const cell = (field: Field) => cells[columns.get(field)!].trim();
  const number = (field: Field) => {
    const text = cell(field);
    // thousands separators only where they belong: "1,23" is a comma as decimal sign, or a mistake
    const bare = /^[+-]?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text) ? text.replaceAll(',', '') : text;
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(bare) ? Number(bare) : Number.NaN;
    if (Number.isFinite(value)) return value;
    throw broken(file, line, `column ${field}: expected a finite number, got ${JSON.stringify(text)}`, text, field);
  };
  const date = cell('date').replace(/^(\d{4})([/.]?)(\d{2})\2(\d{2})$/, '$1-$3-$4');
  if (!isCalendarDate(date)) {
    const message = `column date: expected a date like 2024-03-08, got ${JSON.stringify(cell('date'))}`;
    throw broken(file, line, message, cell('date'), 'date');
  }
  const [open, high, low, close] = (['open', 'high', 'low', 'close'] as const).map(number);
  return { date, open, high, low, close, volume: number('volume') };
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

function broken(file: string, line: number, message: string, actual: string, field?: string): ForecastError {
  return new ForecastError('INVALID_CSV', `${file}, line ${line}: ${message}`, { actual, ...(field && { field }) });
}
