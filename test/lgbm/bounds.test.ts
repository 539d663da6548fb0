import { describe, expect, it } from 'vitest';
import { sharedBins } from '../../src/lgbm/data/shared-bins.js';
import { createDataset, loadSimdKernel, parseModel, train } from '../../src/lgbm/index.js';
import { plainKernel } from '../../src/lgbm/kernel/plain-split-search.js';
import { layOut } from '../../src/lgbm/kernel/wasm-layout.js';
import { resolveParams } from '../../src/lgbm/parameters/params.js';
import { uniform } from '../parity/lgbm/random-cases.js';
import { processorMs } from '../processor-time.js';

const random = uniform(3);
const rows = 300;
const values = Float64Array.from({ length: rows * 40 }, random);
const dataset = createDataset({ values, rows, labels: values.filter((_, i) => i % 40 === 0) });
const core = (text: string) => text.slice(0, text.indexOf('\nparameters:'));

describe('what training takes', () => {
  it('follows the rows, not the leaves that were asked for', async () => {
    const simd = await loadSimdKernel();
    const params = { num_iterations: 3, min_data_in_leaf: 1 };
    for (const kernel of [plainKernel, simd]) {
      const expected = train(dataset, { ...params, num_leaves: rows }, { kernel });
      const before = process.memoryUsage().arrayBuffers;
      const booster = train(dataset, { ...params, num_leaves: 131_072 }, { kernel });
      expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100 * 2 ** 20);
      expect(core(booster.toText())).toBe(core(expected.toText()));
    }
    const resolved = resolveParams({ num_leaves: 131_072 });
    const options = { binned: sharedBins(dataset, resolved), outputs: 1, constantHessian: true, params: resolved };
    const reserve = (bytes: number) => {
      // 300 leaves of 40 features with 100 bins of 16 bytes are 18 MiB
      expect(bytes).toBeLessThan(32 * 2 ** 20);
      return new ArrayBuffer(bytes);
    };
    layOut(options, { start: 0, threads: 1, reserve });
  });
});

describe('a kernel', () => {
  it('refuses to go on with a training after another began on it, instead of growing another model', async () => {
    const kernel = await loadSimdKernel();
    const inner = () => train(dataset, { num_iterations: 2 }, { kernel }).toText();
    const expected = inner();
    const nested: string[] = [];
    const outer = () => train(dataset, { num_iterations: 5 }, { kernel, onIteration: () => nested.push(inner()) });
    expect(outer).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', field: 'kernel' }));
    for (const text of nested) expect(text).toBe(expected);
    expect(inner()).toBe(expected);
  });
});

describe('contributions', () => {
  /** A tree that is one long branch: node i splits on feature i. */
  const chain = (depth: number): string => {
    const nodes = Array.from({ length: depth }, (_, i) => i);
    const words = (of: (i: number) => unknown, length = depth) => Array.from({ length }, (_, i) => of(i)).join(' ');
    return `tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx=${depth - 1}
objective=regression\nfeature_names=${words((i) => `f${i}`)}\nfeature_infos=${words(() => '[0:1]')}\n
Tree=0\nnum_leaves=${depth + 1}\nnum_cat=0\nsplit_feature=${nodes.join(' ')}\nthreshold=${words(() => 0.5)}
decision_type=${words(() => 2)}\nleft_child=${words((i) => (i + 1 < depth ? i + 1 : -1))}\nright_child=${words((i) => -2 - i)}
leaf_value=${words((i) => i, depth + 1)}\nleaf_count=${words(() => 1, depth + 1)}
internal_count=${words((i) => depth + 1 - i)}\nis_linear=0\nshrinkage=1\n\n\nend of trees\n`;
  };

  it.each([1999, 2500])('of a tree that is %i deep are refused at once', (depth) => {
    const booster = parseModel(chain(depth));
    const start = process.cpuUsage();
    const explain = () => booster.predict(new Float64Array(depth), { rows: 1, kind: 'contrib' });
    expect(explain).toThrow(expect.objectContaining({ code: 'UNSUPPORTED_MODEL', field: 'kind' }));
    expect(processorMs(start)).toBeLessThan(1000);
  });

  it('of a tree of moderate depth add up to its raw score', () => {
    const booster = parseModel(chain(20));
    const row = new Float64Array(20).fill(0.1);
    const parts = booster.predict(row, { rows: 1, kind: 'contrib' });
    const [raw] = booster.predict(row, { rows: 1, kind: 'raw' });
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(raw, 6);
  });
});
