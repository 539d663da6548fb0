import { portableAsinh, portableSinh } from '../../stats/index.js';
import type { Chronos2Config } from '../checkpoint/checkpoint-config.js';
import type { ChronosForecast, ChronosModel, ForecastOptions } from '../chronos-model.js';
import type { Grouping } from '../graph/chronos2-graph.js';
import { ModelQueue } from '../runtime/model-queue.js';
import type { OrtRuntime, OrtSession } from '../runtime/runtime.js';
import { readCloses } from './bar-context.js';
import { unrollGroups } from './chronos2-unroll.js';
import { type ForecastTask, type TaskRow, taskRows } from './covariates.js';
import { checkRequest } from './forecast-request.js';
import { locScale } from './instance-norm.js';
import { patchCount, patchFeeds, rowsPerRun } from './patches.js';
import { quantileForecast } from './quantile-forecast.js';

/** Options of a joint forecast. */
export interface TaskOptions extends ForecastOptions {
  /** Whether all tasks of the call inform each other; every result then depends on the others. Default false. */
  crossLearning?: boolean | undefined;
}

/** A Chronos-2 model: besides single series it forecasts several together, with covariates. */
export interface Chronos2Model extends ChronosModel {
  readonly family: 'chronos-2';
  /**
   * Forecasts every target of every task.
   *
   * @returns for each task, in order, one forecast a target
   * @throws ForecastError as forecast does, and INVALID_ARGUMENT for a task whose parts do not fit together
   */
  forecastTasks(tasks: readonly ForecastTask[], options: TaskOptions): Promise<ChronosForecast[][]>;
}

/** Returns whether a model is a Chronos-2 model, and so forecasts tasks. */
export function isChronos2(model: ChronosModel): model is Chronos2Model {
  return model.family === 'chronos-2' && 'forecastTasks' in model;
}

/** The network of a Chronos-2 checkpoint and what runs it. */
export interface Chronos2Network {
  readonly config: Chronos2Config;
  readonly ort: OrtRuntime;
  /** Returns the session of a grouping; each is opened when it is first needed, and once. */
  readonly session: (grouping: Grouping) => Promise<OrtSession>;
}

/** Returns a Chronos-2 model. */
export function chronos2Model(network: Chronos2Network, release: () => Promise<void>): Chronos2Model {
  const { config } = network;
  const queue = new ModelQueue();
  const forecastTasks = async (tasks: readonly ForecastTask[], options: TaskOptions): Promise<ChronosForecast[][]> => {
    const request = checkRequest(options, { ...config, more: ['crossLearning'] }, tasks.length);
    const shortened = { ...network, config: { ...config, contextLength: request.contextLength } };
    const rows = tasks.map((task, i) => taskRows(task, request.horizon, `tasks[${i}]`));
    const groups = options.crossLearning ? [rows.flat()] : rows;
    const predicted = await queue.run(
      () =>
        unrollGroups(shortened.config, groups, request.horizon, (block, outputs) =>
          runGroups(shortened, block, outputs, request.signal),
        ),
      request.signal,
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
  return {
    family: 'chronos-2',
    input: 'closes',
    levels: config.levels,
    contextLength: config.contextLength,
    predictionLength: config.maxOutputPatches * config.patchSize,
    async forecast(contexts, options) {
      const tasks = contexts.map((context, i) => ({
        targets: [readCloses(context, config.contextLength, 'raw', `series[${i}]`)],
      }));
      checkRequest(options, config, contexts.length);
      return (await forecastTasks(tasks, options)).flat();
    },
    forecastTasks,
    dispose: () => queue.dispose(release),
  };
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

async function runRows(
  { config, ort, session }: Chronos2Network,
  rows: readonly TaskRow[],
  run: { grouping: Grouping; patches: number; outputs: number; groups: Int32Array },
): Promise<Float64Array[]> {
  const { patchSize, contextLength, timeEncodingScale, levels, useArcsinh, regToken } = config;
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
  const opened = await session(run.grouping);
  const { quantiles } = await opened.run(run.grouping === 'grouped' ? { ...feeds, groups } : feeds);
  const values = quantiles.data as Float32Array;
  const size = levels.length * outputs * patchSize;
  const widen = useArcsinh ? portableSinh : Number;
  return norms.map(({ loc, scale }, row) =>
    Float64Array.from(values.subarray(row * size, (row + 1) * size), (value) => widen(value) * scale + loc),
  );
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
