import { ForecastError } from '../../../errors.js';
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
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    const { instance } = await WebAssembly.instantiate(bytes, {
      env: { memory: memory as WebAssembly.Memory, abort: giveUp },
    });
    return instance.exports as unknown as KernelExports;
  } catch (cause) {
    throw new ForecastError('RUNTIME_MISSING', 'split search: WebAssembly with SIMD is not available', { cause });
  }
}

function giveUp(): never {
  throw new ForecastError('RUNTIME_MISSING', 'split search: the WebAssembly kernel gave up');
}
