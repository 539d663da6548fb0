import { isForecastError } from '../../errors.js';
import { loadSimdKernel, type SplitKernel } from '../../lgbm/index.js';
import type { Logger } from '../context.js';

/**
 * Returns the WebAssembly SIMD kernel, or undefined in an engine without it: a kernel changes how long training takes, never a
 * byte of the model.
 */
export async function fastKernel(logger: Logger | undefined): Promise<SplitKernel | undefined> {
  try {
    return await loadSimdKernel();
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    logger?.info('retrainWeekly: without WebAssembly SIMD, training takes longer');
    return undefined;
  }
}
