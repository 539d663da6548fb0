import { ForecastError, invalid } from '../../errors.js';
import { missingBin } from '../data/bin-mapper.js';
import { areApart } from '../data/packed-columns.js';
import { leafOutput } from '../grow/leaf-gain.js';
import { EPSILON } from '../numbers/floats.js';
import { firstFreeByte, type SearchHelper } from '../threads/search-helper.js';
import type { SplitKernel, SplitSearchOptions } from './split-kernel.js';
import type { Leaf, SplitSearch } from './split-search.js';
import { instantiate, instantiateNow, type KernelMemory } from './wasm/instantiate.js';
import { LEAF } from './wasm/records.js';
import { PRIVATE_MEMORY } from './wasm/split-search-binary.js';
import { type KernelExports, type LeafRecord, layOut } from './wasm-layout.js';

/** See SPARSE_ROWS of the plain search; here clearing and scanning empty bins costs less, so the limit is lower. */
const SPARSE_ROWS = 256;

const PAGE = 65536;

/**
 * Returns the split search compiled to WebAssembly with SIMD, for `train(..., { kernel })`: the one that `train` takes by itself, here sure
 * to be SIMD, also in a page that compiles aside only.
 *
 * The kernel keeps its memory between trainings and serves one training at a time; make one per worker. A training during which
 * another begins with the same kernel, from within `onIteration`, throws INVALID_ARGUMENT.
 *
 * @throws ForecastError RUNTIME_MISSING where WebAssembly or its SIMD instructions are not available.
 * @example
 * const kernel = await loadSimdKernel();
 * const booster = train(data, { objective: 'regression' }, { kernel });
 */
export async function loadSimdKernel(): Promise<SplitKernel> {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return simdKernelOn(memory, await instantiate(PRIVATE_MEMORY, memory));
}

/**
 * Returns {@link loadSimdKernel}'s kernel at once.
 *
 * @throws ForecastError RUNTIME_MISSING also where a page may not compile at once.
 */
export function simdKernelNow(): SplitKernel {
  const memory = new WebAssembly.Memory({ initial: 1 });
  return simdKernelOn(memory, instantiateNow(memory));
}

function simdKernelOn(memory: KernelMemory, exports: KernelExports): SplitKernel {
  const runtime: SimdRuntime = { memory, exports, helpers: [], searches: 0 };
  return { createSearch: (options) => simdSearch(runtime, options) };
}

function grow(memory: KernelMemory, pages: number): void {
  try {
    memory.grow(pages);
  } catch (cause) {
    const message = `split search: WebAssembly has no memory of ${pages} more pages for so many rows; plain TypeScript needs none`;
    throw new ForecastError('RUNTIME_MISSING', message, { cause });
  }
}

/** What a search runs on. */
export interface SimdRuntime {
  readonly memory: KernelMemory;
  readonly exports: KernelExports;
  /** Other threads on the same memory, which do their share of each search. */
  readonly helpers: readonly SearchHelper[];
  /** How many searches were made on it; the memory is the last one's. */
  searches: number;
}

/**
 * Returns the search of one training; the runtime's memory holds one at a time.
 *
 * @throws ForecastError RUNTIME_MISSING where its memory cannot grow so large; INVALID_ARGUMENT, by the search when it is used after the
 * runtime was given to another.
 */
export function simdSearch(runtime: SimdRuntime, options: SplitSearchOptions): SplitSearch {
  const { memory, exports, helpers } = runtime;
  const search = ++runtime.searches;
  const { binned, params, outputs, constantHessian } = options;
  const mappers = binned.used.map((feature) => binned.mappers[feature]);
  const layout = layOut(options, {
    start: firstFreeByte(helpers.length),
    threads: 1 + helpers.length,
    reserve(bytes) {
      const missing = bytes - memory.buffer.byteLength;
      if (missing > 0) grow(memory, Math.ceil(missing / PAGE));
      return memory.buffer;
    },
  });
  const { gradients, hessians, rowOrder, active, shares } = layout;
  const [own, ...others] = shares;
  exports.configure(own.settings);
  for (let i = 0; i < helpers.length; i++) helpers[i].configure([others[i].settings]);
  const sparse = new Uint8Array(params.num_leaves);
  let gradientsAt = gradients.byteOffset;
  let hessiansAt = hessians.byteOffset;
  let allowed: Uint8Array = active;

  /** Marks the features worth looking at; what could not be split in the parent cannot be in its children. */
  function activate(small: Leaf, large: Leaf | undefined): void {
    const smallFlags = layout.splittable(small.slot);
    const largeFlags = large && layout.splittable(large.slot);
    for (let f = 0; f < mappers.length; f++) {
      active[f] = allowed[f] && (!largeFlags || largeFlags[f]) ? 1 : 0;
      if (!active[f]) smallFlags[f] = 0;
    }
  }

  const isApart = (leaf: Leaf) => layout.interleaved && !sparse[leaf.slot] && areApart(leaf.count, binned.rows);

  /** Writes a leaf to the record that a search reads it from. */
  function describe({ doubles, words }: LeafRecord, leaf: Leaf, wasSparse: number): void {
    const slot = layout.slot(leaf.slot);
    doubles[LEAF.gradient / 8] = leaf.gradient;
    doubles[LEAF.hessian / 8] = leaf.hessian;
    words[LEAF.count / 4] = leaf.count;
    words[LEAF.histograms / 4] = slot.histograms;
    words[LEAF.masks / 4] = slot.masks;
    words[LEAF.splittable / 4] = slot.splittable;
    words[LEAF.isSparse / 4] = sparse[leaf.slot];
    words[LEAF.wasSparse / 4] = wasSparse;
    words[LEAF.isApart / 4] = isApart(leaf) ? 1 : 0;
  }

  /** Takes the best split that any thread found; on a tie the first thread's, whose features come first. */
  function take(leaf: Leaf, record: 'small' | 'large'): void {
    leaf.best.gain = -Infinity;
    for (const share of shares) {
      if (share[record].doubles[LEAF.gain / 8] > leaf.best.gain) takeFrom(share[record], leaf);
    }
  }

  function takeFrom({ doubles, words }: LeafRecord, leaf: Leaf): void {
    const { best } = leaf;
    best.gain = doubles[LEAF.gain / 8];
    const leftGradient = doubles[LEAF.leftGradient / 8];
    const leftHessian = doubles[LEAF.leftHessian / 8];
    const rightGradient = leaf.gradient - leftGradient;
    const rightHessian = leaf.hessian + 2 * EPSILON - leftHessian;
    best.feature = words[LEAF.feature / 4];
    best.thresholdBin = words[LEAF.thresholdBin / 4];
    best.defaultLeft = words[LEAF.defaultLeft / 4] === 1;
    best.leftGradient = leftGradient;
    best.leftHessian = leftHessian - EPSILON;
    best.leftOutput = leafOutput(leftGradient, leftHessian, params);
    best.rightGradient = rightGradient;
    best.rightHessian = rightHessian - EPSILON;
    best.rightOutput = leafOutput(rightGradient, rightHessian, params);
  }

  return {
    gradients,
    hessians,
    rowOrder,
    startTree(output, featureMask) {
      // from within onIteration, for one: the numbers of this training are then gone
      if (runtime.searches !== search) {
        throw invalid(
          'INVALID_ARGUMENT',
          'train',
          'kernel',
          'used by one training at a time',
          'another training began',
        );
      }
      if (output >= outputs) throw new RangeError(`output must be below ${outputs}, got ${output}`);
      gradientsAt = gradients.byteOffset + 4 * output * binned.rows;
      hessiansAt = constantHessian ? 0 : hessians.byteOffset + 4 * output * binned.rows;
      allowed = featureMask;
    },
    search(small, large) {
      activate(small, large);
      const wasSparse = large ? sparse[large.slot] : 0;
      sparse[small.slot] = small.count < SPARSE_ROWS ? 1 : 0;
      if (large) sparse[large.slot] = large.count < SPARSE_ROWS ? 1 : 0;
      layout.foundSmall[0] = layout.foundLarge[0] = 0;
      const rowsAt = rowOrder.byteOffset + 4 * small.begin;
      for (let i = shares.length - 1; i >= 0; i--) {
        const share = shares[i];
        describe(share.small, small, 0);
        if (large) describe(share.large, large, wasSparse);
        const { groupBegin, groupEnd } = share;
        const leaves = [share.small.address, large ? share.large.address : 0] as const;
        if (i > 0) helpers[i - 1].search([groupBegin, groupEnd, rowsAt, gradientsAt, hessiansAt, ...leaves]);
        else exports.search(groupBegin, groupEnd, rowsAt, gradientsAt, hessiansAt, ...leaves);
      }
      for (const helper of helpers) helper.wait();
      take(small, 'small');
      if (large) take(large, 'large');
    },
    partition({ begin, count, best }) {
      const column = layout.columns[best.feature];
      return exports.partition(
        rowOrder.byteOffset + 4 * begin,
        count,
        layout.toTheRight,
        column.byteOffset,
        column instanceof Uint16Array ? 1 : 0,
        best.thresholdBin,
        missingBin(mappers[best.feature]),
        best.defaultLeft ? 1 : 0,
      );
    },
  };
}
