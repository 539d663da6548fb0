/**
 * What Chronos-2 gains by leaving out what is never read: in the last block all tokens but the future's, and in every block one of the two
 * matrices of a lone series' group attention, which are multiplied into one while loading.
 *
 *     npx esbuild bench/chronos/chronos2.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-chronos2.mjs
 *     node node_modules/.cache/bench-chronos2.mjs [small,base] [rounds] [context]
 *
 * From the root of the repository. Random weights of 512 / 6 layers and 768 / 12 layers (amazon/chronos-2); 8 series, 16 steps; the least
 * CPU time of one thread of the built-in runtime over all rounds, in turn. "Whole" is `embed`, which runs the last block for every token.
 * "Unfolded" adds the matrix product of every block that multiplying two into one has saved. "Bound" is the ratio of the multiplications
 * alone, attention's own left out.
 */
import { type LoadedChronos, loadChronos } from '../../src/chronos/index.js';
import { openHeap } from '../../src/chronos/runtime/builtin/heap.js';
import { ADD } from '../../src/chronos/runtime/builtin/kernels.js';
import { CHRONOS2_SIZES, randomChronos2 } from '../../test/chronos/random-chronos2.js';
import type { NetworkSizes } from '../../test/chronos/random-weights.js';

const SERIES = 8;
/** One patch, as many as `embed` adds. */
const HORIZON = 16;
const PATCH = 16;

const [names = 'small,base', roundsText = '8', contextText = '512'] = process.argv.slice(2);
const rounds = Number(roundsText);
const length = Number(contextText);

for (const name of names.split(',')) {
  const sizes = CHRONOS2_SIZES[name];
  if (sizes === undefined) throw new TypeError(`chronos2: no size ${name}`);
  const model = await loadChronos(randomChronos2(sizes, 1), { runtime: 'builtin' });
  await compare(`${name} (${sizes.dModel} / ${sizes.layers} layers)`, model, sizes);
  await model.dispose();
}

async function compare(what: string, model: LoadedChronos, sizes: NetworkSizes): Promise<void> {
  const series = Array.from({ length: SERIES }, (_, k) =>
    Float64Array.from({ length }, (_, i) => 100 + 20 * Math.sin(i / 7 + k) + 0.1 * i),
  );
  const context = Math.ceil(length / PATCH) + 1;
  const future = HORIZON / PATCH;
  const product = await productOf(sizes, SERIES * (context + future));
  const works = {
    forecast: () => model.forecast(series, { horizon: HORIZON, numSamples: 1 }),
    whole: () => model.embed(series),
    product: async () => product(),
  };
  const least = { forecast: Infinity, whole: Infinity, product: Infinity };
  for (let round = 0; round <= rounds; round++)
    for (const key of ['forecast', 'whole', 'product'] as const) {
      const before = process.cpuUsage();
      await works[key]();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) least[key] = Math.min(least[key], (user + system) / 1000);
    }
  const { bound, boundWhole } = bounds(sizes, context, future);
  const ratio = (ms: number) => `${ms.toFixed(0)} ms = ${(ms / least.forecast).toFixed(2)}×`;
  console.log(
    `${what}, context ${length}: forecast ${least.forecast.toFixed(0)} ms, whole ${ratio(least.whole)} (bound ${boundWhole.toFixed(2)}×), ` +
      `whole and unfolded ${ratio(least.whole + sizes.layers * least.product)} (bound ${bound.toFixed(2)}×)`,
  );
}

/** One layer's product that folding saves, for so many tokens: y += x wᵀ. */
async function productOf({ dModel, heads, dKv }: NetworkSizes, tokens: number): Promise<() => void> {
  const inner = heads * dKv;
  const heap = await openHeap();
  const [x, w, y] = [tokens * inner, dModel * inner, tokens * dModel].map((count) => {
    const at = heap.alloc(4 * count);
    heap.floats(at, count).fill(0.5);
    return at;
  });
  return () => heap.kernels.linear(x!, 4 * inner, w!, y!, 4 * dModel, tokens, dModel, inner, 0, ADD);
}

/** Multiplications of all layers without what is saved, over those with it. */
function bounds({ dModel, dFf, dKv, heads, layers }: NetworkSizes, context: number, future: number) {
  const inner = heads * dKv;
  const both = context + future;
  const [projection, folded, feed] = [dModel * inner, dModel * dModel, 2 * dModel * dFf];
  const block = (tokens: number) => 2 * both * projection + tokens * (2 * projection + folded + feed);
  const now = (layers - 1) * block(both) + block(future);
  const whole = layers * block(both);
  const unfolded = whole + layers * both * (2 * projection - folded);
  return { bound: unfolded / now, boundWhole: whole / now };
}
