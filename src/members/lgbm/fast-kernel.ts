import { isForecastError } from '../../errors.js';
import { loadSimdKernel, type SplitKernel } from '../../lgbm/index.js';

/**
 * Returns the WebAssembly SIMD kernel, or undefined in an engine without it: a kernel changes how long training takes, never a
 * byte of the model.
 */
export async function fastKernel(): Promise<SplitKernel | undefined> {
  try {
    return await loadSimdKernel();
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    return undefined;
  }
}
