/*
 * How long a pair of models takes to load from its compact form (over the bytes themselves, as forecasts do, and by decodeModel, which copies them), and
 * from its texts: the least of many rounds, after warming up.
 *
 *   npx esbuild bench/lgbm/compact.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-compact.mjs
 *   node node_modules/.cache/bench-compact.mjs [--trained 4] [--rounds 3000]
 *
 * From the root of the repository. The pairs are those that retrain makes of simulated instruments on five years of bars.
 */
import { parseArgs } from 'node:util';
import { decodeModel, parseModel } from '../../src/lgbm/index.js';
import { decodeOwned } from '../../src/lgbm/inside.js';
import { trainSome } from '../market/market.js';

const { values } = parseArgs({
  options: { trained: { type: 'string', default: '4' }, rounds: { type: 'string', default: '3000' } },
});
const rounds = Number(values.rounds);
const pairs = (await trainSome(Number(values.trained))).flat().map(({ reg, cls }) => [reg, cls]);

/** Counts what was loaded, so that nothing is left out as unused. */
let loaded = 0;
function least(times: number, work: () => void): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < times; round++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return 1000 * best;
}

const decode = (pair: (typeof pairs)[number]) => {
  for (const { compact } of pair) loaded += decodeModel(compact!).numIterations;
};
const load = (pair: (typeof pairs)[number]) => {
  for (const { compact } of pair) loaded += decodeOwned(compact!).numIterations;
};
const parse = (pair: (typeof pairs)[number]) => {
  for (const { text } of pair) loaded += parseModel(text).numIterations;
};
for (const pair of pairs) {
  least(Math.ceil(rounds / 3), () => load(pair));
  least(Math.ceil(rounds / 3), () => decode(pair));
}
const lines = pairs.map((pair) => {
  const bytes = (of: (model: (typeof pair)[number]) => number) =>
    pair.reduce((sum, model) => sum + of(model), 0) / 1000;
  return {
    text: bytes(({ text }) => text.length),
    form: bytes(({ compact }) => compact!.length),
    load: least(rounds, () => load(pair)),
    decode: least(rounds, () => decode(pair)),
    parse: least(Math.ceil(rounds / 100), () => parse(pair)),
  };
});
for (const { text, form, ...took } of lines) {
  const sizes = `${text.toFixed(0).padStart(4)} kB of text, ${form.toFixed(0).padStart(4)} kB compact`;
  console.log(
    `${sizes}: ${took.load.toFixed(0)} µs, copied ${took.decode.toFixed(0)} µs, from texts ${took.parse.toFixed(0)} µs`,
  );
}
const mean = (of: (line: (typeof lines)[number]) => number) =>
  lines.reduce((sum, line) => sum + of(line), 0) / lines.length;
console.log(
  `mean of ${pairs.length} pairs: ${mean((line) => line.load).toFixed(0)} µs, copied ${mean((line) => line.decode).toFixed(0)} µs, from texts ${mean((line) => line.parse).toFixed(0)} µs (${loaded} iterations loaded)`,
);
