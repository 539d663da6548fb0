import { portableExp } from '../../stats/index.js';
import type { BarBoltConfig } from '../checkpoint/checkpoint-config.js';
import type { ChronosEmbedding, ChronosForecast, LoadedChronos } from '../chronos-model.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { BarReader, type BarScale } from './bar-channels.js';
import { type LogBars, readBars } from './bar-context.js';
import { checkEmbedRequest, embeddingOf } from './embedding.js';
import { checkRequest } from './forecast-request.js';
import { type PatchBatch, patchBatches, rowsPerRun } from './patches.js';
import { quantileForecast } from './quantile-forecast.js';

/** Where the log factor of a step is cut off, on both sides. */
const FACTOR_CLIP = 3;

/** A network of bars and what runs it. */
interface BarNetwork {
  readonly config: BarBoltConfig;
  readonly ort: OrtRuntime;
  readonly session: OrtSession;
  readonly reader: BarReader;
  /** How many runs may be under way at once. */
  readonly runs: number;
}

/**
 * Returns a model of daily bars over a session of its graph.
 *
 * @param runs of the session that may be under way at once: where threads work on one, this one can get the next one ready; default 1
 */
export function barBoltModel(
  config: BarBoltConfig,
  ort: OrtRuntime,
  session: OrtSession,
  { runs = 1 }: { runs?: number } = {},
): LoadedChronos {
  const { levels, contextLength, predictionLength } = config;
  const queue = new ModelQueue();
  const network = { config, ort, session, reader: new BarReader(config.bars, config), runs };
  return {
    family: config.family,
    input: 'bars',
    levels,
    contextLength,
    predictionLength,
    async forecast(contexts, options): Promise<ChronosForecast[]> {
      const request = checkRequest(options, { levels, contextLength }, contexts);
      const series = readBars(contexts, request);
      const quantiles = await queue.run(() => barQuantiles(network, series, request.horizon, request.signal), request);
      return quantiles.map((own, i) =>
        quantileForecast(levels, own, request, { input: 'log', seed: request.seeds[i] }),
      );
    },
    async embed(contexts, options = {}): Promise<ChronosEmbedding[]> {
      const request = checkEmbedRequest(contexts, options, contextLength);
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

/**
 * Runs the network once on every series; returns `[levels × horizon]` quantiles of each one's log close: cut off, or beyond the native
 * length its last step's log return widened with the square root of time.
 */
async function barQuantiles(
  network: BarNetwork,
  series: readonly LogBars[],
  horizon: number,
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const { levels, predictionLength: native } = network.config;
  const size = levels.length * native;
  const out = new Array<Float64Array>(series.length);
  await runSeries(network, series, 'quantiles', signal, (row, { scale, anchor }, values) => {
    const quantiles = new Float64Array(levels.length * horizon);
    for (let step = 0; step < horizon; step++) {
      const from = Math.min(step, native - 1);
      const unit = scale * portableExp(Math.min(FACTOR_CLIP, Math.max(-FACTOR_CLIP, values[size + from])));
      const widening = step < native ? 1 : Math.sqrt((step + 1) / native);
      for (let level = 0; level < levels.length; level++) {
        const value = anchor + unit * values[level * native + from];
        quantiles[level * horizon + step] = anchor + (value - anchor) * widening;
      }
    }
    out[row] = quantiles;
  });
  return out;
}

/**
 * Runs the network once on every series, and hands on what that output has for it. The channels are computed run by run: those of a large
 * batch would keep the thread for long, and take four times its memory.
 */
async function runSeries(
  { config, ort, session, reader, runs }: BarNetwork,
  series: readonly LogBars[],
  output: 'quantiles' | 'encoded',
  signal: AbortSignal | undefined,
  take: (row: number, scale: BarScale, values: Float32Array) => void,
): Promise<void> {
  const lengths = series.map(({ close }) => close.length);
  const run = async ({ rows, patches }: PatchBatch) => {
    const own = rows.map((row) => series[row]);
    const { data, mask, scales } = reader.read(own, patches);
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
      take(row, scales[i], values.subarray(i * size, (i + 1) * size));
    });
  };
  const underWay: Promise<void>[] = [];
  try {
    for (const batch of patchBatches(lengths, config.patchSize, (count) => rowsPerRun(config, count + 1))) {
      signal?.throwIfAborted();
      const one = run(batch);
      // heard of when its turn comes; until then nobody listens, and Node ends a process for that
      one.catch(() => {});
      underWay.push(one);
      if (underWay.length === runs) await underWay.shift();
    }
    await Promise.all(underWay);
  } finally {
    // also after an error: the next call must find the session at rest
    await Promise.allSettled(underWay);
  }
}
