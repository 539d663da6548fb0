import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CsvPricesOptions, type CsvReading, csvPrices, parseBars } from '../../adapters/prices/csv.js';
import { type Bar, parseSeries } from '../../src/series/index.js';

const HEADER = 'date,open,high,low,close,volume';
const BAR: Bar = { date: '2024-03-08', open: 72_300, high: 73_400, low: 72_000, close: 73_300, volume: 1_234_567 };
const NEXT: Bar = { date: '2024-03-13', open: 1, high: 2, low: 0.5, close: 1.25, volume: 1500 };
const daysOf = (dates: readonly string[], options: CsvReading = {}) =>
  parseBars([HEADER, ...dates.map((date) => `"${date}",1,1,1,1,1`)].join('\n'), 'x.csv', options).map(
    ({ date }) => date,
  );
const failing = (text: string, options: CsvReading = {}): Error & { code: string } => {
  try {
    parseBars(text, 'x.csv', options);
  } catch (error) {
    return error as Error & { code: string };
  }
  throw new Error('it was read');
};

describe('a file as exported is read:', () => {
  test.each([
    [
      'CRLF to which LF was appended',
      `${HEADER}\r\n2024-03-08,72300,73400,72000,73300,1234567\n2024-03-13,1,2,.5,1.25,1500\n`,
    ],
    [
      'LF in the header, CRLF and CR below',
      `${HEADER}\n2024-03-08,72300,73400,72000,73300,1234567\r\n2024-03-13,1,2,.5,1.25,1500\r`,
    ],
    [
      // pandas.DataFrame.to_csv of yfinance.download, since yfinance 0.2.51
      'yfinance’s header of three lines',
      'Price,Close,High,Low,Open,Volume\nTicker,ACME,ACME,ACME,ACME,ACME\nDate,,,,,\n2024-03-08,73300,73400,72000,72300,1234567\n2024-03-13,1.25,2,.5,1,1500\n',
    ],
    [
      'an index without a heading',
      ',Open,High,Low,Close,Volume\n2024-03-08,72300,73400,72000,73300,1234567\n2024-03-13,1,2,.5,1.25,1500\n',
    ],
    [
      'Yahoo’s columns, a holiday of nulls, newest first',
      'Date,Open,High,Low,Close,Adj Close,Volume\n2024-03-13,1,2,.5,1.25,1.25,1500\n2024-03-12,null,null,null,null,null,null\n2024-03-11,,,,,,\n2024-03-08,72300,73400,72000,73300,73300,1234567\n',
    ],
    [
      'Investing.com’s columns and K, M',
      '"Date","Price","Open","High","Low","Vol.","Change %"\n"03/13/2024","1.25","1.00","2.00","0.50","1.5K","0.1%"\n"03/08/2024","73,300.00","72,300","73,400","72,000","1.234567M","-0.1%"\n',
    ],
    [
      'Nasdaq’s columns and dollars',
      'Date,Close/Last,Volume,Open,High,Low\n03/13/2024,$1.25,1500,$1.00,$2.00,$0.50\n03/08/2024,"$73,300","1,234,567","$72,300","$73,400","$72,000"\n',
    ],
    [
      'Stooq’s columns',
      '<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nX,D,20240308,000000,72300,73400,72000,73300,1234567,0\nX,D,20240313,000000,1,2,.5,1.25,1500,0\n',
    ],
    [
      'a decimal comma between semicolons',
      'Datum;date;open;high;low;close;volume\n;13.03.2024;1,0;2,0;0,5;1,25;1.500\n;08.03.2024;72.300;73.400;72.000;73.300,00;1.234.567\n',
    ],
    [
      'tabs',
      `${HEADER.replaceAll(',', '\t')}\n2024-03-08\t72300\t73400\t72000\t73300\t1,234,567\n2024-03-13\t1\t2\t0.5\t1.25\t1500\n`,
    ],
    [
      'a preamble of lines',
      `Source: somebody\n"ACME, Inc."\n\n일자,시가,고가,저가,종가,거래량\n2024/03/08,"72,300","73,400","72,000","73,300","1,234,567"\n2024/03/13,1,2,0.5,1.25,1500\n`,
    ],
    [
      'a footer and empty columns at the ends',
      `${HEADER}\n2024-03-08,72300,73400,72000,73300,1234567,,\n2024-03-13,1,2,.5,1.25,1500\n"Source: x",,,,,\n`,
    ],
    [
      'pykrx’s columns',
      '날짜,시가,고가,저가,종가,거래량,등락률\n2024-03-08,72300,73400,72000,73300,1234567,0.1\n2024-03-13,1,2,.5,1.25,1500,0.1\n',
    ],
  ])('%s', (_, text) => {
    expect(parseBars(text, 'x.csv')).toEqual([BAR, NEXT]);
  });

  test('cells without a number are NaN, and the bar is left out of the series with its day', () => {
    const rows = ['2024-03-08,1,1,1,1,1', '2024-03-11,1,1,1,N/A,1', '2024-03-12,-,1,1,1,1', '2024-03-13,1,1,1,1,null'];
    const bars = parseBars([HEADER, ...rows, '2024-03-14,0,0,0,1,0', '2024-03-15,-1,-1,-1,-1,0'].join('\n'), 'x.csv');
    expect(bars).toHaveLength(6);
    expect(parseSeries(bars).repairs.map(({ date, kind, field }) => [date, kind, field])).toEqual([
      ['2024-03-11', 'filler', 'close'],
      ['2024-03-12', 'filler', 'open'],
      ['2024-03-13', 'filler', 'volume'],
      ['2024-03-14', 'halt', 'open'],
      ['2024-03-15', 'filler', 'open'],
    ]);
  });
});

describe('a date', () => {
  test.each([
    ['2024-03-08 00:00:00'],
    ['2024-03-08 00:00:00-05:00'],
    ['2024-03-08T00:00:00+09:00'],
    ['2024-03-08T09:00:00.000+0900'],
    ['2024-03-08T00:00:00Z'],
    ['2024-03-08 16:00:00'],
    ['2024/3/8'],
    ['2024- 03- 08'],
    ['2024. 3. 8.'],
    ['2024년 03월 08일'],
    ['20240308000000'],
    ['8 Mar 2024'],
    ['08-Mar-2024'],
    ['Mar 08, 2024'],
    // 2024-03-08T00:00:00Z, from Python: datetime(2024, 3, 8, tzinfo=timezone.utc).timestamp()
    ['1709856000'],
    ['1709856000.0'],
    ['1709856000000'],
    ['1709856000000000000'],
  ])('%s is 2024-03-08', (date) => {
    expect(daysOf([date])).toEqual(['2024-03-08']);
  });

  test.each([
    // 09:30 in New York and midnight in Seoul
    ['1709908200', 'America/New_York', '2024-03-08'],
    ['1709823600000', 'Asia/Seoul', '2024-03-08'],
    ['2024-03-07T15:00:00Z', 'Asia/Seoul', '2024-03-08'],
    ['2024-03-07 03:00 PM UTC', 'Asia/Seoul', '2024-03-08'],
  ])('%s is a day of %s alone, and refused without it', (date, timeZone, day) => {
    expect(daysOf([date], { timeZone })).toEqual([day]);
    expect(failing(`${HEADER}\n${date},1,1,1,1,1`).message).toMatch(/x\.csv, line 2: column date: .*timeZone: '/);
  });

  test('that may be two days is refused with the option that decides', () => {
    const text = `${HEADER}\n03/04/2024,1,1,1,1,1`;
    const error = failing(text);
    expect(error).toMatchObject({ code: 'INVALID_CSV', field: 'date' });
    expect(error.message).toBe(
      `x.csv, line 2: column date: "03/04/2024" may be two days; write dateOrder: 'dmy' (day first) or 'mdy' (month first)`,
    );
    expect(parseBars(text, 'x.csv', { dateOrder: 'dmy' })[0].date).toBe('2024-04-03');
    expect(parseBars(text, 'x.csv', { dateOrder: 'mdy' })[0].date).toBe('2024-03-04');
  });

  test('is read in the order that other dates of the file show, unless they contradict each other', () => {
    expect(daysOf(['03/04/2024', '13/04/2024'])).toEqual(['2024-04-03', '2024-04-13']);
    expect(daysOf(['03.04.2024', '03.14.2024'])).toEqual(['2024-03-04', '2024-03-14']);
    expect(failing(`${HEADER}\n13/04/2024,1,1,1,1,1\n03/14/2024,1,1,1,1,1`).message).toContain('some the month');
    expect(failing(`${HEADER}\n13/04/2024,1,1,1,1,1`, { dateOrder: 'mdy' }).message).toContain('line 2');
  });

  test.each(['03/04/24', '2024-02-30', '2024-03', 'yesterday', '45359', '2024-03-08 25:00', '2024-03-08x', '2024308'])(
    '%s is refused',
    (date) => {
      expect(failing(`${HEADER}\n${date},1,1,1,1,1`)).toMatchObject({ code: 'INVALID_CSV', field: 'date' });
    },
  );
});

describe('a number', () => {
  const closeOf = (cell: string, options: CsvReading = {}, delimiter = ';') => {
    const row = ['2024-03-08', '1', '1', '1', cell, '1'].join(delimiter);
    return parseBars(`${HEADER.replaceAll(',', delimiter)}\n${row}`, 'x.csv', options)[0].close;
  };

  test('that may have a decimal sign or thousands is refused with the option that decides', () => {
    for (const cell of ['1,234', '1.234']) {
      let message = '';
      try {
        closeOf(cell);
      } catch (error) {
        message = (error as Error).message;
      }
      expect(message).toContain(`"${cell}" may have a decimal sign or thousands; write decimal: '.' or decimal: ','`);
    }
    expect(closeOf('1,234', { decimal: '.' })).toBe(1234);
    expect(closeOf('1,234', { decimal: ',' })).toBe(1.234);
    expect(closeOf('1.234', { decimal: ',' })).toBe(1234);
  });

  test.each([
    ['1,23', 1.23],
    ['1.0854', 1.0854],
    ['1.234,5', 1234.5],
    ['1,234.5', 1234.5],
    ['1 234,5', 1234.5],
    ["1'234.5", 1234.5],
    ['₩73,300.0', 73_300],
    ['8.4e-6', 8.4e-6],
  ])('%s shows its decimal sign', (cell, value) => {
    expect(closeOf(cell)).toBe(value);
  });

  test('with a decimal comma in a file of commas is refused with what to write, and read so', () => {
    const text = `${HEADER}\n2024-03-08,1,1,1,"1,23",1`;
    expect(failing(text).message).toContain(`column close: expected a finite number, got "1,23"; write decimal: ','`);
    expect(parseBars(text, 'x.csv', { decimal: ',' })[0].close).toBe(1.23);
  });

  test('of a file whose decimal signs contradict each other is refused', () => {
    const text = 'date;open;high;low;close;volume\n2024-03-08;1,5;1;1;1;1\n2024-03-11;1.5;1;1;1;1';
    expect(failing(text).message).toContain('line 3: column open: "1.5" has another decimal sign');
  });

  test('K, M and B are of volumes alone', () => {
    const volumeOf = (cell: string) => parseBars(`${HEADER}\n2024-03-08,1,1,1,1,${cell}`, 'x.csv')[0].volume;
    expect(['1.5K', '2M', '0.12 b', '384.65k'].map(volumeOf)).toEqual([1500, 2e6, 1.2e8, 384_650]);
    expect(failing(`${HEADER}\n2024-03-08,1,1,1,1K,1`)).toMatchObject({ code: 'INVALID_CSV', field: 'close' });
  });

  test('is missing in every row of a volume: what to write is said', () => {
    expect(failing(`${HEADER}\n2024-03-08,1,1,1,1,\n2024-03-11,1,1,1,1,-`).message).toContain('write 0');
    expect(failing('date,open,high,low,close\n2024-03-08,1,1,1,1').message).toContain('add one with 0');
  });
});

test.each([
  [{ dateOrder: 'ymd' }, 'dateOrder'],
  [{ timeZone: 'Seoul' }, 'timeZone'],
  [{ decimal: ';' }, 'decimal'],
  [{ dateorder: 'dmy' }, 'dateorder'],
])('the option %j is refused, naming it', (options, name) => {
  const error = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(name) });
  expect(() => parseBars(HEADER, 'x.csv', options as never)).toThrow(error);
  expect(() => csvPrices('.', options as never)).toThrow(error);
});

describe('files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'chronolight-exports-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const TEXT = `${HEADER}\n2024-03-08,72300,73400,72000,73300,1234567\n`;
  const put = async (name: string, bytes: string | Uint8Array, options: CsvPricesOptions = {}) => {
    await writeFile(join(folder, name), bytes);
    return csvPrices(folder, options).getBars(name.split('.')[0], {});
  };

  test.each([
    ['UPPER.CSV', TEXT],
    ['MIXED.Csv.GZ', gzipSync(TEXT)],
    ['PACKED.csv', gzipSync(TEXT)],
    ['PLAIN.csv.gz', Buffer.from(TEXT)],
  ])('%s is found and read by what it holds', async (name, bytes) => {
    expect(await put(name, bytes)).toEqual([BAR]);
  });

  // '일자,시가,고가,저가,종가,거래량' in EUC-KR, from Python: header.encode('euc-kr').hex()
  const korean = Buffer.concat([
    Buffer.from('c0cfc0da2cbdc3b0a12cb0edb0a12cc0fab0a12cc1beb0a12cb0c5b7a1b7ae', 'hex'),
    Buffer.from('\n2024-03-08,72300,73400,72000,73300,1234567\n'),
  ]);
  test.each([
    'euc-kr',
    'EUC-KR',
    'euckr',
    'cp949',
    'CP949',
    'ms949',
    'MS949',
    'uhc',
    'windows-949',
    'ks_c_5601-1987',
    'x-windows-949',
  ])('the encoding %s is EUC-KR', async (encoding) => {
    expect(await put('KOREAN.csv', korean, { encoding })).toEqual([BAR]);
  });

  test('a wrong encoding is refused with one to write, an unknown one before anything is read', async () => {
    const failed = (name: string, bytes: Uint8Array) => put(name, bytes).catch((error: Error) => error);
    expect(await failed('A.csv', korean)).toMatchObject({ message: expect.stringContaining("encoding: 'euc-kr'") });
    const wide = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(TEXT, 'utf16le')]);
    expect(await failed('B.csv', wide)).toMatchObject({ message: expect.stringContaining("encoding: 'utf-16le'") });
    expect(await put('B.csv', wide, { encoding: 'utf-16le' })).toEqual([BAR]);
    const error = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('cp949') });
    expect(() => csvPrices(folder, { encoding: 'cp9490' })).toThrow(error);
  });

  test('what unpacks to more than maxBytes is INVALID_CSV, and other files go on', async () => {
    // 60 MB of line ends in 58 kB: beyond the default of 32 MiB
    const bomb = gzipSync(Buffer.alloc(60e6, 10), { level: 9 });
    expect(bomb.length).toBeLessThan(60_000);
    await expect(put('BOMB.csv.gz', bomb)).rejects.toMatchObject({
      code: 'INVALID_CSV',
      message: expect.stringContaining('more than 33554432 bytes'),
    });
    await expect(put('LONG.csv', TEXT, { maxBytes: 20 })).rejects.toMatchObject({ code: 'INVALID_CSV' });
    expect(await put('GOOD.csv', TEXT, { maxBytes: TEXT.length })).toEqual([BAR]);
    expect(() => csvPrices(folder, { maxBytes: Infinity })).toThrow(/maxBytes/);
  });
});
