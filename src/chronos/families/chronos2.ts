import { portableAsinh, portableSinh } from '../../stats/index.js';
import type { Chronos2Config } from '../checkpoint/checkpoint-config.js';
import type { ChronosEmbedding, ChronosForecast } from '../chronos-model.js';
import type { Chronos2Model } from '../chronos2-model.js';
import type { Chronos2Output, Grouping } from '../graph/chronos2-graph.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { readContexts } from './bar-context.js';
import { unrollGroups } from './chronos2-unroll.js';
import { type ForecastTask, type TaskRow, taskRows } from './covariates.js';
import { checkEmbedRequest, type EmbedRequest, embeddingOf } from './embedding.js';
import { checkRequest, type ForecastRequest } from './forecast-request.js';
import { type LocScale, locScale } from './instance-norm.js';
import { patchCount, patchFeeds, rowsPerRun } from './patches.js';
import { quantileForecast } from './quantile-forecast.js';

/** The network of a Chronos-2 checkpoint and what runs it. */
export interface Chronos2Network {
  readonly config: Chronos2Config;
  readonly ort: OrtRuntime;
  /** Returns the session of a grouping that has that output; each is opened when it is first needed, and once. */
  readonly session: (grouping: Grouping, output: Chronos2Output) => Promise<OrtSession>;
}

/** Returns a Chronos-2 model. */
export function chronos2Model(network: Chronos2Network, release: () => Promise<void>): Chronos2Model {
  const { config } = network;
  const queue = new ModelQueue();
  const forecast = async (
    tasks: readonly ForecastTask[],
    request: ForecastRequest,
    crossLearning = false,
  ): Promise<ChronosForecast[][]> => {
    const { call, horizon, contextLength } = request;
    const shortened = { ...network, config: { ...config, contextLength } };
    const rows = tasks.map((task, i) => taskRows(task, horizon, { call, field: `tasks[${i}]` }));
    const groups = crossLearning ? [rows.flat()] : rows;
    const predicted = await queue.run(
      () =>
        unrollGroups(shortened.config, groups, horizon, (block, outputs) =>
          runGroups(shortened, block, outputs, request.signal),
        ),
      request,
    );
    const flat = predicted.flat();
    let start = 0;
    return tasks.map(({ targets }, task) => {
      const own = flat.slice(start, start + targets.length);
      start += rows[task].length;
      return own.map((quantiles) =>
        quantileForecast(config.levels, quantiles, request, { input: 'raw', seed: request.seeds[task] }),
      );
    });
  };
  const embed = async (tasks: readonly ForecastTask[], request: EmbedRequest) => {
    const { call, contextLength } = request;
    const rows = tasks.map((task, i) => taskRows(task, 0, { call, field: `tasks[${i}]` }));
    const shortened = { ...network, config: { ...config, contextLength } };
    const embedded = await queue.run(() => embedGroups(shortened, rows, request), request);
    return tasks.map(({ targets }, i) => embedded[i].slice(0, targets.length));
  };
  return {
    family: 'chronos-2',
    input: 'closes',
    levels: config.levels,
    contextLength: config.contextLength,
    predictionLength: config.maxOutputPatches * config.patchSize,
    async forecast(contexts, options) {
      const request = checkRequest(options, config, contexts);
      const series = readContexts(contexts, request, 'raw');
      return (await forecast(aloneEach(series), request)).flat();
    },
    async forecastTasks(tasks, options) {
      const offer = { ...config, more: ['crossLearning'] };
      return forecast(tasks, checkRequest(options, offer, tasks, 'forecastTasks'), options.crossLearning);
    },
    async embed(contexts, options = {}) {
      const request = checkEmbedRequest(contexts, options, config.contextLength);
      return (await embed(aloneEach(readContexts(contexts, request, 'raw')), request)).flat();
    },
    async embedTasks(tasks, options = {}) {
      return embed(tasks, checkEmbedRequest(tasks, options, config.contextLength, 'embedTasks'));
    },
    dispose: () => queue.dispose(release),
  };
}

/** Returns a task for each series. */
function aloneEach(series: readonly Float64Array[]): ForecastTask[] {
  return series.map((one) => ({ targets: [one] }));
}

/**
 * Runs the network once on every group; returns `[levels × outputs·patchSize]` of each row, in the row's units.
 *
 * Groups of the same number of patches share a run; a group is never cut.
 */
async function runGroups(
  network: Chronos2Network,
  groups: readonly (readonly TaskRow[])[],
  outputs: number,
  signal: AbortSignal | undefined,
): Promise<Float64Array[][]> {
  const { contextLength, patchSize } = network.config;
  const results = new Array<Float64Array[]>(groups.length);
  const batches = new Map<string, { grouping: Grouping; patches: number; members: number[]; rows: number }[]>();
  groups.forEach((group, index) => {
    if (group.length === 0) {
      results[index] = [];
      return;
    }
    const longest = Math.max(...group.map((row) => Math.min(row.context.length, contextLength)));
    const patches = patchCount(longest, patchSize);
    const grouping = group.length === 1 ? 'alone' : 'grouped';
    const most = rowsPerRun(network.config, patches + 1 + outputs);
    const key = `${grouping} ${patches}`;
    const open = batches.get(key) ?? [];
    batches.set(key, open);
    const last = open.at(-1);
    if (last && last.rows + group.length <= most) {
      last.members.push(index);
      last.rows += group.length;
    } else open.push({ grouping, patches, members: [index], rows: group.length });
  });
  for (const { grouping, patches, members } of [...batches.values()].flat()) {
    signal?.throwIfAborted();
    const rows = members.flatMap((index) => groups[index]);
    const ids = Int32Array.from(members.flatMap((index) => groups[index].map(() => index)));
    const predicted = await runRows(network, rows, { grouping, patches, outputs, groups: ids });
    let start = 0;
    for (const index of members) {
      results[index] = predicted.slice(start, start + groups[index].length);
      start += groups[index].length;
    }
  }
  return results;
}

/**
 * Runs the encoder once on every group, with one masked patch of the future as the reference has; returns each row's embedding.
 *
 * Alone: of a token that is missing in all rows of its group the network makes a mean over the whole batch, which nothing but this reads.
 */
async function embedGroups(
  network: Chronos2Network,
  groups: readonly (readonly TaskRow[])[],
  { call, signal }: EmbedRequest,
): Promise<ChronosEmbedding[][]> {
  const { contextLength, patchSize, dModel } = network.config;
  const embeddings: ChronosEmbedding[][] = [];
  for (const rows of groups) {
    signal?.throwIfAborted();
    const longest = Math.max(...rows.map((row) => Math.min(row.context.length, contextLength)));
    const run = {
      grouping: rows.length === 1 ? 'alone' : 'grouped',
      patches: patchCount(longest, patchSize),
      outputs: 1,
      groups: new Int32Array(rows.length),
    } as const;
    const { values, norms } = await runNetwork(network, rows, run, 'encoded');
    const size = values.length / rows.length;
    embeddings.push(
      norms.map((norm, row) => embeddingOf(values.slice(row * size, (row + 1) * size), dModel, norm, call)),
    );
  }
  return embeddings;
}

/** How rows are run: their groups, patches of context and of future. */
interface Chronos2Run {
  readonly grouping: Grouping;
  readonly patches: number;
  readonly outputs: number;
  readonly groups: Int32Array;
}

async function runRows(network: Chronos2Network, rows: readonly TaskRow[], run: Chronos2Run): Promise<Float64Array[]> {
  const { patchSize, levels, useArcsinh } = network.config;
  const { values, norms } = await runNetwork(network, rows, run, 'quantiles');
  const size = levels.length * run.outputs * patchSize;
  const widen = useArcsinh ? portableSinh : Number;
  return norms.map(({ loc, scale }, row) =>
    Float64Array.from(values.subarray(row * size, (row + 1) * size), (value) => widen(value) * scale + loc),
  );
}

/** Returns that output of the network for all rows, still normalised, and what normalised each row. */
async function runNetwork(
  { config, ort, session }: Chronos2Network,
  rows: readonly TaskRow[],
  run: Chronos2Run,
  output: Chronos2Output,
): Promise<{ values: Float32Array; norms: readonly LocScale[] }> {
  const { patchSize, contextLength, timeEncodingScale, useArcsinh, regToken } = config;
  const { patches, outputs } = run;
  const contexts = rows.map((row) => row.context.slice(-contextLength));
  const norms = contexts.map(locScale);
  const squash = useArcsinh ? portableAsinh : Number;
  const normalise = (values: Float64Array, row: number) =>
    values.map((value) => squash((value - norms[row].loc) / norms[row].scale));
  const layout = { patchSize, width: 3 * patchSize, valueOffset: patchSize };
  const past = patchFeeds(contexts.map(normalise), { ...layout, patches });
  const ahead = patchFeeds(
    // The future begins at its first patch: filled up on the right, where patchFeeds fills up on the left.
    rows.map(({ future }, row) => {
      const known = new Float64Array(outputs * patchSize).fill(Number.NaN);
      if (future) known.set(normalise(future.slice(0, known.length), row));
      return known;
    }),
    { ...layout, patches: outputs },
  );
  writeTimes(past.data, rows.length, patches, { patchSize, start: -patches * patchSize, scale: timeEncodingScale });
  writeTimes(ahead.data, rows.length, outputs, { patchSize, start: 0, scale: timeEncodingScale });
  const registers = regToken === undefined ? 0 : 1;
  const tokens = patches + registers + outputs;
  const mask = new Float32Array(rows.length * tokens).fill(1);
  for (let row = 0; row < rows.length; row++)
    mask.set(past.mask.subarray(row * patches, (row + 1) * patches), row * tokens);
  const feeds = {
    context: new ort.Tensor('float32', past.data, [rows.length, patches, 3 * patchSize]),
    future: new ort.Tensor('float32', ahead.data, [rows.length, outputs, 3 * patchSize]),
    mask: new ort.Tensor('float32', mask, [rows.length, tokens]),
  };
  const groups = new ort.Tensor('int32', run.groups, [rows.length]);
  const opened = await session(run.grouping, output);
  const results = await opened.run(run.grouping === 'grouped' ? { ...feeds, groups } : feeds, [output]);
  return { values: results[output].data as Float32Array, norms };
}

/** Writes the time of every place of every patch, in units of the network's time scale. */
function writeTimes(
  data: Float32Array,
  rows: number,
  patches: number,
  { patchSize, start, scale }: { patchSize: number; start: number; scale: number },
): void {
  for (let row = 0; row < rows; row++)
    for (let place = 0; place < patches * patchSize; place++) {
      const patch = row * patches + Math.floor(place / patchSize);
      data[patch * 3 * patchSize + (place % patchSize)] = (start + place) / scale;
    }
}
