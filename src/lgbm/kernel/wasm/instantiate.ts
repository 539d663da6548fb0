import { ForecastError } from '../../../errors.js';
import { instantiateWasm } from '../../../host/wasm.js';
import type { KernelExports } from '../wasm-layout.js';

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
    return (await instantiateWasm(base64, { env: { memory, abort: giveUp } })) as KernelExports;
  } catch (cause) {
    throw new ForecastError('RUNTIME_MISSING', 'split search: WebAssembly with SIMD is not available', { cause });
  }
}

function giveUp(): never {
  throw new ForecastError('RUNTIME_MISSING', 'split search: the WebAssembly kernel gave up');
}
