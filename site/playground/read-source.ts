import { parseBars } from '../../adapters/prices/csv-bars.js';
import { ForecastError } from '../../src/errors.js';
import { describeRepairs, type PriceSeries, parseSeries } from '../../src/series/index.js';
import type { Source } from './request.js';
import { simulatedBars } from './simulated-bars.js';

/** The largest file that is read: some 500,000 rows. */
const MAX_BYTES = 32 * 2 ** 20;

/**
 * Returns the series of a source, and how it was read in sentences. Text is UTF-8, or EUC-KR (KRX downloads) if it is not UTF-8.
 *
 * @throws ForecastError `INVALID_CSV`, `DUPLICATE_DATE` naming file and line; what parseSeries throws
 */
export function readSource(source: Source): { series: PriceSeries; notes: string[] } {
  if (source.kind === 'simulated') return { series: parseSeries(simulatedBars(source.name)), notes: [] };
  const { name, bytes, dateOrder } = source;
  if (bytes.length > MAX_BYTES) throw unreadable(name, `holds more than ${MAX_BYTES / 2 ** 20} MiB`);
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw unreadable(name, 'is gzip: unpack it first');
  if (bytes[0] === 0x50 && bytes[1] === 0x4b)
    throw unreadable(name, 'is a workbook or an archive: save the sheet as CSV');
  const { text, encoding } = decode(name, bytes);
  const series = parseSeries(parseBars(text, name, dateOrder === undefined ? {} : { dateOrder }));
  const notes = encoding === 'utf-8' ? [] : [`Read as ${encoding}.`];
  if (series.repairs.length > 0) notes.push(`Mended: ${describeRepairs(series.repairs)}.`);
  return { series, notes };
}

function decode(name: string, bytes: Uint8Array): { text: string; encoding: string } {
  for (const encoding of ['utf-8', 'euc-kr']) {
    try {
      return { text: new TextDecoder(encoding, { fatal: true }).decode(bytes), encoding };
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
  }
  throw unreadable(name, 'is text neither in UTF-8 nor in EUC-KR');
}

function unreadable(name: string, why: string): ForecastError {
  return new ForecastError('INVALID_CSV', `${name} ${why}`, { field: 'file' });
}
