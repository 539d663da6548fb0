import { ForecastError, invalid } from '../../src/errors.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { checkCount } from '../../src/store/check-fields.js';
import { barsWithin, checkBarRequest, unknownCode } from './bar-range.js';
import { CSV_READING_OPTIONS, type CsvReading, checkCsvReading, parseBars } from './csv-bars.js';
import { checkOptionNames } from './option-names.js';
import { abortable } from './pace.js';

export { type CsvReading, parseBars } from './csv-bars.js';

/** How a folder of CSV files is read. */
export interface CsvPricesOptions extends CsvReading {
  /** What decodes the files' bytes: a TextDecoder label; default 'utf-8'. KRX downloads are 'euc-kr', also called cp949 or ms949. */
  encoding?: string | undefined;
  /** The most bytes of a file, unpacked; default 32 MiB, some 500,000 rows. */
  maxBytes?: number | undefined;
}

const WHERE = 'csvPrices';

/**
 * Returns a price source over a folder with one file an instrument: CODE.csv or CODE.csv.gz, the ending in any case. A file is parsed
 * when it is first asked for, and again when it has changed; it is unpacked if it is gzip, whatever its name. Headings and formats:
 * see `parseBars`.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option; from getBars `UNKNOWN_CODE` if there is no file; `INVALID_KEY` for a code
 *   that is no file name; `INVALID_CSV` or `DUPLICATE_DATE` naming file and line; `PRICE_SOURCE_FAILED` if the folder or file cannot be read
 *
 * @example
 * const prices = csvPrices('data/');
 * await prices.getBars('005930', { limit: 400 });
 */
export function csvPrices(folder: string, options: CsvPricesOptions = {}): PriceSource {
  checkOptionNames(WHERE, options, ['encoding', 'maxBytes', ...CSV_READING_OPTIONS]);
  checkCsvReading(options, WHERE);
  const { encoding: label = 'utf-8', maxBytes: most = 32 * 2 ** 20, ...reading } = options;
  const encoding = checkEncoding(label);
  const maxBytes = checkCount(most, { where: WHERE, path: 'options' }, 'maxBytes', 1);
  const parsed = new Map<string, { stamp: string; bars: Promise<Bar[]> }>();
  return {
    async getBars(code, range) {
      checkBarRequest(code, range, WHERE);
      if (/[/\\:]/.test(code) || code === '.' || code === '..') {
        throw invalid('INVALID_KEY', WHERE, 'code', 'a file name without its folder', code);
      }
      const file = await abortable(findFile(folder, code), range.signal);
      let entry = parsed.get(code);
      if (entry?.stamp !== file.stamp) {
        const text = readText(file, encoding, maxBytes);
        entry = { stamp: file.stamp, bars: text.then((whole) => parseBars(whole, file.path, reading)) };
        parsed.set(code, entry);
        entry.bars.catch(() => parsed.delete(code));
      }
      return barsWithin(await abortable(entry.bars, range.signal), range);
    },
    async codes() {
      const codes = (await namesIn(folder)).filter((name) => ENDING.test(name)).map((name) => name.replace(ENDING, ''));
      return [...new Set(codes)].sort();
    },
  };
}

const ENDING = /\.csv(\.gz)?$/i;

/** Names of EUC-KR (Windows code page 949) that TextDecoder does not know. */
const EUC_KR = /^(x-)?(windows-?|cp_?|ms_?|ibm-?)?949$|^(uhc|euckr|euc_kr|ksc5601|x-euc-kr)$/i;

function checkEncoding(label: unknown): string {
  const name = typeof label === 'string' && EUC_KR.test(label.trim()) ? 'euc-kr' : label;
  try {
    return new TextDecoder(name as string).encoding;
  } catch (cause) {
    const expected = "a label of TextDecoder ('utf-8', 'euc-kr', 'utf-16le'), or cp949 or ms949";
    throw invalid('INVALID_ARGUMENT', WHERE, 'options.encoding', expected, label, cause);
  }
}

interface PriceFile {
  readonly path: string;
  readonly size: number;
  readonly stamp: string;
}

async function namesIn(folder: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  try {
    return await readdir(folder);
  } catch (cause) {
    throw unreadable(folder, cause);
  }
}

function unreadable(folder: string, cause: unknown): ForecastError {
  return new ForecastError('PRICE_SOURCE_FAILED', `${WHERE}: cannot read the folder ${folder}`, { cause });
}

async function findFile(folder: string, code: string): Promise<PriceFile> {
  const { stat } = await import('node:fs/promises');
  const { join } = await import('node:path');
  try {
    // compared with the names in the folder: a file system may ignore case or normalise, a code does neither
    const names = (await namesIn(folder)).filter((name) => name.startsWith(code)).sort();
    const ending = (name: string) => name.slice(code.length).toLowerCase();
    const name =
      [`${code}.csv`, `${code}.csv.gz`].find((candidate) => names.includes(candidate)) ??
      ['.csv', '.csv.gz'].map((end) => names.find((candidate) => ending(candidate) === end)).find(Boolean);
    if (name === undefined) throw unknownCode(WHERE, code);
    const path = join(folder, name);
    const { mtimeMs, size, ino } = await stat(path);
    return { path, size, stamp: `${name} ${mtimeMs} ${size} ${ino}` };
  } catch (cause) {
    if (cause instanceof ForecastError) throw cause;
    throw unreadable(folder, cause);
  }
}

async function readText({ path, size }: PriceFile, encoding: string, maxBytes: number): Promise<string> {
  const tooLarge = (cause?: unknown) =>
    new ForecastError('INVALID_CSV', `${WHERE}: ${path} holds more than ${maxBytes} bytes (maxBytes)`, { cause });
  if (size > maxBytes) throw tooLarge();
  const { readFile } = await import('node:fs/promises');
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new ForecastError('PRICE_SOURCE_FAILED', `${WHERE}: cannot read ${path}`, { cause });
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) {
    try {
      bytes = await unpack(bytes, maxBytes);
    } catch (cause) {
      if ((cause as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(cause);
      throw new ForecastError('INVALID_CSV', `${WHERE}: cannot unpack ${path}`, { cause });
    }
  }
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const other = utf16Of(bytes) ?? (encoding === 'utf-8' ? 'euc-kr' : 'utf-8');
    const hint = `write encoding: '${other}' if it is that`;
    throw new ForecastError('INVALID_CSV', `${WHERE}: cannot read ${path} as ${encoding}; ${hint}`, { cause });
  }
}

async function unpack(packed: Uint8Array, maxOutputLength: number): Promise<Uint8Array> {
  const { gunzip } = await import('node:zlib');
  return new Promise((resolve, reject) => {
    gunzip(packed, { maxOutputLength }, (error, unpacked) => (error === null ? resolve(unpacked) : reject(error)));
  });
}

function utf16Of(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined;
}
