import { ForecastError } from '../../../errors.js';
import type { KernelExports } from '../wasm-layout.js';

/**
 * Returns the split search of a compiled binary, running on `memory`.
 *
 * @throws ForecastError RUNTIME_MISSING where WebAssembly or its SIMD instructions are not available.
 */
export async function instantiate(base64: string, memory: WebAssembly.Memory): Promise<KernelExports> {
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  try {
    const { instance } = await WebAssembly.instantiate(bytes, { env: { memory, abort: giveUp } });
    return instance.exports as unknown as KernelExports;
  } catch (cause) {
    throw new ForecastError('RUNTIME_MISSING', 'split search: WebAssembly with SIMD is not available', { cause });
  }
}

function giveUp(): never {
  throw new ForecastError('RUNTIME_MISSING', 'split search: the WebAssembly kernel gave up');
}
