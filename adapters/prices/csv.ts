import { ForecastError, invalid } from '../../src/errors.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { Bar } from '../../src/series/bar.js';
import { barsWithin, checkBarRequest, unknownCode } from './bar-range.js';
import { parseBars } from './csv-bars.js';
import { abortable } from './pace.js';

export { parseBars } from './csv-bars.js';

/** How a folder of CSV files is read. */
export interface CsvPricesOptions {
  /** What decodes the files' bytes: a TextDecoder label; default 'utf-8' (KRX downloads are 'euc-kr'). */
  encoding?: string;
}

/**
 * Returns a price source over a folder with one file an instrument: CODE.csv or CODE.csv.gz. A file is parsed when it is
 * first asked for, and again when it has changed. Headings and formats: see `parseBars`.
 *
 * @throws ForecastError from getBars: `UNKNOWN_CODE` if there is no file; `INVALID_KEY` for a code that is no file name;
 *   `INVALID_CSV` or `DUPLICATE_DATE` naming file and line; `PRICE_SOURCE_FAILED` if the folder or file cannot be read
 *
 * @example
 * const prices = csvPrices('data/');
 * await prices.getBars('005930', { limit: 400 });
 */
export function csvPrices(folder: string, options: CsvPricesOptions = {}): PriceSource {
  const parsed = new Map<string, { stamp: string; bars: Promise<Bar[]> }>();
  const encoding = options.encoding ?? 'utf-8';
  return {
    async getBars(code, range) {
      checkBarRequest(code, range, 'csvPrices');
      if (/[/\\:]/.test(code) || code === '.' || code === '..') {
        throw invalid('INVALID_KEY', 'csvPrices', 'code', 'a file name without its folder', code);
      }
      const file = await abortable(findFile(folder, code), range.signal);
      let entry = parsed.get(code);
      if (entry?.stamp !== file.stamp) {
        entry = { stamp: file.stamp, bars: readBars(file.path, encoding) };
        parsed.set(code, entry);
        entry.bars.catch(() => parsed.delete(code));
      }
      return barsWithin(await abortable(entry.bars, range.signal), range);
    },
  };
}

async function findFile(folder: string, code: string): Promise<{ path: string; stamp: string }> {
  const { readdir, stat } = await import('node:fs/promises');
  const { join } = await import('node:path');
  try {
    // compared with the names in the folder: a file system may ignore case or normalise, a code does neither
    const names = await readdir(folder);
    const name = [`${code}.csv`, `${code}.csv.gz`].find((candidate) => names.includes(candidate));
    if (name === undefined) throw unknownCode('csvPrices', code);
    const path = join(folder, name);
    const { mtimeMs, size, ino } = await stat(path);
    return { path, stamp: `${name} ${mtimeMs} ${size} ${ino}` };
  } catch (cause) {
    if (cause instanceof ForecastError) throw cause;
    throw new ForecastError('PRICE_SOURCE_FAILED', `csvPrices: cannot read the folder ${folder}`, { cause });
  }
}

async function readBars(path: string, encoding: string): Promise<Bar[]> {
  const { readFile } = await import('node:fs/promises');
  let text: string;
  try {
    let bytes: Uint8Array = await readFile(path);
    if (path.endsWith('.gz')) {
      const { gunzip } = await import('node:zlib');
      const packed = bytes;
      bytes = await new Promise((resolve, reject) => {
        gunzip(packed, (error, unpacked) => (error === null ? resolve(unpacked) : reject(error)));
      });
    }
    text = new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch (cause) {
    const code = cause instanceof TypeError || path.endsWith('.gz') ? 'INVALID_CSV' : 'PRICE_SOURCE_FAILED';
    throw new ForecastError(code, `csvPrices: cannot read ${path} as ${encoding}`, { cause });
  }
  return parseBars(text, path);
}
