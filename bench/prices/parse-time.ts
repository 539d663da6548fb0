/**
 * How long the price parsers take on hostile texts, at one length and at four times it: a linear parser's time grows fourfold.
 *
 *     npx esbuild bench/prices/parse-time.ts --bundle --platform=node --format=esm --outfile=bench/prices/parse-time.mjs
 *     node bench/prices/parse-time.mjs [TEXTS] [CHARACTERS]      2000 and 50000 unless given
 *
 * Prints, for each parser, the number of texts, the slowest one of each length in milliseconds, and the ratio of the totals.
 */
import { parseBars } from '../../adapters/prices/csv-bars.js';
import { parseNaverChart } from '../../adapters/prices/naver-chart.js';
import { parseYahooAnswer } from '../../adapters/prices/yahoo-chart.js';
import { hostileTexts } from '../../test/adapters/hostile-texts.js';

const count = Number(process.argv[2] ?? 2000);
const length = Number(process.argv[3] ?? 50_000);

const PARSERS = [
  ['csv', 'csv', (text: string) => parseBars(text, 'x.csv')],
  ['naver', 'chart', parseNaverChart],
  ['yahoo', 'csv', parseYahooAnswer],
] as const;

for (const [name, kind, parse] of PARSERS) {
  const [short, long] = [length, 4 * length].map((characters) => {
    let total = 0;
    let slowest = { ms: 0, word: '' };
    for (const { word, text } of hostileTexts(kind, { count, length: characters, seed: 1 })) {
      const start = performance.now();
      try {
        parse(text);
      } catch {
        // nearly all of them are refused; how long that takes is the question
      }
      const ms = performance.now() - start;
      total += ms;
      if (ms > slowest.ms) slowest = { ms, word };
    }
    return { total, slowest };
  });
  const worst = [short, long].map(({ slowest }) => `${slowest.ms.toFixed(1)} ms (${JSON.stringify(slowest.word)})`);
  console.log(`${name}: ${count} texts of ${length} characters, slowest ${worst[0]}; of ${4 * length}, ${worst[1]}`);
  console.log(
    `${name}: total ${short.total.toFixed(0)} ms, then ${long.total.toFixed(0)} ms: ${(long.total / short.total).toFixed(2)} times`,
  );
}
