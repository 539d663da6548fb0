import { invalid } from '../../errors.js';
import type { SplitKernel } from '../kernel/split-kernel.js';
import { instantiate } from '../kernel/wasm/instantiate.js';
import { SHARED_MEMORY } from '../kernel/wasm/split-search-binary.js';
import { simdSearch } from '../kernel/wasm-split-search.js';
import { type SearchHelp, searchHelper } from './search-helper.js';
import { type SpawnWorker, startWorker } from './worker-handle.js';

/** A split kernel that several threads share the work of. */
export interface ParallelKernel extends SplitKernel {
  /** Ends the helping threads; a kernel that is closed must not be used any more. */
  close(): void;
}

/** Most memory the kernel can grow to: 2 GiB, in pages of 64 KiB, as the compiled binary declares. */
const MOST_PAGES = 32768;

/**
 * Returns the SIMD kernel spread over threads, each searching some of the features: the same model, faster on many rows.
 *
 * Pays from some ten thousand rows on. Threads split features, never rows, so that every sum keeps its order. The calling thread
 * does a share of its own, and trains synchronously as ever. In browsers, shared memory needs a cross-origin isolated page.
 *
 * @param options.threads All threads, the calling one included: 2 or more.
 * @throws ForecastError RUNTIME_MISSING where threads, shared memory or WebAssembly SIMD are not available.
 * @example
 * const kernel = await loadParallelKernel({ threads: 2 });
 * const booster = train(data, params, { kernel });
 * kernel.close();
 */
export async function loadParallelKernel(options: {
  threads: number;
  spawn?: SpawnWorker | undefined;
}): Promise<ParallelKernel> {
  const { threads, spawn } = options;
  if (!Number.isInteger(threads) || threads < 2) {
    throw invalid('INVALID_ARGUMENT', 'loadParallelKernel', 'threads', 'a whole number >= 2', threads);
  }
  const memory = new WebAssembly.Memory({ initial: 4, maximum: MOST_PAGES, shared: true });
  const exports = await instantiate(SHARED_MEMORY, memory);
  const workers = await Promise.all(Array.from({ length: threads - 1 }, () => startWorker(spawn)));
  await Promise.all(
    workers.map(
      (worker, helper) =>
        new Promise<void>((resolve, reject) => {
          worker.listen(() => resolve(), reject);
          const help: SearchHelp = { kind: 'help', id: helper, memory, helper };
          worker.post(help);
        }),
    ),
  );
  const helpers = workers.map((_, helper) => searchHelper(memory, helper));
  const runtime = { memory, exports, helpers, searches: 0 };
  return {
    createSearch: (search) => simdSearch(runtime, search),
    close() {
      for (const worker of workers) worker.terminate();
    },
  };
}
