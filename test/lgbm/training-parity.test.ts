import { readdirSync, readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { differencesOf, loadSimdKernel, type NativeTraining, plainKernel } from '../parity/lgbm/compare-training.js';
import { TRAINING_LINES, trainingCase } from '../parity/lgbm/training-cases.js';

// What lightgbm.train of 4.6.0 (x86-64, one thread) makes of the first cases of each line; see test/parity/lgbm/training-parity.mjs.
const FOLDER = new URL('../fixtures/lgbm-training/', import.meta.url);

const simd = await loadSimdKernel();

const stored = (line: string): (NativeTraining & { seed: number })[] =>
  JSON.parse(brotliDecompressSync(readFileSync(new URL(`${line}.json.br`, FOLDER))).toString('utf8'));

describe('training as lightgbm.train does it', () => {
  it('is stored for every line', () => {
    const lines = readdirSync(FOLDER).map((file) => file.replace('.json.br', ''));
    expect(lines.sort()).toEqual([...TRAINING_LINES].sort());
  });

  it.each(TRAINING_LINES.flatMap((line) => stored(line).map((native) => [line, native.seed, native] as const)))(
    '%s, case %i: text, predictions and metrics',
    (line, seed, native) => {
      expect(native.error).toBeUndefined();
      for (const kernel of [plainKernel, simd])
        expect(differencesOf(trainingCase(line, seed), native, kernel)).toEqual([]);
    },
  );
});
