import { basename, dirname, resolve } from 'node:path';
import type { PriceSource } from '../../src/prices/price-source.js';
import { csvPrices } from '../prices/csv.js';
import { naverPrices } from '../prices/naver.js';
import { yahooPrices } from '../prices/yahoo.js';
import { UsageError } from './usage-error.js';

const ENDING = /\.csv(\.gz)?$/i;

/** Returns the source that --prices names. */
export function pricesAt(where: string, cwd: string): PriceSource {
  if (where === 'yahoo') return yahooPrices();
  if (where === 'naver') return naverPrices();
  return csvPrices(resolve(cwd, where));
}

/** Returns the instruments of a folder of CSV files, by their names. @throws UsageError if it cannot be read or has none */
export async function codesIn(folder: string, cwd: string): Promise<string[]> {
  let codes: string[];
  try {
    codes = await csvPrices(resolve(cwd, folder)).codes!();
  } catch {
    throw new UsageError(`there is no folder ${folder} to take the instruments from; name them with --codes`);
  }
  if (codes.length === 0) throw new UsageError(`${folder} holds no CSV file`);
  return codes;
}

/** Returns a source over CSV files, and their codes: their names without the ending. @throws UsageError where two have one name */
export function csvFiles(files: readonly string[], cwd: string): { prices: PriceSource; codes: string[] } {
  const sources = new Map<string, PriceSource>();
  for (const file of files) {
    const path = resolve(cwd, file);
    const code = basename(path).replace(ENDING, '');
    if (sources.has(code)) throw new UsageError(`two files are called ${code}`);
    sources.set(code, csvPrices(dirname(path)));
  }
  // every code comes from this list
  return { codes: [...sources.keys()], prices: { getBars: (code, range) => sources.get(code)!.getBars(code, range) } };
}

/** Whether an argument names a CSV file, not an instrument. */
export const isCsvFile = (argument: string): boolean => ENDING.test(argument);
