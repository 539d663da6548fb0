import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memorySource, openSafetensors } from '../../src/chronos/checkpoint/safetensors.js';
import { drawToken } from '../../src/chronos/families/t5-sampling.js';
import { type ChronosModel, loadChronos } from '../../src/chronos/index.js';
import { quantile } from '../../src/stats/index.js';
import { fixture } from './fixtures.js';
import { safetensors } from './safetensors-bytes.js';

const RULE = { temperature: 1, topK: 0, topP: 1, forbidden: 1 };
/** Shares of tokens over an even grid of uniform numbers. */
function shares(logits: number[], rule: Partial<typeof RULE> = {}): number[] {
  const counts = new Array<number>(logits.length).fill(0);
  const draws = 10_000;
  for (let i = 0; i < draws; i++)
    counts[drawToken(Float32Array.from(logits), { ...RULE, ...rule }, (i + 0.5) / draws)]++;
  return counts.map((count) => count / draws);
}
/** Logits of these probabilities. */
const logitsOf = (...probabilities: number[]) => probabilities.map((p) => Math.log(p));

describe('drawToken', () => {
  it('draws tokens as often as their probabilities say, and never the forbidden one', () => {
    const seen = shares(logitsOf(0.1, 0.5, 0.1, 0.2, 0.1));
    [0.2, 0, 0.2, 0.4, 0.2].forEach((share, id) => {
      expect(seen[id]).toBeCloseTo(share, 3);
    });
  });

  it('sharpens the distribution at a temperature below 1', () => {
    // p^(1/0.5) = p²: 0.16 and 0.04, normalised.
    const seen = shares(logitsOf(0.4, 0.2, 0.2), { temperature: 0.5 });
    expect(seen[0]).toBeCloseTo(0.8, 3);
    expect(seen[2]).toBeCloseTo(0.2, 3);
  });

  it('keeps the k likeliest after the forbidden one is gone, and those as likely as the last', () => {
    expect(shares(logitsOf(0.3, 0.4, 0.2, 0.05, 0.05), { topK: 2 })[3]).toBe(0);
    const tied = shares(logitsOf(0.4, 0.1, 0.2, 0.2, 0.1), { topK: 2 });
    expect(tied[2]).toBeCloseTo(0.25, 3);
    expect(tied[3]).toBeCloseTo(0.25, 3);
    expect(tied[4]).toBe(0);
  });

  it('keeps the smallest set of likeliest tokens that reaches top-p', () => {
    const seen = shares(logitsOf(0.5, 1e-9, 0.3, 0.15, 0.05), { topP: 0.7 });
    expect(seen[0]).toBeCloseTo(0.625, 3);
    expect(seen[2]).toBeCloseTo(0.375, 3);
    expect(seen[3] + seen[4]).toBe(0);
  });

  it('refuses logits that are no numbers', () => {
    expect(() => drawToken(new Float32Array(5).fill(Number.NaN), RULE, 0.5)).toThrowError(
      expect.objectContaining({ code: 'NO_FORECAST' }),
    );
  });

  it('survives logits that no exponential holds', () => {
    expect(drawToken(Float32Array.of(-3e38, 0, 3e38, 1e38), RULE, 0.5)).toBe(2);
  });
});

describe('Chronos-T5', () => {
  const closes = Array.from({ length: 60 }, (_, i) => 100 + 10 * Math.sin(i));
  let model: ChronosModel;
  beforeAll(async () => {
    model = await loadChronos(fixture('t5-wide-heads'));
  });
  afterAll(() => model.dispose());

  it('says what it is', () => {
    expect(model).toMatchObject({ family: 'chronos-t5', contextLength: 40, predictionLength: 5 });
    expect(model.levels).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);
  });

  it('draws paths that only the seed and the series determine', async () => {
    const options = { horizon: 4, numSamples: 6, seed: 9 };
    const [alone] = await model.forecast([closes], options);
    const [, inBatch] = await model.forecast([closes.slice(7), closes], options);
    const [other] = await model.forecast([closes], { ...options, seed: 10 });
    expect(inBatch).toEqual(alone);
    expect(other.samples).not.toEqual(alone.samples);
  });

  it('reads its quantiles from its paths by R-7', async () => {
    const [forecast] = await model.forecast([closes], { horizon: 3, levels: [0.05, 0.5], numSamples: 20 });
    for (let step = 0; step < 3; step++) {
      const column = Array.from({ length: 20 }, (_, path) => forecast.samples[path * 3 + step]);
      expect(forecast.quantiles[2 * step]).toBe(quantile(column, 0.05));
      expect(forecast.median[step]).toBe(quantile(column, 0.5));
      expect(forecast.q90[step]).toBe(quantile(column, 0.9));
    }
  });

  it('goes beyond its native length by reading the context anew with the medians', async () => {
    const [long] = await model.forecast([closes], { horizon: 7, numSamples: 5 });
    const [short] = await model.forecast([closes], { horizon: 5, numSamples: 5 });
    for (let path = 0; path < 5; path++)
      expect([...long.samples.slice(7 * path, 7 * path + 5)]).toEqual([...short.samples.slice(5 * path, 5 * path + 5)]);
    expect(long.samples.every(Number.isFinite)).toBe(true);
  });

  describe('an output layer of its own', () => {
    const folder = fixture('t5-wide-heads');
    const config = JSON.parse(readFileSync(`${folder}/config.json`, 'utf8'));
    const embedding = openSafetensors(memorySource('weights', readFileSync(`${folder}/model.safetensors`)));
    const bytes = (values: Float32Array) => new Uint8Array(values.buffer);
    const options = { horizon: 4, numSamples: 6 };
    /** The paths of the checkpoint with that head in its weights and those settings in its config. */
    async function paths(head: Float32Array | undefined, settings: object) {
      const tensors: Parameters<typeof safetensors>[0] = {};
      for (const [name, { shape }] of embedding.tensors)
        tensors[name] = { dtype: 'F32', shape: [...shape], data: bytes(embedding.floats(name)) };
      if (head !== undefined)
        tensors['lm_head.weight'] = { dtype: 'F32', shape: [config.vocab_size, config.d_model], data: bytes(head) };
      const own = await loadChronos({ config: { ...config, ...settings }, weights: safetensors(tensors) });
      const [forecast] = await own.forecast([closes], options);
      await own.dispose();
      return [...forecast.samples];
    }
    const rows = embedding.floats('shared.weight');
    const other = rows.map((_, i) => rows[rows.length - 1 - i] / 3);

    it('is used when the config says that it is not tied', async () => {
      // The tied head is the embedding times dModel^-1/2; with that as a head of its own the paths must be the same.
      const head = rows.map((value) => value * config.d_model ** -0.5);
      const [tied] = await model.forecast([closes], options);
      expect(await paths(head, { tie_word_embeddings: false })).toEqual([...tied.samples]);
    });

    it('is used whatever the config says of tying: transformers 5 writes true for every T5', async () => {
      const untied = await paths(other, { tie_word_embeddings: false });
      expect(await paths(other, { tie_word_embeddings: true, scale_decoder_outputs: false })).toEqual(untied);
      expect(await paths(undefined, { tie_word_embeddings: true })).not.toEqual(untied);
    });

    it('reads a scaled output where transformers 5 says so, or nothing does', async () => {
      const scaled = await paths(
        other.map((value) => value * config.d_model ** -0.5),
        { tie_word_embeddings: false },
      );
      expect(await paths(other, { tie_word_embeddings: true, scale_decoder_outputs: true })).toEqual(scaled);
      expect(await paths(other, { tie_word_embeddings: true })).toEqual(scaled);
    });

    it('must be there when the config says that it is not tied', async () => {
      await expect(paths(undefined, { tie_word_embeddings: false })).rejects.toMatchObject({
        code: 'INVALID_CHECKPOINT',
        field: 'tensor lm_head.weight',
      });
    });
  });

  it.each([1e308, -1e308])('has no forecast where its values leave the range of numbers: %d', async (value) => {
    const run = model.forecast([[value, value, value]], { horizon: 2, numSamples: 4 });
    await expect(run).rejects.toMatchObject({ code: 'NO_FORECAST' });
  });

  it('stops between two steps when it is aborted', async () => {
    const controller = new AbortController();
    const running = model.forecast([closes], { horizon: 500, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});
