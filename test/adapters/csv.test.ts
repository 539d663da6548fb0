import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { csvPrices, parseBars } from '../../adapters/prices/csv.js';
import type { Bar } from '../../src/series/bar.js';
import { priceSourceSuite } from '../../src/testing/index.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-csv-'));
});
afterAll(() => rm(root, { recursive: true }));

const HEADER = 'date,open,high,low,close,volume';
const textOf = (bars: readonly Bar[]) =>
  [HEADER, ...bars.map((bar) => [bar.date, bar.open, bar.high, bar.low, bar.close, bar.volume].join(','))].join('\n');

async function folderOf(bars: ReadonlyMap<string, readonly Bar[]>, gzip: boolean): Promise<string> {
  const folder = await mkdtemp(join(root, 'folder-'));
  for (const [code, series] of bars) {
    const text = textOf(series);
    await writeFile(join(folder, `${code}.csv${gzip ? '.gz' : ''}`), gzip ? gzipSync(text) : text);
  }
  return folder;
}

describe('the suite on plain files', () => {
  priceSourceSuite({ test, open: async (bars) => csvPrices(await folderOf(bars, false)) });
});
describe('the suite on gzip files', () => {
  priceSourceSuite({ test, open: async (bars) => csvPrices(await folderOf(bars, true)) });
});

const BAR: Bar = { date: '2024-03-08', open: 72_300, high: 73_400, low: 72_000, close: 73_300, volume: 1_234_567 };

describe('parseBars', () => {
  test.each([
    ['columns in any order and case', 'Volume,CLOSE,low,High,open,Date\n1234567,73300,72000,73400,72300,2024-03-08\n'],
    ['other columns beside them', `code,${HEADER},change\nx,2024-03-08,72300,73400,72000,73300,1234567,\n`],
    [
      'Korean headings',
      '일자,종가,대비,등락률,시가,고가,저가,거래량\n2024/03/08,73300,1,0.1,72300,73400,72000,1234567\n',
    ],
    ['thousands separators', `${HEADER}\n2024-03-08,"72,300","73,400","72,000","73,300","1,234,567"\n`],
    [
      'a byte order mark, CRLF, empty lines',
      `\ufeff${HEADER}\r\n\r\n2024-03-08,72300,73400,72000,73300,1234567\r\n\r\n`,
    ],
    ['quotes and spaces', '"date","open",high, low ,close,volume\n"2024-03-08",72300,73400,72000,73300, 1234567 \n'],
    ['dates without separators', `${HEADER}\n20240308,72300,73400,72000,73300,1234567`],
    ['dates with dots', `${HEADER}\n2024.03.08,72300.0,7.34e4,+72000,73300.,1234567`],
  ])('reads %s', (_, text) => {
    expect(parseBars(text, 'x.csv')).toEqual([BAR]);
  });

  test('puts a newest-first file in ascending order', () => {
    const text = `${HEADER}\n2024-03-08,1,1,1,1,1\n2024-03-07,2,2,2,2,2\n`;
    expect(parseBars(text, 'x.csv').map((bar) => bar.date)).toEqual(['2024-03-07', '2024-03-08']);
  });

  test('a header alone is an instrument without bars', () => {
    expect(parseBars(`${HEADER}\n`, 'x.csv')).toEqual([]);
  });

  test.each([
    ['headings that are names of JavaScript', `constructor,${HEADER.slice(5)}\n`, 'x.csv, line 1', 'date'],
    ['an empty file', '', 'x.csv, line 1', 'header'],
    ['a missing column', 'date,open,high,low,close\n', 'x.csv, line 1', 'volume'],
    ['a column twice', 'date,open,high,low,close,volume,종가\n', 'x.csv, line 1', 'close'],
    ['a word for a number', `${HEADER}\n2024-03-08,1,1,1,1,1\n2024-03-11,1,1,1,abc,1\n`, 'x.csv, line 3', 'close'],
    ['a hexadecimal number', `${HEADER}\n2024-03-08,1,1,0x10,1,1\n`, 'x.csv, line 2', 'low'],
    ['a decimal comma', `${HEADER}\n2024-03-08,1,1,1,"1,23",1\n`, 'x.csv, line 2', 'close'],
    ['an infinite number', `${HEADER}\n2024-03-08,1,1,1,1,1e999\n`, 'x.csv, line 2', 'volume'],
    ['an impossible date', `${HEADER}\n2024-02-30,1,1,1,1,1\n`, 'x.csv, line 2', 'date'],
    ['a day-first date', `${HEADER}\n08/03/2024,1,1,1,1,1\n`, 'x.csv, line 2', 'date'],
    ['too few fields', `${HEADER}\n2024-03-08,1,1\n`, 'x.csv, line 2', '6 fields'],
    ['an open quote', `${HEADER}\n2024-03-08,"1,1,1,1,1\n`, 'x.csv, line 2', 'uote'],
    [
      'a bad line after a field over two lines',
      `${HEADER},note\n2024-03-08,1,1,1,1,1,"a\nb"\nx,1,1,1,1,1,\n`,
      'line 4',
      'date',
    ],
  ])('refuses %s, naming file, line and column', (_, text, place, word) => {
    try {
      parseBars(text, 'x.csv');
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_CSV' });
      expect((error as Error).message).toContain(place);
      expect((error as Error).message).toContain(word);
    }
  });

  test('refuses a date that is there twice, naming both lines', () => {
    const text = `${HEADER}\n2024-03-08,1,1,1,1,1\n2024-03-07,1,1,1,1,1\n2024-03-08,2,2,2,2,2\n`;
    const error = expect.objectContaining({ code: 'DUPLICATE_DATE', message: expect.stringMatching(/line 4.*line 2/) });
    expect(() => parseBars(text, 'x.csv')).toThrow(error);
  });
});

describe('csvPrices', () => {
  test('names what is in its folder, each once, ascending by code point', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chronolight-codes-'));
    for (const name of ['b.csv', 'a.csv.gz', 'a.csv', 'B.CSV', 'notes.txt', '005930.csv'])
      await writeFile(join(folder, name), '');
    expect(await csvPrices(folder).codes?.()).toEqual(['005930', 'B', 'a', 'b']);
    await rm(folder, { recursive: true });
    await expect(csvPrices(folder).codes?.()).rejects.toMatchObject({ code: 'PRICE_SOURCE_FAILED' });
  });

  test.each(['../x', 'a/b', '..', '.', 'a\\b', 'C:x'])('refuses the code %s as INVALID_KEY', async (code) => {
    await writeFile(join(root, 'x.csv'), textOf([BAR]));
    const folder = await folderOf(new Map(), false);
    await expect(csvPrices(folder).getBars(code, {})).rejects.toMatchObject({ code: 'INVALID_KEY' });
  });

  test('a changed file is read anew', async () => {
    const folder = await folderOf(new Map([['A', [BAR]]]), false);
    const prices = csvPrices(folder);
    expect(await prices.getBars('A', {})).toHaveLength(1);
    await writeFile(join(folder, 'A.csv'), textOf([BAR, { ...BAR, date: '2024-03-11' }]));
    await utimes(join(folder, 'A.csv'), 2_000_000_000, 2_000_000_000);
    expect(await prices.getBars('A', {})).toHaveLength(2);
  });

  test('a broken file is an error of its own instrument alone, and is forgotten once mended', async () => {
    const folder = await folderOf(new Map([['A', [BAR]]]), false);
    await writeFile(join(folder, 'B.csv'), 'nonsense');
    const prices = csvPrices(folder);
    await expect(prices.getBars('B', {})).rejects.toMatchObject({
      code: 'INVALID_CSV',
      message: expect.stringContaining('B.csv'),
    });
    expect(await prices.getBars('A', {})).toEqual([BAR]);
    await writeFile(join(folder, 'B.csv'), textOf([BAR]));
    expect(await prices.getBars('B', {})).toEqual([BAR]);
  });

  test('a gzip file that is cut short is INVALID_CSV, a missing folder PRICE_SOURCE_FAILED with its cause', async () => {
    const folder = await folderOf(new Map(), false);
    await writeFile(join(folder, 'A.csv.gz'), gzipSync(textOf([BAR])).subarray(0, 30));
    await expect(csvPrices(folder).getBars('A', {})).rejects.toMatchObject({ code: 'INVALID_CSV' });
    const failed = { code: 'PRICE_SOURCE_FAILED', cause: { code: 'ENOENT' } };
    await expect(csvPrices(join(folder, 'none')).getBars('A', {})).rejects.toMatchObject(failed);
  });

  test('files in another encoding are read when it is named, and refused when it is not', async () => {
    const folder = await folderOf(new Map(), false);
    // '일자,시가,고가,저가,종가,거래량' in EUC-KR, from Python: header.encode('euc-kr').hex()
    const header = Buffer.from('c0cfc0da2cbdc3b0a12cb0edb0a12cc0fab0a12cc1beb0a12cb0c5b7a1b7ae', 'hex');
    await writeFile(
      join(folder, 'A.csv'),
      Buffer.concat([header, Buffer.from('\n2024-03-08,72300,73400,72000,73300,1234567\n')]),
    );
    expect(await csvPrices(folder, { encoding: 'euc-kr' }).getBars('A', {})).toEqual([BAR]);
    await expect(csvPrices(folder).getBars('A', {})).rejects.toMatchObject({ code: 'INVALID_CSV' });
  });
});
