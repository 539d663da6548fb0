import { afterEach, describe, expect, it, vi } from 'vitest';
import { uniform } from '../parity/lgbm/random-cases.js';

// Modules anew for each test: a thread keeps its kernel.
async function engine() {
  vi.resetModules();
  const { createDataset, cv, loadSimdKernel, timeFolds, train } = await import('../../src/lgbm/index.js');
  const { plainKernel } = await import('../../src/lgbm/kernel/plain-split-search.js');
  const random = uniform(7);
  const rows = 400;
  const values = Float64Array.from({ length: rows * 6 }, random);
  const labels = Float64Array.from({ length: rows }, (_, row) => values[6 * row] * values[6 * row + 1] + random());
  const dataset = createDataset({ values, rows, labels });
  const plain = vi.spyOn(plainKernel, 'createSearch');
  const params = { num_iterations: 5, num_leaves: 15 };
  const expected = train(dataset, params, { kernel: plainKernel }).toText();
  plain.mockClear();
  return { cv, dataset, expected, loadSimdKernel, params, plain, timeFolds, train };
}

/** Lets a class of WebAssembly throw wherever one is made. */
function refuse(name: 'Module' | 'Instance', error: Error): void {
  vi.stubGlobal('WebAssembly', {
    ...WebAssembly,
    Memory: WebAssembly.Memory,
    Module: WebAssembly.Module,
    Instance: WebAssembly.Instance,
    [name]: class {
      constructor() {
        throw error;
      }
    },
  });
}

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

describe('without a kernel', () => {
  it('SIMD trains, and grows the model of plain TypeScript', async () => {
    const { dataset, expected, params, plain, train } = await engine();
    expect(train(dataset, params).toText()).toBe(expected);
    expect(train(dataset, params).toText()).toBe(expected);
    expect(plain).not.toHaveBeenCalled();
  });

  it('a training from within another one grows on, and so does the other', async () => {
    const { dataset, expected, params, train } = await engine();
    const inner: string[] = [];
    const outer = train(dataset, params, { onIteration: () => inner.push(train(dataset, params).toText()) });
    expect(outer.toText()).toBe(expected);
    expect(new Set(inner)).toEqual(new Set([expected]));
    expect(inner).toHaveLength(5);
  });

  it('a training whose onIteration throws leaves the next one as it was', async () => {
    const { dataset, expected, params, train } = await engine();
    const onIteration = () => {
      throw new Error('host');
    };
    expect(() => train(dataset, params, { onIteration })).toThrow('host');
    expect(train(dataset, params).toText()).toBe(expected);
  });

  it('plain TypeScript trains where a page may not compile at once', async () => {
    const { dataset, expected, params, plain, train } = await engine();
    refuse('Module', new WebAssembly.CompileError('refused by policy'));
    expect(train(dataset, params).toText()).toBe(expected);
    expect(plain).toHaveBeenCalledTimes(1);
  });

  it('plain TypeScript trains where WebAssembly has no room for the rows, which a kernel of its own says', async () => {
    const { dataset, expected, loadSimdKernel, params, plain, train } = await engine();
    const kernel = await loadSimdKernel();
    vi.spyOn(WebAssembly.Memory.prototype, 'grow').mockImplementation(() => {
      throw new RangeError('Maximum memory size exceeded');
    });
    expect(() => train(dataset, params, { kernel })).toThrow(expect.objectContaining({ code: 'RUNTIME_MISSING' }));
    expect(train(dataset, params).toText()).toBe(expected);
    expect(plain).toHaveBeenCalledTimes(1);
  });

  it('folds grow side by side on SIMD', async () => {
    const { cv, dataset, params, plain, timeFolds } = await engine();
    const folds = timeFolds(dataset.rows, { folds: 3, gap: 2 });
    const { boosters } = cv(dataset, params, { folds });
    expect(boosters).toHaveLength(3);
    expect(plain).not.toHaveBeenCalled();
    refuse('Instance', new WebAssembly.LinkError('none'));
    const onPlain = cv(dataset, params, { folds }).boosters;
    expect(plain).toHaveBeenCalledTimes(3);
    expect(boosters.map((booster) => booster.toText())).toEqual(onPlain.map((booster) => booster.toText()));
  });
});
