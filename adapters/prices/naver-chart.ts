import { isCalendarDate } from '../../src/store/check-fields.js';

/** One row of Naver's chart: prices adjusted for splits, volume as it was traded. */
export interface NaverRow {
  readonly date: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** What Naver answers about an instrument. */
export interface NaverChart {
  readonly symbol: string;
  readonly name: string;
  /** Ascending. */
  readonly rows: readonly NaverRow[];
}

const CHART = /^<chartdata((?:\s+\w+="[^"]*")*)\s*(?:\/>|>(.*)<\/chartdata>)$/s;

/**
 * Returns the chart of an answer like
 * `<protocol><chartdata symbol="005930" name=".." precision="0"><item data="20240308|72300|73400|72000|73300|1234567" />..`,
 * or undefined for an answer that is whole and has no chart. Anything else in the text is refused: it is not this protocol.
 *
 * @throws Error saying what is wrong with the text
 */
export function parseNaverChart(text: string): NaverChart | undefined {
  const body = text.replace(/^\ufeff?\s*<\?xml[^>]*\?>/, '').trim();
  // a prolog alone is an answer about nothing; no byte at all may as well be a fault on the way
  if (body === '' && text.trim() !== '') return undefined;
  const inside = /^<protocol>(.*)<\/protocol>$/s.exec(body)?.[1].trim();
  if (inside === undefined) throw new Error(text.trim() === '' ? 'it is empty' : 'it is not one whole <protocol>');
  if (inside === '') return undefined;
  const chart = CHART.exec(inside);
  if (chart === null) throw new Error('it does not hold one whole <chartdata>');
  const attributes = new Map([...chart[1].matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]));
  if (attributes.get('timeframe') !== 'day') throw new Error(`its timeframe is ${attributes.get('timeframe')}`);
  return {
    symbol: attributes.get('symbol') ?? '',
    name: attributes.get('name') ?? '',
    rows: rowsOf(chart[2] ?? ''),
  };
}

function rowsOf(items: string): NaverRow[] {
  const rows: NaverRow[] = [];
  const item = /\s*<item data="([^"]*)"\s*\/>/y;
  let end = 0;
  for (let match = item.exec(items); match !== null; match = item.exec(items)) {
    end = item.lastIndex;
    const row = rowOf(match[1]);
    const previous = rows.at(-1);
    if (previous !== undefined && row.date <= previous.date) throw new Error(`${row.date} follows ${previous.date}`);
    rows.push(row);
  }
  if (items.slice(end).trim() !== '') throw new Error(`it has something else than items after ${rows.length} of them`);
  return rows;
}

function rowOf(data: string): NaverRow {
  const cells = data.split('|');
  const date = cells[0].replace(/^(\d{4})(\d{2})(\d{2})$/, '$1-$2-$3');
  const numbers = cells.slice(1).map((cell) => (/^\d+(\.\d+)?$/.test(cell) ? Number(cell) : Number.NaN));
  if (!isCalendarDate(date) || numbers.length !== 5 || numbers.some((number) => !Number.isFinite(number))) {
    throw new Error(`an item is ${JSON.stringify(data.slice(0, 80))}`);
  }
  const [open, high, low, close, volume] = numbers;
  return { date, open, high, low, close, volume };
}
