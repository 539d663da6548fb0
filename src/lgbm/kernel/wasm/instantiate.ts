import { ForecastError } from '../../../errors.js';
import { compileWasm, exportsOf, instantiateWasm } from '../../../host/wasm.js';
import type { KernelExports } from '../wasm-layout.js';
import { PRIVATE_MEMORY } from './split-search-binary.js';

/** A WebAssembly.Memory, spelt out: declarations that name it do not compile for hosts without the DOM's types. */
export interface KernelMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/**
 * Returns the split search of a compiled binary, running on `memory`.
 *
 * @throws ForecastError RUNTIME_MISSING where WebAssembly or its SIMD instructions are not available.
 */
export async function instantiate(base64: string, memory: KernelMemory): Promise<KernelExports> {
  try {
    return (await instantiateWasm(base64, importsOf(memory))) as KernelExports;
  } catch (cause) {
    throw missing(cause);
  }
}

/** Compiled for this thread; what an engine made fast while one training ran stays so for the next. */
let compiled: WebAssembly.Module | undefined;

/**
 * Returns the split search of the binary for memory of its own, at once.
 *
 * @throws ForecastError RUNTIME_MISSING as {@link instantiate}, and where a page may not compile at once.
 */
export function instantiateNow(memory: KernelMemory): KernelExports {
  try {
    compiled ??= compileWasm(PRIVATE_MEMORY);
    return exportsOf(compiled, importsOf(memory)) as KernelExports;
  } catch (cause) {
    throw missing(cause);
  }
}

const importsOf = (memory: KernelMemory) => ({ env: { memory, abort: giveUp } });

function missing(cause: unknown): ForecastError {
  return new ForecastError('RUNTIME_MISSING', 'split search: WebAssembly with SIMD is not available', { cause });
}

function giveUp(): never {
  throw new ForecastError('RUNTIME_MISSING', 'split search: the WebAssembly kernel gave up');
}
