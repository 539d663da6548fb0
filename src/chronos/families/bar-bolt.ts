import { portableExp } from '../../stats/index.js';
import type { BarBoltConfig } from '../checkpoint/checkpoint-config.js';
import type { ChronosForecast, ChronosModel } from '../chronos-model.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { type BarChannels, barChannels, barFeeds } from './bar-channels.js';
import { toLogBars } from './bar-context.js';
import { checkRequest } from './forecast-request.js';
import { patchBatches, rowsPerRun } from './patches.js';
import { quantileForecast } from './quantile-forecast.js';

/** Where the log factor of a step is cut off, on both sides. */
const FACTOR_CLIP = 3;

/** A network of bars and what runs it. */
interface BarNetwork {
  readonly config: BarBoltConfig;
  readonly ort: OrtRuntime;
  readonly session: OrtSession;
}

/** Returns a model of daily bars over a session of its graph. */
export function barBoltModel(config: BarBoltConfig, ort: OrtRuntime, session: OrtSession): ChronosModel {
  const { levels, contextLength, predictionLength } = config;
  const queue = new ModelQueue();
  const network = { config, ort, session };
  return {
    family: config.family,
    input: 'bars',
    levels,
    contextLength,
    predictionLength,
    async forecast(contexts, options): Promise<ChronosForecast[]> {
      const request = checkRequest(options, { levels, contextLength }, contexts.length);
      const series = contexts.map((context, i) =>
        barChannels(toLogBars(context, request.contextLength, `series[${i}]`), config.bars),
      );
      const blocks = await queue.run(() => barQuantiles(network, series, request.signal), request.signal);
      return blocks.map((block, i) => {
        const quantiles = spreadOn(block, series[i].anchor, { levels: levels.length, horizon: request.horizon });
        return quantileForecast(levels, quantiles, request, { input: 'log', seed: request.seeds[i] });
      });
    },
    dispose: () => queue.dispose(() => session.release()),
  };
}

/** Runs the network once on every series; returns the quantiles `[levels × predictionLength]` of each one's log close. */
async function barQuantiles(
  { config, ort, session }: BarNetwork,
  series: readonly BarChannels[],
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const { patchSize, levels, predictionLength } = config;
  const size = levels.length * predictionLength;
  const out = new Array<Float64Array>(series.length);
  const lengths = series.map(({ observed }) => observed.length);
  for (const { rows, patches } of patchBatches(lengths, patchSize, (count) => rowsPerRun(config, count + 1))) {
    signal?.throwIfAborted();
    const { data, mask } = barFeeds(
      rows.map((row) => series[row]),
      { patches, patchSize },
    );
    const { quantiles } = await session.run({
      patches: new ort.Tensor('float32', data, [rows.length, patches, data.length / (rows.length * patches)]),
      patch_mask: new ort.Tensor('float32', mask, [rows.length, patches]),
    });
    const values = quantiles.data as Float32Array;
    rows.forEach((row, i) => {
      const { scale, anchor } = series[row];
      const start = i * (size + predictionLength);
      const block = new Float64Array(size);
      for (let j = 0; j < size; j++) {
        const factor = values[start + size + (j % predictionLength)];
        block[j] =
          anchor + scale * portableExp(Math.min(FACTOR_CLIP, Math.max(-FACTOR_CLIP, factor))) * values[start + j];
      }
      out[row] = block;
    });
  }
  return out;
}

/**
 * Returns `[levels × horizon]` of a block `[levels × native length]`: cut off, or beyond the native length its last step's
 * log return widened with the square root of time.
 */
function spreadOn(
  block: Float64Array,
  anchor: number,
  { levels, horizon }: { levels: number; horizon: number },
): Float64Array {
  const native = block.length / levels;
  const out = new Float64Array(levels * horizon);
  for (let level = 0; level < levels; level++)
    for (let step = 0; step < horizon; step++) {
      const value = block[level * native + Math.min(step, native - 1)];
      const widening = step < native ? 1 : Math.sqrt((step + 1) / native);
      out[level * horizon + step] = anchor + (value - anchor) * widening;
    }
  return out;
}
