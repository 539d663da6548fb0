import type { RelativeBiasConfig, TransformerConfig } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import { MASKED } from '../../graph/masked.js';
import type { Heap } from './heap.js';
import { HeapLayers, type LayerPrecision } from './heap-layers.js';
import { inFours } from './in-fours.js';
import { ADD } from './kernels.js';
import { inParts, type Pause } from './pause.js';
import { t5Encoder } from './t5-encoder.js';

/** What a network of Chronos-Bolt's body is made of. */
export interface BoltShape extends TransformerConfig, RelativeBiasConfig {
  readonly numDecoderLayers: number;
  readonly decoderStartToken: number;
  readonly regToken: number | undefined;
  /** Values of one patch as they go in, masks among them. */
  readonly patchWidth: number;
  /** The greatest number of patches of a context. */
  readonly maxPatches: number;
  /** Values that come out for one series. */
  readonly outputs: number;
}

/**
 * Runs the network on patches `[batch, patches, patchWidth]` with their mask `[batch, patches]` (1: something was observed);
 * returns quantiles `[batch, outputs]`, or the tokens encoded `[batch, tokens, dModel]`.
 */
export type BoltRunner = (
  data: Float32Array,
  observed: Float32Array,
  batch: number,
  patches: number,
  output?: 'quantiles' | 'encoded',
) => Promise<Float32Array>;

/**
 * Returns Chronos-Bolt's network on a heap: what boltGraph writes as a graph, done directly.
 *
 * A series' result does not depend on the batch. The decoder reads one start token, so that its first layer up to the
 * probes of cross-attention is the same for every context: it is computed once.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a tensor is missing or of another shape, OUT_OF_MEMORY
 */
export function boltNetwork(
  heap: Heap,
  shape: BoltShape,
  weights: WeightFile,
  pause: Pause,
  precision?: LayerPrecision,
): BoltRunner {
  const { dModel, dKv, numHeads, regToken, patchWidth, maxPatches, outputs } = shape;
  const inner = numHeads * dKv;
  const layers = new HeapLayers(heap, weights, shape, precision);
  const { kernels } = heap;
  const shared = layers.tensor('shared.weight', [regToken === undefined ? 1 : 2, dModel]);
  const embed = layers.residualBlock('input_patch_embedding', patchWidth, dModel);
  const encoder = t5Encoder(layers, shape, maxPatches + 1);
  const decoder = Array.from({ length: shape.numDecoderLayers }, (_, block) => decoderBlock(layers, block));
  const finalNorm = layers.norm('decoder.final_layer_norm');
  const head = layers.residualBlock('output_patch_embedding', dModel, outputs);

  const start = shared + 4 * shape.decoderStartToken * dModel;
  const first = startOfDecoder(layers, start, decoder[0]);
  const base = heap.top;
  let places: ReturnType<typeof place> | undefined;

  function place(batch: number, patches: number) {
    heap.freeTo(base);
    const floats = (count: number) => heap.alloc(4 * count);
    const encoding = encoder.place(batch, patches + (regToken === undefined ? 0 : 1));
    return {
      patches,
      encoding,
      feed: floats(batch * patches * patchWidth),
      embedded: floats(batch * patches * dModel),
      sum: floats(batch * dModel),
      normed: floats(batch * dModel),
      query: floats(batch * inner),
      probes: floats(batch * numHeads * dModel),
      joined: floats(batch * inner),
      out: floats(batch * outputs),
    };
  }

  return async (data, observed, batch, patches, output = 'quantiles') => {
    const length = patches + (regToken === undefined ? 0 : 1);
    const width = inFours(length);
    const most = layers.sliceOf(length);
    const slice = Math.ceil(batch / Math.ceil(batch / most));
    if (places === undefined || places.encoding.batch < slice || places.patches !== patches) {
      places = undefined;
      places = place(slice, patches);
    }
    const { encoding, feed, embedded, sum, normed, query, probes, joined, out } = places;
    const { x, mask, encoded, hidden, scores } = encoding;
    const size = output === 'encoded' ? length * dModel : outputs;
    const results = new Float32Array(batch * size);
    for (let from = 0; from < batch; from += slice) {
      const rows = Math.min(slice, batch - from);
      heap
        .floats(feed, rows * patches * patchWidth)
        .set(data.subarray(from * patches * patchWidth, (from + rows) * patches * patchWidth));
      const masks = heap.floats(mask, rows * width).fill(0);
      for (let row = 0; row < rows; row++)
        for (let patch = 0; patch < patches; patch++)
          if (observed[(from + row) * patches + patch] === 0) masks[row * width + patch] = MASKED;
      await inParts(rows * patches, layers.partRows, pause, (first, count) =>
        embed(feed + 4 * first * patchWidth, hidden, embedded + 4 * first * dModel, count),
      );
      for (let row = 0; row < rows; row++) {
        heap.copy(embedded + 4 * row * patches * dModel, x + 4 * row * length * dModel, 4 * patches * dModel);
        if (regToken !== undefined)
          heap.copy(shared + 4 * regToken * dModel, x + 4 * (row * length + patches) * dModel, 4 * dModel);
      }
      await encoder.run(encoding, rows, pause);
      if (output === 'encoded') {
        results.set(heap.floats(encoded, rows * size), from * size);
        continue;
      }

      for (let row = 0; row < rows; row++) {
        heap.copy(first.sum, sum + 4 * row * dModel, 4 * dModel);
        heap.copy(first.probes, probes + 4 * row * numHeads * dModel, 4 * numHeads * dModel);
      }
      decoder.forEach((block, index) => {
        if (index > 0) {
          block.selfAttention(sum, normed, query, rows);
          block.probe(sum, normed, query, probes, rows);
        }
        for (let row = 0; row < rows; row++) {
          const tokens = encoded + 4 * row * length * dModel;
          const own = probes + 4 * row * numHeads * dModel;
          const ld = 4 * dModel;
          kernels.timesTransposed(own, ld, tokens, ld, scores, 4 * width, numHeads, length, dModel);
          kernels.softmax(scores, 4 * width, 0, 0, mask + 4 * row * width, numHeads, length);
          kernels.times(scores, 4 * width, tokens, ld, own, ld, numHeads, dModel, length);
        }
        block.readValues(probes, joined, sum, rows);
        block.norm(sum, normed, rows);
        block.feedForward(normed, hidden, sum, rows);
      });
      finalNorm(sum, normed, rows);
      head(normed, hidden, out, rows);
      results.set(heap.floats(out, rows * outputs), from * outputs);
      const others = pause();
      if (others !== undefined) await others;
    }
    return results;
  };
}

/**
 * One block of the decoder for a single token.
 *
 * Self-attention over one token is o(v(x)). Cross-attention of one query applies keys and values to one vector a head (its
 * probe, and the mixture of tokens that it chooses) instead of to every token.
 */
function decoderBlock(layers: HeapLayers, block: number) {
  const { dModel, dKv, numHeads } = layers.config;
  const { kernels } = layers.heap;
  const inner = numHeads * dKv;
  const name = `decoder.block.${block}.layer`;
  const self = `${name}.0.SelfAttention`;
  const cross = `${name}.1.EncDecAttention`;
  const selfNorm = layers.norm(`${name}.0.layer_norm`);
  const [selfValue, selfOut] = valueAndOut(layers, self);
  const crossNorm = layers.norm(`${name}.1.layer_norm`);
  const crossQuery = layers.linear(`${cross}.q`, dModel, inner);
  const keys = layers.tensor(`${cross}.k.weight`, [inner, dModel]);
  // A head's rows begin at a multiple of four, as interleaved rows must, unless heads are narrower.
  const whole = dKv % 4 === 0;
  const values = whole
    ? layers.matrix(`${cross}.v.weight`, inner, dModel)
    : layers.tensor(`${cross}.v.weight`, [inner, dModel]);
  const crossOut = layers.linear(`${cross}.o`, inner, dModel, { mode: ADD });
  return {
    selfAttention(sum: number, normed: number, value: number, rows: number) {
      selfNorm(sum, normed, rows);
      selfValue(normed, value, rows);
      selfOut(value, sum, rows);
    },
    /** Writes probes `[rows, heads, dModel]`: each head's query times its keys' weights. */
    probe(sum: number, normed: number, query: number, probes: number, rows: number) {
      crossNorm(sum, normed, rows);
      crossQuery(normed, query, rows);
      for (let h = 0; h < numHeads; h++) {
        const [from, to] = [query + 4 * h * dKv, probes + 4 * h * dModel];
        const ownKeys = keys + 4 * h * dKv * dModel;
        kernels.times(from, 4 * inner, ownKeys, 4 * dModel, to, 4 * numHeads * dModel, rows, dModel, dKv);
      }
    },
    /** Adds to `sum` what the values of the tokens mixed `[rows, heads, dModel]` say. */
    readValues(mixed: number, joined: number, sum: number, rows: number) {
      const ld = 4 * numHeads * dModel;
      for (let h = 0; h < numHeads; h++) {
        const [from, to] = [mixed + 4 * h * dModel, joined + 4 * h * dKv];
        const own = values + 4 * h * dKv * dModel;
        if (whole) kernels.linear(from, ld, own, to, 4 * inner, rows, dKv, dModel, 0, 0);
        else kernels.timesTransposed(from, ld, own, 4 * dModel, to, 4 * inner, rows, dKv, dModel);
      }
      crossOut(joined, sum, rows);
    },
    norm: layers.norm(`${name}.2.layer_norm`),
    feedForward: layers.feedForward(`${name}.2.DenseReluDense`),
  };
}

/** Self-attention's query and key are never read: a choice from one token needs none. */
function valueAndOut(layers: HeapLayers, name: string) {
  const { dModel, dKv, numHeads } = layers.config;
  const inner = numHeads * dKv;
  const value = layers.linear(`${name}.v`, dModel, inner);
  return [value, layers.linear(`${name}.o`, inner, dModel, { mode: ADD })] as const;
}

/** What the decoder makes of its start token before it reads the context: the same for every series. */
function startOfDecoder(layers: HeapLayers, start: number, block: ReturnType<typeof decoderBlock>) {
  const { dModel, dKv, numHeads } = layers.config;
  const { heap } = layers;
  const sum = heap.alloc(4 * dModel);
  const probes = heap.alloc(4 * numHeads * dModel);
  const mark = heap.top;
  const normed = heap.alloc(4 * dModel);
  const query = heap.alloc(4 * numHeads * dKv);
  heap.copy(start, sum, 4 * dModel);
  block.selfAttention(sum, normed, query, 1);
  block.probe(sum, normed, query, probes, 1);
  heap.freeTo(mark);
  return { sum, probes };
}
