import type { Chronos2Config } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import type { Chronos2Output } from '../../graph/chronos2-graph.js';
import { MASKED } from '../../graph/masked.js';
import { rotaryTables } from '../../graph/rotary-tables.js';
import type { Heap } from './heap.js';
import { HeapLayers, type LayerPrecision } from './heap-layers.js';
import { inFours } from './in-fours.js';
import { inParts, type Pause } from './pause.js';

/** A batch as chronos2Graph takes it. */
export interface Chronos2Feeds {
  /** `[batch, patches, 3 × patchSize]` and `[batch, outputs, 3 × patchSize]`. */
  readonly context: Float32Array;
  readonly future: Float32Array;
  /** `[batch, tokens]`: 1 where a token is observed. */
  readonly mask: Float32Array;
  /** `[batch]`: rows of one group lie together and have one number; undefined: every row is a group of its own. */
  readonly groups: Int32Array | undefined;
  readonly batch: number;
  readonly patches: number;
  readonly outputs: number;
}

/** Runs the network; returns quantiles `[batch, levels, outputs × patchSize]`, or the tokens encoded `[batch, tokens, dModel]`. */
export type Chronos2Runner = (feeds: Chronos2Feeds, output: Chronos2Output) => Promise<Float32Array>;

/**
 * Returns Chronos-2's network on a heap: what chronos2Graph writes as a graph, done directly.
 *
 * Of quantiles only the future's tokens are read at the end, so the last block attends, mixes and feeds forward for them alone. A row's
 * result depends on its group only, not on the rest of the batch.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a tensor is missing or of another shape, OUT_OF_MEMORY
 */
export function chronos2Network(
  heap: Heap,
  config: Chronos2Config,
  weights: WeightFile,
  pause: Pause,
  precision?: LayerPrecision,
): Chronos2Runner {
  const { dModel, dKv, numHeads, numLayers, patchSize, levels, regToken } = config;
  const inner = numHeads * dKv;
  const ld = 4 * inner;
  const width = 3 * patchSize;
  const registers = regToken === undefined ? 0 : 1;
  const layers = new HeapLayers(heap, weights, config, precision);
  const { kernels } = heap;
  const shared = regToken === undefined ? 0 : layers.tensor('shared.weight', [2, dModel]);
  const embed = layers.residualBlock('input_patch_embedding', width, dModel);
  const blocks = Array.from({ length: numLayers }, (_, block) => {
    const name = `encoder.block.${block}.layer`;
    return {
      timeNorm: layers.norm(`${name}.0.layer_norm`),
      time: layers.projections(`${name}.0.self_attention`),
      groupNorm: layers.norm(`${name}.1.layer_norm`),
      group: layers.projections(`${name}.1.self_attention`),
      alone: layers.valueOf(`${name}.1.self_attention`),
      norm: layers.norm(`${name}.2.layer_norm`),
      feedForward: layers.feedForward(`${name}.2.mlp`),
    };
  });
  const finalNorm = layers.norm('encoder.final_layer_norm');
  const head = layers.residualBlock('output_patch_embedding', dModel, levels.length * patchSize);
  const half = dKv / 2;
  const tables = rotaryTables(config);
  const [cosines, sines] = [tables.cosines, tables.sines].map((values) => {
    const at = heap.alloc(values.byteLength);
    heap.floats(at, values.length).set(values);
    return at;
  });
  const base = heap.top;

  function place(rows: number, length: number, outputs: number) {
    heap.freeTo(base);
    const floats = (count: number) => heap.alloc(4 * count);
    const tokens = rows * length;
    return {
      feed: floats(tokens * width),
      embedded: floats(tokens * dModel),
      x: floats(tokens * dModel),
      normed: floats(tokens * dModel),
      hidden: heap.alloc(layers.hiddenBytes(tokens)),
      q: floats(tokens * inner),
      k: floats(tokens * inner),
      v: floats(tokens * inner),
      mixed: floats(tokens * inner),
      scores: floats(length * inFours(length) + rows * inFours(rows)),
      mask: floats(rows * inFours(length)),
      groupMask: floats(length * (rows + 3)),
      out: floats(rows * outputs * levels.length * patchSize),
    };
  }

  /** Runs rows `from` to `to` of a batch, which are whole groups, and writes their part of `results`. */
  async function runSlice(
    feeds: Chronos2Feeds,
    output: Chronos2Output,
    from: number,
    to: number,
    results: Float32Array,
  ): Promise<void> {
    const { patches, outputs } = feeds;
    const rows = to - from;
    const length = patches + registers + outputs;
    const ahead = patches + registers;
    const places = place(rows, length, outputs);
    const { x, normed, hidden, q, k, v, mixed, scores, mask } = places;
    const all = rows * length;
    await writeTokens(feeds, from, rows, places);
    const maskWidth = inFours(length);
    const masks = heap.floats(mask, rows * maskWidth).fill(0);
    for (let row = 0; row < rows; row++)
      for (let token = 0; token < length; token++)
        if (feeds.mask[(from + row) * length + token] === 0) masks[row * maskWidth + token] = MASKED;

    for (const [index, block] of blocks.entries()) {
      // The last block's results are read at the future's tokens only; keys and values are needed everywhere.
      const last = output === 'quantiles' && index === numLayers - 1;
      const queries = last ? outputs : length;
      const tokens = rows * queries;
      await inParts(all, layers.partRows, pause, (first, count) => {
        const at = normed + 4 * first * dModel;
        block.timeNorm(x + 4 * first * dModel, at, count);
        const [toK, toV] = [k + first * ld, v + first * ld];
        if (!last) block.time.qkv(at, [q + first * ld, toK, toV], count);
        else {
          block.time.k(at, toK, count);
          block.time.v(at, toV, count);
        }
      });
      if (last) {
        gather(normed, rows, length, ahead, outputs, normed);
        block.time.q(normed, q, tokens);
      }
      kernels.rotate(k, cosines!, sines!, rows, length, numHeads, half);
      const shift = last ? 4 * ahead * half : 0;
      kernels.rotate(q, cosines! + shift, sines! + shift, rows, queries, numHeads, half);
      const shape = [rows, numHeads, queries, length, dKv] as const;
      kernels.attend(q, k, v, mixed, ld, queries * ld, ld, length * ld, 0, mask, 4 * maskWidth, scores, ...shape);
      if (last) gather(x, rows, length, ahead, outputs, x);
      const { groups } = feeds;
      await inParts(tokens, layers.partRows, pause, (first, count) => {
        const [to, at] = [x + 4 * first * dModel, normed + 4 * first * dModel];
        block.time.o(mixed + first * ld, to, count);
        block.groupNorm(to, at, count);
        if (groups === undefined) block.alone(at, to, count);
        else block.group.qkv(at, [q + first * ld, k + first * ld, v + first * ld], count);
      });
      if (groups !== undefined) attendGroups(feeds, { from, to, queries, first: length - queries }, places);
      await inParts(tokens, layers.partRows, pause, (first, count) => {
        const [target, at] = [x + 4 * first * dModel, normed + 4 * first * dModel];
        if (groups !== undefined) block.group.o(mixed + first * ld, target, count);
        block.norm(target, at, count);
        block.feedForward(at, hidden, target, count);
      });
      const others = pause();
      if (others !== undefined) await others;
    }
    if (output === 'encoded') {
      finalNorm(x, normed, all);
      results.set(heap.floats(normed, all * dModel), from * length * dModel);
      return;
    }
    finalNorm(x, normed, rows * outputs);
    head(normed, hidden, places.out, rows * outputs);
    // From [rows, outputs, levels, patchSize] to [rows, levels, outputs, patchSize].
    const out = heap.floats(places.out, rows * outputs * levels.length * patchSize);
    for (let row = 0; row < rows; row++)
      for (let output = 0; output < outputs; output++)
        for (let level = 0; level < levels.length; level++) {
          const at = ((row * outputs + output) * levels.length + level) * patchSize;
          const target = (((from + row) * levels.length + level) * outputs + output) * patchSize;
          results.set(out.subarray(at, at + patchSize), target);
        }
  }

  /** Embeds the patches of the context and of the future, with the register token between them. */
  async function writeTokens(
    feeds: Chronos2Feeds,
    from: number,
    rows: number,
    places: ReturnType<typeof place>,
  ): Promise<void> {
    const { patches, outputs } = feeds;
    const { feed, embedded, x, hidden } = places;
    const both = patches + outputs;
    const length = both + registers;
    const values = heap.floats(feed, rows * both * width);
    for (let row = 0; row < rows; row++) {
      const source = from + row;
      values.set(feeds.context.subarray(source * patches * width, (source + 1) * patches * width), row * both * width);
      values.set(
        feeds.future.subarray(source * outputs * width, (source + 1) * outputs * width),
        (row * both + patches) * width,
      );
    }
    await inParts(rows * both, layers.partRows, pause, (first, count) =>
      embed(feed + 4 * first * width, hidden, embedded + 4 * first * dModel, count),
    );
    for (let row = 0; row < rows; row++) {
      const [source, target] = [embedded + 4 * row * both * dModel, x + 4 * row * length * dModel];
      heap.copy(source, target, 4 * patches * dModel);
      if (regToken !== undefined) heap.copy(shared + 4 * regToken * dModel, target + 4 * patches * dModel, 4 * dModel);
      const futureAt = target + 4 * (patches + registers) * dModel;
      heap.copy(source + 4 * patches * dModel, futureAt, 4 * outputs * dModel);
    }
  }

  /** Moves tokens `ahead` to `ahead + outputs` of every row together, in place: a target never passes its source. */
  function gather(source: number, rows: number, length: number, ahead: number, outputs: number, target: number): void {
    for (let row = 0; row < rows; row++)
      heap.copy(
        source + 4 * (row * length + ahead) * dModel,
        target + 4 * row * outputs * dModel,
        4 * outputs * dModel,
      );
  }

  /** Attention over the rows of each group at each token: rows lie a whole series apart. */
  function attendGroups(
    { mask, groups, patches, outputs }: Chronos2Feeds,
    { from, to, queries, first }: { from: number; to: number; queries: number; first: number },
    { q, k, v, mixed, scores, groupMask }: ReturnType<typeof place>,
  ): void {
    const length = patches + registers + outputs;
    for (let start = from; start < to; ) {
      const end = endOfGroup(groups!, start, to);
      const size = end - start;
      const maskWidth = inFours(size);
      const masks = heap.floats(groupMask, queries * maskWidth).fill(0);
      for (let token = 0; token < queries; token++)
        for (let row = 0; row < size; row++)
          if (mask[(start + row) * length + first + token] === 0) masks[token * maskWidth + row] = MASKED;
      const at = (start - from) * queries * ld;
      const apart = queries * ld;
      const shape = [queries, numHeads, size, size, dKv] as const;
      const [ownQ, ownK, ownV, own] = [q + at, k + at, v + at, mixed + at];
      kernels.attend(ownQ, ownK, ownV, own, apart, ld, apart, ld, 0, groupMask, 4 * maskWidth, scores, ...shape);
      start = end;
    }
  }

  return async (feeds, output) => {
    const { batch, patches, outputs, groups } = feeds;
    const length = patches + registers + outputs;
    const most = layers.sliceOf(length);
    const size = output === 'encoded' ? length * dModel : levels.length * outputs * patchSize;
    const results = new Float32Array(batch * size);
    for (let from = 0; from < batch; ) {
      let to = groups === undefined ? Math.min(batch, from + most) : endOfGroup(groups, from, batch);
      while (groups !== undefined && to < batch) {
        const next = endOfGroup(groups, to, batch);
        if (next - from > most) break;
        to = next;
      }
      await runSlice(feeds, output, from, to, results);
      from = to;
    }
    return results;
  };
}

/** The row after the last one of the group that begins at `start`. */
function endOfGroup(groups: Int32Array, start: number, limit: number): number {
  let end = start + 1;
  while (end < limit && groups[end] === groups[start]) end++;
  return end;
}
