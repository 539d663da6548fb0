/**
 * Counts how often honest bars would be accused of foretelling the next day's return (`wickLeak`): over each instrument's whole history, and in
 * windows of 60 days one after another.
 *
 *   npm run build && node bench/series/wick-leaks.mjs FOLDER [FOLDER ...]
 *
 * A FOLDER holds CODE.csv or CODE.csv.gz.
 */
import { readdir } from 'node:fs/promises';
import { csvPrices } from 'chronolight/prices/csv';
import { parseSeries, wickLeak } from 'chronolight/series';

const DAYS = 60;

const folders = process.argv.slice(2);
if (folders.length === 0) throw new TypeError('expected a folder of CODE.csv or CODE.csv.gz, or several');
const total = { instruments: 0, leaking: 0, windows: 0, leakingWindows: 0 };
let highest = { correlation: Number.NEGATIVE_INFINITY, code: '' };
for (const folder of folders) {
  const prices = csvPrices(folder);
  for (const name of await readdir(folder)) {
    const [, code] = /^(.*)\.csv(?:\.gz)?$/.exec(name) ?? [];
    if (code === undefined) continue;
    const { open, high, low, close, length } = parseSeries(await prices.getBars(code, {}), { code });
    const between = (from, to) => {
      const [o, h, l, c] = [open, high, low, close].map((column) => column.subarray(from, to));
      return wickLeak({ open: o, high: h, low: l, close: c });
    };
    const whole = between(0, length);
    total.instruments++;
    if (whole.leaks) total.leaking++;
    if (whole.correlation > highest.correlation) highest = { correlation: whole.correlation, code };
    for (let from = 0; from + DAYS <= length; from += DAYS) {
      total.windows++;
      if (between(from, from + DAYS).leaks) total.leakingWindows++;
    }
  }
}
console.log(
  `${total.instruments} instruments: ${total.leaking} leak, highest correlation ${highest.correlation.toFixed(3)} (${highest.code});`,
  `${total.windows} windows of ${DAYS} days: ${total.leakingWindows} leak`,
);
