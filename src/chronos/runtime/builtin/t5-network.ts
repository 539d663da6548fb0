import type { T5Config } from '../../checkpoint/checkpoint-config.js';
import type { WeightFile } from '../../checkpoint/tensor-shape.js';
import { MASKED } from '../../graph/masked.js';
import type { Heap } from './heap.js';
import { HeapLayers, type LayerPrecision } from './heap-layers.js';
import { inFours } from './in-fours.js';
import { inParts, type Pause } from './pause.js';
import { t5Encoder } from './t5-encoder.js';

/** Series that have been encoded, ready for the first step of the decoder. Another encoding takes its place on the heap. */
export interface T5Decoding {
  /** `[batch, tokens, dModel]`: what the encoder made of the tokens; to be read before the first step. */
  readonly encoded: Float32Array;
  /**
   * Runs the next step for the newest token of every path, `ids` `[batch, paths]`; keys and values of the steps before are
   * kept. Every step of a decoding has the same number of paths.
   *
   * @param selfBias `[heads, steps so far and this one]`
   * @returns `[batch, paths, vocabulary]`
   */
  step(ids: Int32Array, paths: number, selfBias: Float32Array): Promise<Float32Array>;
}

/** Encodes tokens `ids` `[batch, tokens]` with their mask (1: observed). */
export type T5Encode = (ids: Int32Array, mask: Float32Array, batch: number, tokens: number) => Promise<T5Decoding>;

/**
 * Returns Chronos-T5's network on a heap: what t5EncoderGraph and t5StepGraph write as graphs, done directly.
 *
 * @param positions the greatest number of tokens of a context
 * @throws ForecastError INVALID_CHECKPOINT when a tensor is missing or of another shape, OUT_OF_MEMORY
 */
export function t5Network(
  heap: Heap,
  config: T5Config,
  weights: WeightFile,
  positions: number,
  pause: Pause,
  precision?: LayerPrecision,
): T5Encode {
  const { dModel, dKv, numHeads, vocabSize, tied } = config;
  const inner = numHeads * dKv;
  const ld = 4 * inner;
  const layers = new HeapLayers(heap, weights, config, precision);
  const { kernels } = heap;
  const embedding = layers.matrix('shared.weight', vocabSize, dModel);
  const encoder = t5Encoder(layers, config, positions);
  const decoder = Array.from({ length: config.numDecoderLayers }, (_, block) => {
    const name = `decoder.block.${block}.layer`;
    return {
      selfNorm: layers.norm(`${name}.0.layer_norm`),
      self: layers.projections(`${name}.0.SelfAttention`),
      crossNorm: layers.norm(`${name}.1.layer_norm`),
      cross: layers.projections(`${name}.1.EncDecAttention`),
      norm: layers.norm(`${name}.2.layer_norm`),
      feedForward: layers.feedForward(`${name}.2.DenseReluDense`),
    };
  });
  const finalNorm = layers.norm('decoder.final_layer_norm');
  const head = tied ? undefined : layers.linear('lm_head', dModel, vocabSize, { exact: true });
  const scale = tied ? Math.fround(dModel ** -0.5) : 1;
  const base = heap.top;

  const embed = (ids: Int32Array, to: number) => {
    for (let i = 0; i < ids.length; i++) layers.matrixRow(embedding, vocabSize, dModel, ids[i], to + 4 * i * dModel);
  };

  return async (ids, observed, batch, tokens) => {
    heap.freeTo(base);
    const width = inFours(tokens);
    const crossBytes = 4 * batch * tokens * inner;
    // Kept for all steps; the encoder's places are free for the steps once it has run.
    const crossKeys = decoder.map(() => heap.alloc(crossBytes));
    const crossValues = decoder.map(() => heap.alloc(crossBytes));
    const mask = heap.alloc(4 * batch * width);
    const masks = heap.floats(mask, batch * width).fill(0);
    for (let row = 0; row < batch; row++)
      for (let token = 0; token < tokens; token++)
        if (observed[row * tokens + token] === 0) masks[row * width + token] = MASKED;
    const kept = heap.top;
    const places = encoder.place(batch, tokens);
    heap.copy(mask, places.mask, 4 * batch * width);
    embed(ids, places.x);
    await encoder.run(places, batch, pause);
    for (const [block, { cross }] of decoder.entries())
      await inParts(batch * tokens, layers.partRows, pause, (from, count) => {
        const at = places.encoded + 4 * from * dModel;
        cross.k(at, crossKeys[block] + from * ld, count);
        cross.v(at, crossValues[block] + from * ld, count);
      });
    heap.freeTo(kept);

    let stepPlaces: ReturnType<typeof placeSteps> | undefined;
    let steps = 0;
    let cache = 0;

    function placeSteps(paths: number) {
      const rows = batch * paths;
      const floats = (count: number) => heap.alloc(4 * count);
      const places = {
        x: floats(rows * dModel),
        normed: floats(rows * dModel),
        q: floats(rows * inner),
        mixed: floats(rows * inner),
        hidden: heap.alloc(layers.hiddenBytes(rows)),
        scores: floats(paths * width),
        logits: floats(rows * vocabSize),
        bias: floats(numHeads * inFours(config.predictionLength)),
        selfScores: floats(inFours(config.predictionLength)),
        /** Bytes of one layer's keys, or values, of one step. */
        cacheBytes: 64 * Math.ceil((rows * inner) / 16),
      };
      cache = heap.top;
      return places;
    }

    return {
      get encoded() {
        return heap.floats(places.encoded, batch * tokens * dModel).slice();
      },
      async step(newest, paths, selfBias) {
        const rows = batch * paths;
        stepPlaces ??= placeSteps(paths);
        const { x, normed, q, mixed, hidden, scores, logits, bias, selfScores, cacheBytes } = stepPlaces;
        // One step's keys and values of all layers lie together, and steps one after the other: the cache grows at its end.
        const stepBytes = 2 * decoder.length * cacheBytes;
        const own = heap.alloc(stepBytes);
        steps++;
        const biasWidth = inFours(steps);
        const biases = heap.floats(bias, numHeads * biasWidth).fill(0);
        for (let h = 0; h < numHeads; h++) biases.set(selfBias.subarray(h * steps, (h + 1) * steps), h * biasWidth);
        embed(newest, x);
        for (const [block, layer] of decoder.entries()) {
          const [keys, values] = [2 * block * cacheBytes, (2 * block + 1) * cacheBytes];
          layer.selfNorm(x, normed, rows);
          layer.self.qkv(normed, [q, own + keys, own + values], rows);
          const [k, v] = [cache + keys, cache + values];
          const selfShape = [rows, numHeads, 1, steps, dKv] as const;
          kernels.attend(q, k, v, mixed, ld, ld, stepBytes, ld, bias, 0, 0, selfScores, ...selfShape);
          layer.self.o(mixed, x, rows);

          layer.crossNorm(x, normed, rows);
          layer.cross.q(normed, q, rows);
          const [ck, cv] = [crossKeys[block], crossValues[block]];
          const shape = [batch, numHeads, paths, tokens, dKv] as const;
          kernels.attend(q, ck, cv, mixed, ld, paths * ld, ld, tokens * ld, 0, mask, 4 * width, scores, ...shape);
          layer.cross.o(mixed, x, rows);
          layer.norm(x, normed, rows);
          layer.feedForward(normed, hidden, x, rows);
          const others = pause();
          if (others !== undefined) await others;
        }
        finalNorm(x, normed, rows);
        if (head === undefined) {
          const y = heap.floats(normed, rows * dModel);
          for (let i = 0; i < y.length; i++) y[i] *= scale;
          kernels.linear(normed, 4 * dModel, embedding, logits, 4 * vocabSize, rows, vocabSize, dModel, 0, 0);
        } else head(normed, logits, rows);
        const out = heap.floats(logits, rows * vocabSize).slice();
        const others = pause();
        if (others !== undefined) await others;
        return out;
      },
    };
  };
}
