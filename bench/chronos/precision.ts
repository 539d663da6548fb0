/**
 * How far forecasts in whole numbers lie from those in float32, in widths of the 80 % interval: `precision: 'int16'` on the built-in runtime
 * and `'int8'` on ONNX Runtime; and what rounding the layers' weights alone does to the default checkpoint, everything else in float32.
 *
 *     npx esbuild bench/chronos/precision.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-precision.mjs
 *     node node_modules/.cache/bench-precision.mjs [default,tiny,mini,small]
 *
 * From the root of the repository. The default checkpoint forecasts 20 steps of 200 simulated series of 20 to 256 bars, at all levels, in log
 * returns; tiny, mini and small are the published sizes of Chronos-Bolt with random weights, 5 steps of 64 series of 512 closes.
 */
import { readFileSync } from 'node:fs';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import {
  type CheckpointInMemory,
  type ChronosBars,
  type ChronosSeries,
  type LoadOptions,
  loadChronos,
} from '../../src/chronos/index.js';
import { createRandom } from '../../src/stats/index.js';
import { BOLT_SIZES, randomBolt } from '../../test/chronos/random-bolt.js';
import { safetensors } from '../../test/chronos/safetensors-bytes.js';

const KINDS: Record<string, LoadOptions> = {
  'int16, built in': { precision: 'int16' },
  'int8, ONNX Runtime': { precision: 'int8', threads: 1 },
};
/** Roundings of weights: bits, and weights of a scale; 0: a scale for each output. */
const ROUNDINGS = [
  [8, 0],
  [8, 32],
  [9, 0],
  [12, 0],
] as const;
/** Bars of a day are drawn from so many steps. */
const STEPS = 12;
const { normal, uniform } = createRandom(7);

for (const size of (process.argv[2] ?? 'default,tiny').split(',')) await compare(size);

async function compare(size: string): Promise<void> {
  const isDefault = size === 'default';
  const wanted = BOLT_SIZES[size];
  if (!isDefault && wanted === undefined) throw new TypeError(`precision: no size ${size}`);
  const source = wanted === undefined ? undefined : randomBolt(wanted, 1);
  const series: ChronosSeries[] = isDefault
    ? Array.from({ length: 200 }, (_, i) => bars([20, 60, 120, 256, 256, 256][i % 6]))
    : Array.from({ length: 64 }, () => bars(512).close);
  const forecasts = async (options: LoadOptions, other?: CheckpointInMemory) => {
    const model = await loadChronos(other ?? source, options);
    const result = await model.forecast(series, { horizon: isDefault ? 20 : 5, numSamples: 1 });
    await model.dispose();
    return result;
  };
  const exact = await forecasts({ runtime: 'builtin' });
  const scaled = isDefault ? Math.log : Number;
  const rounded = isDefault ? ROUNDINGS : [];
  const variants = [
    ...Object.entries(KINDS).map(([kind, options]) => ({ kind, options, other: undefined })),
    ...rounded.map(([bits, block]) => ({
      kind: `weights in ${bits} bits, a scale for ${block || 'each output'}`,
      options: { runtime: 'builtin' } as const,
      other: roundedDefault(bits, block),
    })),
  ];
  for (const { kind, options, other } of variants) {
    let [worst, worstNear, squares, count] = [0, 0, 0, 0];
    (await forecasts(options, other)).forEach(({ quantiles, levels }, i) => {
      const { q10, q90, quantiles: own } = exact[i];
      quantiles.forEach((value, at) => {
        const [step, level] = [Math.floor(at / levels.length), levels[at % levels.length]];
        const width = scaled(q90[step]) - scaled(q10[step]);
        const distance = Math.abs(scaled(value) - scaled(own[at])) / width;
        worst = Math.max(worst, distance);
        if (step < 5 && level >= 0.1 && level <= 0.9) worstNear = Math.max(worstNear, distance);
        squares += distance ** 2;
        count++;
      });
    });
    const percent = (share: number) => `${(100 * share).toFixed(2)} %`;
    console.log(
      `${size}, ${kind}: root mean square ${percent(Math.sqrt(squares / count))}, worst ${percent(worst)}, ` +
        `worst of steps 1 to 5 and levels 0.1 to 0.9 ${percent(worstNear)}`,
    );
  }
}

/** The default checkpoint with the weights of its layers rounded; embeddings and heads are left as they are. */
function roundedDefault(bits: number, block: number): CheckpointInMemory {
  const weights = openSafetensors(memorySource('default', readFileSync('models/default/model.safetensors')));
  const most = 2 ** (bits - 1) - 1;
  const tensors: Parameters<typeof safetensors>[0] = {};
  for (const [name, { shape }] of weights.tensors) {
    const values = weights.floats(name);
    const step = /(Attention\.[qkvo]|DenseReluDense\.w\w+)\.weight$/.test(name) ? block || shape[1] : 0;
    for (let start = 0; step > 0 && start < values.length; start += step) {
      const part = values.subarray(start, start + step);
      const scale = part.reduce((top, value) => Math.max(top, Math.abs(value)), 0) / most;
      if (scale > 0) part.set(part.map((value) => Math.round(value / scale) * scale));
    }
    tensors[name] = { dtype: 'F32', shape: [...shape], data: new Uint8Array(values.buffer) };
  }
  return { config: readFileSync('models/default/config.json', 'utf8'), weights: safetensors(tensors) };
}

/** A random walk with changing volatility and a few jumps, as bars. */
function bars(days: number): ChronosBars {
  const usual = (0.006 + 0.03 * uniform()) ** 2;
  const columns = { open: [] as number[], high: [] as number[], low: [] as number[], close: [] as number[] };
  let [variance, close, move] = [usual, Math.log(100), 0];
  for (let day = 0; day < days; day++) {
    variance = 0.03 * usual + 0.87 * variance + 0.1 * move ** 2;
    const sigma = Math.sqrt(variance);
    const open = close + 0.5 * sigma * normal();
    let [now, high, low] = [open, open, open];
    for (let step = 0; step <= STEPS; step++) {
      const jump = step === STEPS && uniform() < 0.005 ? 4 * sigma * normal() : 0;
      now += step === STEPS ? jump : (0.85 * sigma * normal()) / Math.sqrt(STEPS);
      high = Math.max(high, now);
      low = Math.min(low, now);
    }
    move = now - close;
    close = now;
    for (const [name, value] of Object.entries({ open, high, low, close: now }))
      columns[name as keyof typeof columns].push(Math.exp(value));
  }
  return columns;
}
