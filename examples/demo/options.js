import { createReadStream } from 'node:fs';
import { copyFile, mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { everyDay, krx, us, weekdays } from 'chronolight/markets';

export const usage = `Walks a forecaster through the newest days of a real price series, as if each day were today.

  npm run demo                                  the S&P 500, from the npm package vega-datasets
  npm run demo -- --csv FILE --code CODE        your own daily bars (date,open,high,low,close,volume; .csv or .csv.gz)

  --days N        trading days to walk (40)
  --market NAME   krx, us, everyDay or weekdays (krx for a six-digit code, else us)
  --out FOLDER    where the store and the report go (demo-output)
`;

/** Reads the command line, and lays the bars where a price source finds them: FOLDER/prices/CODE.csv. */
export async function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      csv: { type: 'string' },
      code: { type: 'string' },
      days: { type: 'string', default: '40' },
      market: { type: 'string' },
      out: { type: 'string', default: 'demo-output' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return undefined;
  if ((values.csv === undefined) !== (values.code === undefined)) throw new Error('--csv and --code go together');
  const days = Number(values.days);
  if (!Number.isInteger(days) || days < 1) throw new Error(`--days must be a whole number >= 1, got ${values.days}`);

  const sp500 = { csv: SP500_FILE, code: 'SP500', name: 'S&P 500' };
  const chosen = values.csv === undefined ? sp500 : { csv: values.csv, code: values.code };
  const usual = /^\d{6}$/.test(chosen.code) ? 'krx' : 'us';
  const market = MARKETS[values.market ?? usual];
  if (market === undefined) {
    throw new Error(`--market must be ${Object.keys(MARKETS).join(', ')}, got ${values.market}`);
  }
  const folder = join(values.out, 'prices');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await copyFile(chosen.csv, join(folder, `${chosen.code}${(await isGzip(chosen.csv)) ? '.csv.gz' : '.csv'}`));
  return { ...chosen, days, folder, out: values.out, market };
}

const MARKETS = { krx, us, everyDay, weekdays };

/** Daily bars of the S&P 500 from 2000 to April 2020. */
const SP500_FILE = fileURLToPath(new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url));

async function isGzip(file) {
  await stat(file);
  if (basename(file).endsWith('.gz')) return true;
  for await (const chunk of createReadStream(file, { end: 1 })) return chunk[0] === 0x1f && chunk[1] === 0x8b;
  return false;
}
