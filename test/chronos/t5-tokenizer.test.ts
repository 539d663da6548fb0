import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { T5Config } from '../../src/chronos/checkpoint/checkpoint-config.js';
import { parseConfig } from '../../src/chronos/checkpoint/parse-config.js';
import { meanScaleUniformBins } from '../../src/chronos/families/t5-tokenizer.js';
import { fixture } from './fixtures.js';

const base = parseConfig(JSON.parse(readFileSync(`${fixture('t5-wide-heads')}/config.json`, 'utf8'))) as T5Config;
/** Five bins with centres -2, -1, 0, 1, 2 and edges half-way; two special tokens; no end-of-sequence token. */
const tokenizer = meanScaleUniformBins({ ...base, tokens: 8, lowLimit: -2, highLimit: 2, appendEos: false });
const ids = (...values: number[]) => [...tokenizer.encode(Float64Array.from(values)).ids];

describe('meanScaleUniformBins', () => {
  it('puts a value on an edge into the bin above it', () => {
    // Mean absolute value 1. torch.bucketize(right=True) counts the edges up to the value, -1e20 among them: 4, 3, 5; plus 2.
    expect(ids(0.5, -0.5, 1.5, 1.5)).toEqual([6, 5, 7, 7]);
  });

  it('keeps values beyond the outermost bins in them', () => {
    expect(ids(1e-9, -1e-9, 1e3)).toEqual([5, 5, 7]);
    expect(ids(-1e3, 1e-9, 0)[0]).toBe(3);
  });

  it('takes scale 1 for zeros, and the pad token for missing values', () => {
    expect(tokenizer.encode(Float64Array.of(0, Number.NaN, 0))).toEqual({
      ids: Int32Array.of(5, 0, 5),
      mask: Float32Array.of(1, 0, 1),
      scale: 1,
    });
  });

  it('scales with values outside the range of float32', () => {
    expect(ids(1e300, -1e300, 2e300)).toEqual(ids(1, -1, 2));
    expect(ids(1e-300, -1e-300, 2e-300)).toEqual(ids(1, -1, 2));
  });

  it('gives back the centre of the bin times the scale, and the lowest for tokens that are no bin', () => {
    expect([0, 1, 2, 3, 5, 7, 8].map((id) => tokenizer.decode(id, 10))).toEqual([-20, -20, -20, -20, 0, 20, 20]);
  });
});
