import type { Chronos2Config } from '../checkpoint/checkpoint-config.js';
import type { TaskRow } from './covariates.js';

/** The levels whose paths are followed beyond the native length. */
const PATH_LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Runs the network on groups of rows; returns `[levels × outputs·patchSize]` of each row of each group. */
export type GroupRunner = (groups: readonly (readonly TaskRow[])[], outputs: number) => Promise<Float64Array[][]>;

/**
 * Returns the quantiles `[levels × horizon]` of each row of each group.
 *
 * Beyond the native length the reference's rule holds: nine quantile paths of every row are appended to its context (known
 * covariates with their real values), each path of a group is read as a group, and the 9 × levels values of a step are
 * reduced to their weighted quantiles, a value's weight being the probability that its path and its level stand for.
 */
export async function unrollGroups(
  config: Chronos2Config,
  groups: readonly (readonly TaskRow[])[],
  horizon: number,
  run: GroupRunner,
): Promise<Float64Array[][]> {
  const { levels, patchSize, maxOutputPatches, contextLength } = config;
  const out = groups.map((group) => group.map(() => new Float64Array(levels.length * horizon)));
  const weights = pathWeights(levels);
  const outputsFor = (steps: number) => Math.min(Math.ceil(steps / patchSize), maxOutputPatches);
  let outputs = outputsFor(horizon);
  let block = await run(groups, outputs);
  let paths = groups.map((group) => PATH_LEVELS.map(() => group));
  for (let done = 0; ; ) {
    const width = outputs * patchSize;
    const steps = Math.min(width, horizon - done);
    block.forEach((rows, group) => {
      rows.forEach((values, row) => {
        for (let level = 0; level < levels.length; level++)
          out[group][row].set(values.subarray(level * width, level * width + steps), level * horizon + done);
      });
    });
    done += steps;
    if (done === horizon) return out;
    paths = paths.map((branches, group) =>
      branches.map((rows, path) =>
        rows.map((row, at) => extend(row, pathOf(block[group][at], levels, width, PATH_LEVELS[path]), contextLength)),
      ),
    );
    outputs = outputsFor(horizon - done);
    const branches = await run(paths.flat(), outputs);
    const next = outputs * patchSize;
    block = groups.map((group, g) =>
      group.map((_, row) =>
        reduce(
          PATH_LEVELS.map((_, path) => branches[g * PATH_LEVELS.length + path][row]),
          weights,
          levels,
          next,
        ),
      ),
    );
  }
}

/** The values of one level at each step of a block. */
function pathOf(block: Float64Array, levels: readonly number[], width: number, level: number): Float64Array {
  return Float64Array.from({ length: width }, (_, step) => interpolate(level, levels, (i) => block[i * width + step]));
}

/** Appends a path to a row's context, with the known values of the future in its place, which then begins later. */
function extend({ context, future }: TaskRow, path: Float64Array, limit: number): TaskRow {
  const values = path.map((value, step) => {
    const known = future?.[step];
    return known === undefined || Number.isNaN(known) ? value : known;
  });
  const joined = new Float64Array(context.length + values.length);
  joined.set(context);
  joined.set(values, context.length);
  return { context: joined.slice(-limit), future: future?.slice(path.length) };
}

/** The probability that each value of each path stands for, `[paths × levels]`. */
function pathWeights(levels: readonly number[]): number[] {
  const own = masses(levels);
  return masses(PATH_LEVELS).flatMap((mass) => own.map((other) => mass * other));
}

/** The share of probability around each level: from half-way to its neighbours, 0 and 1 at the ends, normalised. */
function masses(levels: readonly number[]): number[] {
  const widths = levels.map((_, i) => ((levels[i + 1] ?? 1) - (levels[i - 1] ?? 0)) / 2);
  const total = widths.reduce((sum, width) => sum + width, 0);
  return widths.map((width) => width / total);
}

/** Reduces the outputs of all paths of one row to weighted quantiles at each step. */
function reduce(
  branches: readonly Float64Array[],
  weights: readonly number[],
  levels: readonly number[],
  width: number,
): Float64Array {
  const out = new Float64Array(levels.length * width);
  for (let step = 0; step < width; step++) {
    const values = branches
      .flatMap((branch, path) =>
        levels.map((_, level) => ({
          value: branch[level * width + step],
          weight: weights[path * levels.length + level],
        })),
      )
      .sort((a, b) => a.value - b.value);
    let reached = 0;
    const cumulative = values.map(({ weight }) => {
      reached = Math.min(reached + weight, 1);
      return reached;
    });
    levels.forEach((level, i) => {
      out[i * width + step] = interpolate(level, cumulative, (at) => values[at].value);
    });
  }
  return out;
}

/** Linear in the level between the two known levels around it; the outermost value beyond them. */
function interpolate(level: number, known: readonly number[], value: (i: number) => number): number {
  let upper = 0;
  while (upper < known.length && known[upper] <= level) upper++;
  if (upper === 0) return value(0);
  if (upper === known.length) return value(known.length - 1);
  const share = (level - known[upper - 1]) / (known[upper] - known[upper - 1]);
  return value(upper - 1) + share * (value(upper) - value(upper - 1));
}
