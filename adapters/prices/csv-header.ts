import { CsvFault, csvRows } from './csv-rows.js';

/** The columns that are read. */
export const CSV_FIELDS = ['date', 'open', 'high', 'low', 'close', 'volume'] as const;
export type CsvField = (typeof CSV_FIELDS)[number];

/** Where a text's columns stand. */
export interface CsvLayout {
  readonly delimiter: string;
  /** Index of each field's cell. */
  readonly columns: ReadonlyMap<CsvField, number>;
  /** How many cells the header has. */
  readonly width: number;
  /** The header's last line; data follow. */
  readonly line: number;
}

const DELIMITERS = [',', ';', '\t', '|'];
/** So far a header is looked for: a preamble is a few lines. */
const HEAD_ROWS = 60;
const HEAD_CHARACTERS = 65_536;

/**
 * Headings by field, as `plain` leaves them. The Korean ones are those of KRX and Naver downloads; 'vol' and the angle brackets are
 * of Stooq and MetaTrader, 'close/last' of Nasdaq.
 */
const HEADINGS = new Map<string, CsvField>([
  ['open', 'open'],
  ['high', 'high'],
  ['low', 'low'],
  ['close', 'close'],
  ['close/last', 'close'],
  ['volume', 'volume'],
  ['vol', 'volume'],
  ['시가', 'open'],
  ['고가', 'high'],
  ['저가', 'low'],
  ['종가', 'close'],
  ['거래량', 'volume'],
]);

/** Headings of the date; the earlier one counts where a file has several. */
const DATE_HEADINGS = [
  'date',
  '일자',
  '날짜',
  '거래일',
  '거래일자',
  '기준일',
  '영업일자',
  'datetime',
  'timestamp',
  'time',
  'opentime',
  'unix',
];

const plain = (heading: string) =>
  heading
    .slice(0, 100)
    .normalize('NFC')
    .trim()
    .toLowerCase()
    .replace(/[\s_<>.*]/g, '');

/**
 * Returns the layout of a CSV text: the first of its rows that names date, open, high, low, close and volume, with the delimiter by
 * which it does. Rows before it are a preamble. yfinance's header of three lines, in which the last one names the date, is read too,
 * and a first column without a heading is the date where nothing else is, as pandas writes an index.
 *
 * @throws CsvFault naming what the best row lacks, or a field that has two columns
 */
export function csvLayout(text: string): CsvLayout {
  let best = { found: -1, fault: new CsvFault('expected a header line, got an empty file', 1) };
  for (const delimiter of DELIMITERS) {
    let pending: { columns: Map<CsvField, number>; width: number } | undefined;
    let left = HEAD_ROWS;
    for (const { cells, line } of headRows(text, delimiter)) {
      if (left-- === 0) break;
      if (pending !== undefined) {
        const date = loneDate(cells);
        if (date !== undefined) return { delimiter, ...pending, columns: pending.columns.set('date', date), line };
      }
      const { columns, twice } = columnsOf(cells);
      const lacking = CSV_FIELDS.filter((field) => !columns.has(field));
      const found = CSV_FIELDS.length - lacking.length;
      if (lacking.length === 0 && twice === undefined) return { delimiter, columns, width: cells.length, line };
      if (twice === undefined && lacking.length === 1 && lacking[0] === 'date')
        pending = { columns, width: cells.length };
      if (found > best.found) best = { found, fault: new CsvFault(faultOf(cells, lacking, twice), line) };
    }
  }
  throw best.fault;
}

function* headRows(text: string, delimiter: string) {
  try {
    yield* csvRows(text.slice(0, HEAD_CHARACTERS), delimiter);
  } catch (error) {
    // an open quote may be the end of the head, or of another delimiter's making; if it is a fault, the whole text has it too
    if (!(error instanceof CsvFault)) throw error;
  }
}

function columnsOf(header: readonly string[]) {
  const columns = new Map<CsvField, number>();
  let twice: CsvField | undefined;
  let dateRank = Number.POSITIVE_INFINITY;
  header.forEach((heading, index) => {
    const name = plain(heading);
    const rank = DATE_HEADINGS.indexOf(name);
    if (rank !== -1) {
      if (rank === dateRank) twice = 'date';
      if (rank < dateRank) {
        columns.set('date', index);
        dateRank = rank;
      }
      return;
    }
    const field = HEADINGS.get(name);
    if (field === undefined) return;
    if (columns.has(field)) twice = field;
    columns.set(field, index);
  });
  const price = header.findIndex((heading) => /^(price|현재가)$/.test(plain(heading)));
  // Investing.com's close; beside a close it is yfinance's heading of the index
  if (!columns.has('close') && price !== -1) columns.set('close', price);
  if (!columns.has('date') && columns.size === CSV_FIELDS.length - 1 && header[0].trim() === '') columns.set('date', 0);
  return { columns, twice };
}

/** Returns the index of the only cell that is not empty, if it is a date's heading. */
function loneDate(cells: readonly string[]): number | undefined {
  const filled = cells.flatMap((cell, index) => (cell.trim() === '' ? [] : [index]));
  return filled.length === 1 && DATE_HEADINGS.includes(plain(cells[filled[0]])) ? filled[0] : undefined;
}

function faultOf(cells: readonly string[], lacking: readonly CsvField[], twice: CsvField | undefined): string {
  if (twice !== undefined) return `two columns for ${twice}: a file holds one instrument, with one column a field`;
  const hint = lacking.length === 1 && lacking[0] === 'volume' ? '; add one with 0 where there is no volume' : '';
  return `expected a column ${lacking[0]} in the header, got ${cells.join(',').slice(0, 200)}${hint}`;
}
