import type { RelativeBiasConfig, TransformerConfig } from '../../checkpoint/checkpoint-config.js';
import { biasTable } from '../../graph/relative-bias.js';
import type { HeapLayers } from './heap-layers.js';
import { inFours } from './in-fours.js';
import { inParts, type Pause } from './pause.js';

/** Where an encoder works: addresses of float32 values, for up to `batch` series of `length` tokens. */
export interface EncoderPlaces {
  readonly batch: number;
  readonly length: number;
  /** `[batch, length, dModel]`: the tokens; overwritten. */
  readonly x: number;
  /** `[batch, length in fours]`: 0, or MASKED where a token must not count. */
  readonly mask: number;
  /** `[batch, length, dModel]`: the result. */
  readonly encoded: number;
  /** For deep layers of as many rows as are worked on together. */
  readonly hidden: number;
  /** The greater of heads and length, × length in fours. */
  readonly scores: number;
  readonly bias: number;
  readonly q: number;
  readonly k: number;
  readonly v: number;
  readonly mixed: number;
}

/** T5's encoder on a heap. */
export interface T5Encoder {
  /** Allocates the places of a shape. */
  place(batch: number, length: number): EncoderPlaces;
  /** Encodes the first `batch` series. */
  run(places: EncoderPlaces, batch: number, pause: Pause): Promise<void>;
}

/** Returns T5's encoder, with its weights put on the heap; `positions`: the greatest length that may come. */
export function t5Encoder(
  layers: HeapLayers,
  config: TransformerConfig & RelativeBiasConfig,
  positions: number,
): T5Encoder {
  const { heap } = layers;
  const { dModel, dKv, numHeads, numLayers, relativeBuckets: buckets, relativeMaxDistance: maxDistance } = config;
  const inner = numHeads * dKv;
  const weights = layers.tensor('encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight', [
    buckets,
    numHeads,
  ]);
  const rule = { buckets, maxDistance, bidirectional: true };
  const table = biasTable(heap.floats(weights, buckets * numHeads), numHeads, positions, rule);
  const blocks = Array.from({ length: numLayers }, (_, block) => {
    const name = `encoder.block.${block}.layer`;
    return {
      attentionNorm: layers.norm(`${name}.0.layer_norm`),
      attention: layers.projections(`${name}.0.SelfAttention`),
      norm: layers.norm(`${name}.1.layer_norm`),
      feedForward: layers.feedForward(`${name}.1.DenseReluDense`),
    };
  });
  const finalNorm = layers.norm('encoder.final_layer_norm');

  /** The bias of every head, query and key; a row's last places, up to a whole vector, are 0. */
  const writeBias = (at: number, length: number) => {
    const width = inFours(length);
    const bias = heap.floats(at, numHeads * length * width).fill(0);
    for (let head = 0; head < numHeads; head++)
      for (let query = 0; query < length; query++)
        for (let key = 0; key < length; key++)
          bias[(head * length + query) * width + key] = table[(key - query + positions - 1) * numHeads + head];
  };

  return {
    place(batch, length) {
      const floats = (count: number) => heap.alloc(4 * count);
      const tokens = batch * length;
      const places = {
        batch,
        length,
        x: floats(tokens * dModel),
        mask: floats(batch * inFours(length)),
        encoded: floats(tokens * dModel),
        hidden: heap.alloc(layers.hiddenBytes(Math.min(tokens, layers.partRows))),
        scores: floats(Math.max(numHeads, length) * inFours(length)),
        bias: floats(numHeads * length * inFours(length)),
        q: floats(tokens * inner),
        k: floats(tokens * inner),
        v: floats(tokens * inner),
        mixed: floats(tokens * inner),
      };
      writeBias(places.bias, length);
      return places;
    },
    async run({ length, x, mask, encoded, hidden, scores, bias, q, k, v, mixed }, batch, pause) {
      const tokens = batch * length;
      const ld = 4 * inner;
      const stepMask = 4 * inFours(length);
      for (const { attentionNorm, attention, norm, feedForward } of blocks) {
        await inParts(tokens, layers.partRows, pause, (from, count) => {
          const at = encoded + 4 * from * dModel;
          attentionNorm(x + 4 * from * dModel, at, count);
          attention.qkv(at, [q + from * ld, k + from * ld, v + from * ld], count);
        });
        const step = length * ld;
        const shape = [batch, numHeads, length, length, dKv] as const;
        heap.kernels.attend(q, k, v, mixed, ld, step, ld, step, bias, mask, stepMask, scores, ...shape);
        await inParts(tokens, layers.partRows, pause, (from, count) => {
          const [to, at] = [x + 4 * from * dModel, encoded + 4 * from * dModel];
          attention.o(mixed + from * ld, to, count);
          norm(to, at, count);
          feedForward(at, hidden, to, count);
        });
        const others = pause();
        if (others !== undefined) await others;
      }
      finalNorm(x, encoded, tokens);
    },
  };
}
