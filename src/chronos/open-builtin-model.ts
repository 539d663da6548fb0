import { invalid } from '../errors.js';
import type { CheckpointConfig } from './checkpoint/checkpoint-config.js';
import type { Safetensors } from './checkpoint/safetensors.js';
import type { ChronosModel } from './chronos-model.js';
import { BUILTIN } from './runtime/builtin/builtin-session.js';
import type { KernelKind } from './runtime/builtin/heap.js';

/**
 * Returns the model of a checkpoint that the built-in runtime runs; the weights are not read again after that.
 *
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY
 */
export async function openBuiltinModel(
  config: CheckpointConfig,
  weights: Safetensors,
  kind?: KernelKind,
): Promise<ChronosModel> {
  if (config.family === 'chronos-bolt') {
    const { boltModel } = await import('./families/bolt.js');
    const { openBoltSession } = await import('./runtime/builtin/bolt-session.js');
    return boltModel(config, BUILTIN, await openBoltSession(config, weights, kind));
  }
  throw invalid(
    'UNSUPPORTED_CHECKPOINT',
    'loadChronos',
    'family',
    "'chronos-bolt' with the built-in runtime: install onnxruntime-node",
    config.family,
  );
}
