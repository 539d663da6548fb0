import { portableExp } from '../../stats/index.js';
import type { BarBoltConfig } from '../checkpoint/checkpoint-config.js';
import type { ChronosEmbedding, ChronosForecast, LoadedChronos } from '../chronos-model.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { type BarChannels, barChannels, barFeeds, decayWeights } from './bar-channels.js';
import { type LogBars, readBars } from './bar-context.js';
import { checkEmbedRequest, embeddingOf } from './embedding.js';
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
  /** As barChannels takes it, for the longest context. */
  readonly weightOfAge: Float64Array;
}

/** Where a series' output is measured from, and in what units. */
type BarScale = Pick<BarChannels, 'scale' | 'anchor'>;

/** What the network says of one series: its log closes `[levels × predictionLength]`, and the last observed one. */
interface BarBlock {
  readonly quantiles: Float64Array;
  readonly anchor: number;
}

/** Returns a model of daily bars over a session of its graph. */
export function barBoltModel(config: BarBoltConfig, ort: OrtRuntime, session: OrtSession): LoadedChronos {
  const { levels, contextLength, predictionLength } = config;
  const queue = new ModelQueue();
  const network = { config, ort, session, weightOfAge: decayWeights(config.bars.decay, contextLength) };
  return {
    family: config.family,
    input: 'bars',
    levels,
    contextLength,
    predictionLength,
    async forecast(contexts, options): Promise<ChronosForecast[]> {
      const request = checkRequest(options, { levels, contextLength }, contexts.length);
      const series = readBars(contexts, request);
      const blocks = await queue.run(() => barQuantiles(network, series, request.signal), request);
      return blocks.map((block, i) => {
        const quantiles = spreadOn(block.quantiles, block.anchor, { levels: levels.length, horizon: request.horizon });
        return quantileForecast(levels, quantiles, request, { input: 'log', seed: request.seeds[i] });
      });
    },
    async embed(contexts, options = {}): Promise<ChronosEmbedding[]> {
      const request = checkEmbedRequest(options, contextLength);
      const series = readBars(contexts, request);
      const out = new Array<ChronosEmbedding>(series.length);
      await queue.run(
        () =>
          runSeries(network, series, 'encoded', request.signal, (row, { anchor: loc, scale }, values) => {
            out[row] = embeddingOf(values.slice(), config.dModel, { loc, scale }, request.call);
          }),
        request,
      );
      return out;
    },
    dispose: () => queue.dispose(() => session.release()),
  };
}

/** Runs the network once on every series; returns the quantiles of each one's log close. */
async function barQuantiles(
  network: BarNetwork,
  series: readonly LogBars[],
  signal?: AbortSignal,
): Promise<BarBlock[]> {
  const { levels, predictionLength } = network.config;
  const size = levels.length * predictionLength;
  const out = new Array<BarBlock>(series.length);
  await runSeries(network, series, 'quantiles', signal, (row, { scale, anchor }, values) => {
    const quantiles = new Float64Array(size);
    for (let step = 0; step < predictionLength; step++) {
      const factor = values[size + step];
      const unit = scale * portableExp(Math.min(FACTOR_CLIP, Math.max(-FACTOR_CLIP, factor)));
      for (let j = step; j < size; j += predictionLength) quantiles[j] = anchor + unit * values[j];
    }
    out[row] = { quantiles, anchor };
  });
  return out;
}

/**
 * Runs the network once on every series, and hands on what that output has for it. The channels are computed run by run: those of a large
 * batch would keep the thread for long, and take four times its memory.
 */
async function runSeries(
  { config, ort, session, weightOfAge }: BarNetwork,
  series: readonly LogBars[],
  output: 'quantiles' | 'encoded',
  signal: AbortSignal | undefined,
  take: (row: number, scale: BarScale, values: Float32Array) => void,
): Promise<void> {
  const { patchSize } = config;
  const lengths = series.map(({ close }) => close.length);
  for (const { rows, patches } of patchBatches(lengths, patchSize, (count) => rowsPerRun(config, count + 1))) {
    signal?.throwIfAborted();
    const channels = rows.map((row) => barChannels(series[row], config.bars, weightOfAge));
    const { data, mask } = barFeeds(channels, { patches, patchSize });
    const results = await session.run(
      {
        patches: new ort.Tensor('float32', data, [rows.length, patches, data.length / (rows.length * patches)]),
        patch_mask: new ort.Tensor('float32', mask, [rows.length, patches]),
      },
      [output],
    );
    const values = results[output].data as Float32Array;
    const size = values.length / rows.length;
    rows.forEach((row, i) => {
      take(row, channels[i], values.subarray(i * size, (i + 1) * size));
    });
  }
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
