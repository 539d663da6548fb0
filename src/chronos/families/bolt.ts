import { quantileSorted } from '../../stats/index.js';
import type { BoltConfig } from '../checkpoint/checkpoint-config.js';
import type { ChronosEmbedding, ChronosForecast, LoadedChronos } from '../chronos-model.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { readContexts } from './bar-context.js';
import { checkEmbedRequest, embeddingOf } from './embedding.js';
import { checkRequest } from './forecast-request.js';
import { type LocScale, locScale } from './instance-norm.js';
import { patchBatches, patchFeeds, rowsPerRun } from './patches.js';
import { quantileForecast } from './quantile-forecast.js';
import { anchorOf } from './series-transform.js';

/** Returns a Chronos-Bolt model over a session of its graph. */
export function boltModel(config: BoltConfig, ort: OrtRuntime, session: OrtSession): LoadedChronos {
  const { levels, contextLength, predictionLength, transform } = config;
  const queue = new ModelQueue();
  const network = { config, ort, session };
  return {
    family: config.family,
    input: 'closes',
    levels,
    contextLength,
    predictionLength,
    async forecast(contexts, options): Promise<ChronosForecast[]> {
      const request = checkRequest(options, { levels, contextLength }, contexts);
      const { contextLength: read } = request;
      const series = readContexts(contexts, request, transform.input);
      const shortened = { ...network, config: { ...config, contextLength: read } };
      const blocks = await queue.run(() => boltQuantiles(shortened, series, request.horizon, request.signal), request);
      return blocks.map((quantiles, i) =>
        quantileForecast(levels, quantiles, request, { input: transform.input, seed: request.seeds[i] }),
      );
    },
    async embed(contexts, options = {}): Promise<ChronosEmbedding[]> {
      const request = checkEmbedRequest(contexts, options, contextLength);
      const series = readContexts(contexts, request, transform.input);
      const out = new Array<ChronosEmbedding>(series.length);
      await queue.run(
        () =>
          runSeries(network, series, 'encoded', request.signal, (row, norm, values) => {
            out[row] = embeddingOf(values.slice(), config.dModel, norm, request.call);
          }),
        request,
      );
      return out;
    },
    dispose: () => queue.dispose(() => session.release()),
  };
}

/** A network and what runs it. */
export interface BoltNetwork {
  readonly config: BoltConfig;
  readonly ort: OrtRuntime;
  readonly session: OrtSession;
}

/**
 * Returns the quantiles of each series, `[levels × horizon]`, row-major, as the network gives them: not sorted.
 *
 * Beyond the native length the reference's rule holds: each level's own path is appended to the series, the network runs on
 * every path, and the levels × levels values of a step are reduced to their empirical quantiles.
 */
export async function boltQuantiles(
  network: BoltNetwork,
  series: readonly Float64Array[],
  horizon: number,
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const { levels, predictionLength, contextLength } = network.config;
  const out = series.map(() => new Float64Array(levels.length * horizon));
  let block = await runBlock(network, series, signal);
  let paths: Float64Array[][] = [];
  for (let done = 0; ; done += predictionLength) {
    const steps = Math.min(predictionLength, horizon - done);
    block.forEach((values, row) => {
      for (let level = 0; level < levels.length; level++)
        for (let step = 0; step < steps; step++)
          out[row][level * horizon + done + step] = values[level * predictionLength + step];
    });
    if (done + steps === horizon) return out;
    paths = block.map((values, row) =>
      levels.map((_, level) => {
        const next = values.subarray(level * predictionLength, (level + 1) * predictionLength);
        return append(paths[row]?.[level] ?? series[row], next, contextLength);
      }),
    );
    const branches = await runBlock(network, paths.flat(), signal);
    block = series.map((_, row) =>
      reducePaths(branches.slice(row * levels.length, (row + 1) * levels.length), levels, predictionLength),
    );
  }
}

/** Runs the network once on every series; returns `[levels × predictionLength]` of each, in the series' units. */
async function runBlock(
  network: BoltNetwork,
  series: readonly Float64Array[],
  signal?: AbortSignal,
): Promise<Float64Array[]> {
  const { transform } = network.config;
  const out = new Array<Float64Array>(series.length);
  await runSeries(network, series, 'quantiles', signal, (row, { loc, scale }, values) => {
    const anchor = anchorOf(series[row], loc, transform.anchor);
    const restored = new Float64Array(values.length);
    for (let j = 0; j < values.length; j++) restored[j] = values[j] * scale + anchor;
    out[row] = restored;
  });
  return out;
}

/** Runs the network once on every series, and hands on what that output has for it, with what normalised it. */
async function runSeries(
  { config, ort, session }: BoltNetwork,
  series: readonly Float64Array[],
  output: 'quantiles' | 'encoded',
  signal: AbortSignal | undefined,
  take: (row: number, norm: LocScale, values: Float32Array) => void,
): Promise<void> {
  const { patchSize } = config;
  const lengths = series.map((values) => values.length);
  for (const { rows, patches } of patchBatches(lengths, patchSize, (count) => rowsPerRun(config, count + 1))) {
    signal?.throwIfAborted();
    const norms = rows.map((row) => locScale(series[row]));
    const normalised = rows.map((row, i) => series[row].map((value) => (value - norms[i].loc) / norms[i].scale));
    const { data, mask } = patchFeeds(normalised, { patches, patchSize });
    const results = await session.run(
      {
        patches: new ort.Tensor('float32', data, [rows.length, patches, 2 * patchSize]),
        patch_mask: new ort.Tensor('float32', mask, [rows.length, patches]),
      },
      [output],
    );
    const values = results[output].data as Float32Array;
    const size = values.length / rows.length;
    rows.forEach((row, i) => {
      take(row, norms[i], values.subarray(i * size, (i + 1) * size));
    });
  }
}

/** The last `limit` values of `series` followed by `next`. */
function append(series: Float64Array, next: Float64Array, limit: number): Float64Array {
  const joined = new Float64Array(series.length + next.length);
  joined.set(series);
  joined.set(next, series.length);
  return joined.length > limit ? joined.slice(joined.length - limit) : joined;
}

/** Reduces the outputs of all paths of one series to the quantiles of their union at each step. */
function reducePaths(branches: readonly Float64Array[], levels: readonly number[], steps: number): Float64Array {
  const out = new Float64Array(levels.length * steps);
  const values = new Float64Array(branches.length * levels.length);
  for (let step = 0; step < steps; step++) {
    branches.forEach((branch, path) => {
      for (let level = 0; level < levels.length; level++)
        values[path * levels.length + level] = branch[level * steps + step];
    });
    values.sort();
    levels.forEach((level, i) => {
      out[i * steps + step] = quantileSorted(values, level);
    });
  }
  return out;
}
