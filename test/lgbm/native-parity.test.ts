import { beforeAll, describe, expect, it } from 'vitest';
import { type Booster, loadSimdKernel, parseModel, train } from '../../src/lgbm/index.js';
import { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';
import { formatG } from '../../src/lgbm/text/format-number.js';
import { core, GOLDEN_NAMES, type Golden, readGolden } from './golden.js';

// Native's command line drops iterations after the best only when it stopped early; without a stop it writes them all.
const nativeRange = (booster: Booster) => ({ numIteration: booster.stoppedEarly ? booster.bestIteration : 0 });

const simd = await loadSimdKernel();
const trained = (golden: Golden, kernel = simd) => train(golden.train, golden.params, { valid: golden.valid, kernel });

describe.each(GOLDEN_NAMES.filter((name) => !name.startsWith('x_')))('golden %s', (name) => {
  let golden: Golden;
  let booster: Booster;
  let range: { numIteration: number };
  let rows: number;
  let values: Float64Array;

  beforeAll(() => {
    golden = readGolden(name);
    booster = trained(golden);
    range = nativeRange(booster);
    ({ rows, values } = golden.valid!);
  });

  it('trains to the text that native writes, on either kernel', () => {
    expect(core(booster.toText(range))).toBe(core(golden.model!));
    expect(trained(golden, plainKernel).toText()).toBe(booster.toText());
  });

  it('prints the metrics that native logs', () => {
    const lines = booster.evaluations.map(
      ({ iteration, dataset, metric, value }) => `Iteration:${iteration}, ${dataset} ${metric} : ${formatG(value, 6)}`,
    );
    expect(lines).toEqual(golden.metrics);
  });

  it('predicts native raw scores exactly, and converted ones within 2 ulp', () => {
    expect(booster.predict(values, { rows, kind: 'raw', ...range })).toEqual(golden.raw);
    const value = booster.predict(values, { rows, ...range });
    expect(value.length).toBe(golden.value.length);
    for (let i = 0; i < value.length; i++) expect(ulps(value[i], golden.value[i])).toBeLessThanOrEqual(2);
    if (golden.leaf) expect(booster.predict(values, { rows, kind: 'leaf', ...range })).toEqual(golden.leaf);
  });

  it('predicts the same from native text, and writes that text back unchanged', () => {
    const loaded = parseModel(golden.model!);
    expect(loaded.predict(values, { rows, kind: 'raw' })).toEqual(golden.raw);
    // sums of gains that were printed with 6 digits differ from native's own in their last digits
    const ignored = name === '28_reg_12k' ? /\nfeature_importances:\n[\s\S]*?\n\n/ : /^$/;
    expect(loaded.toText().replace(ignored, '')).toBe(golden.model!.replace(ignored, ''));
  });
});

describe('data on which native aborts', () => {
  it('trains on, past splits that turn out to leave one side empty', () => {
    const golden = readGolden('x_native_abort');
    const booster = trained(golden);
    expect(booster.numIterations).toBeGreaterThan(1);
    expect(parseModel(booster.toText()).toText()).toBe(booster.toText());
  });
});

/** Distance in units of the last place of the expected double. */
function ulps(actual: number, expected: number): number {
  if (actual === expected) return 0;
  const unit = 2 ** (Math.floor(Math.log2(Math.abs(expected))) - 52);
  return Math.abs(actual - expected) / unit;
}
