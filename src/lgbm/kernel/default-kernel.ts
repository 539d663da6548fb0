import { isForecastError } from '../../errors.js';
import { plainKernel } from './plain-split-search.js';
import type { SplitKernel, SplitSearchOptions } from './split-kernel.js';
import { simdKernelNow } from './wasm-split-search.js';

// What splits are searched with where the host names no kernel: WebAssembly with SIMD where an engine has it at once, and room for the
// rows in it; else plain TypeScript. The models are the same to the last byte, so nobody needs to know which.

/** Not held here: a memory that once held many rows goes when the engine collects garbage and no training runs on it. */
let ofThread: WeakRef<SplitKernel> | undefined;

/** Returns the kernel that this thread's trainings take in turns. */
export function threadKernel(): SplitKernel {
  const kept = ofThread?.deref();
  if (kept) return kept;
  const kernel = newKernel();
  ofThread = new WeakRef(kernel);
  return kernel;
}

/** Returns a kernel of its own, for trainings that grow side by side. */
export function newKernel(): SplitKernel {
  const simd = unlessMissing(simdKernelNow);
  if (!simd) return plainKernel;
  return {
    createSearch: (options: SplitSearchOptions) =>
      unlessMissing(() => simd.createSearch(options)) ?? plainKernel.createSearch(options),
  };
}

function unlessMissing<Result>(make: () => Result): Result | undefined {
  try {
    return make();
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    return undefined;
  }
}
