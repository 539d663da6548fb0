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
    const [{ boltModel }, { openBoltSession }] = await Promise.all([
      import('./families/bolt.js'),
      import('./runtime/builtin/bolt-session.js'),
    ]);
    return boltModel(config, BUILTIN, await openBoltSession(config, weights, { kind }));
  }
  if (config.family === 'chronos-t5') {
    const { t5Model } = await import('./families/t5.js');
    const { DECODER_BIAS } = await import('./graph/decoder-bias.js');
    const { openT5Sessions } = await import('./runtime/builtin/t5-sessions.js');
    const sessions = await openT5Sessions(config, weights, kind);
    return t5Model({ config, ort: BUILTIN, ...sessions, decoderBias: weights.floats(DECODER_BIAS) });
  }
  const { chronos2Model } = await import('./families/chronos2.js');
  const { openChronos2Session } = await import('./runtime/builtin/chronos2-session.js');
  const session = await openChronos2Session(config, weights, kind);
  return chronos2Model({ config, ort: BUILTIN, session: async () => session }, () => session.release());
}
