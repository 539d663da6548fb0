import { invalid } from '../errors.js';
import type { CheckpointConfig } from './checkpoint/checkpoint-config.js';
import type { Safetensors } from './checkpoint/safetensors.js';
import type { LoadedChronos } from './chronos-model.js';
import { boltEnds } from './graph/bolt-ends.js';
import { BUILTIN } from './runtime/builtin/builtin-session.js';
import type { KernelKind } from './runtime/builtin/heap.js';
import type { LayerPrecision } from './runtime/builtin/heap-layers.js';

/** How a model is opened on the built-in runtime. */
export interface BuiltinSettings {
  /** Default: the SIMD kernels where there are any. */
  readonly kind?: KernelKind;
  /** Default 'fp32'. */
  readonly precision?: LayerPrecision;
  /** Threads that share out a batch, this one among them; default 1. Chronos-Bolt and networks of bars alone have more. */
  readonly threads?: number;
}

/**
 * What the thread that reads bars and writes quantiles takes of a network of bars, where each of the others takes 1: so all have as much to
 * do with the checkpoint of the package, which is small.
 */
const BARS_SHARE = 0.65;

/**
 * Returns the model of a checkpoint that the built-in runtime runs; the weights are not read again after that.
 *
 * @throws ForecastError INVALID_CHECKPOINT, OUT_OF_MEMORY, RUNTIME_MISSING (threads), INVALID_ARGUMENT (threads)
 */
export async function openBuiltinModel(
  config: CheckpointConfig,
  weights: Safetensors,
  { kind, precision, threads = 1 }: BuiltinSettings = {},
): Promise<LoadedChronos> {
  if (config.family === 'chronos-bolt' && threads > 1) {
    const [{ boltModel }, { openThreadedBoltSession }] = await Promise.all([
      import('./families/bolt.js'),
      import('./runtime/builtin/threads/threaded-bolt-session.js'),
    ]);
    return boltModel(config, BUILTIN, await openThreadedBoltSession(config, weights, { threads, precision }));
  }
  if (config.family === 'bar-bolt' && threads > 1) {
    const [{ barBoltModel }, { openThreadedBoltSession }] = await Promise.all([
      import('./families/bar-bolt.js'),
      import('./runtime/builtin/threads/threaded-bolt-session.js'),
    ]);
    const ends = boltEnds(config);
    const session = await openThreadedBoltSession(config, weights, { threads, ownShare: BARS_SHARE, ends, precision });
    return barBoltModel(config, BUILTIN, session, { runs: 2 });
  }
  if (config.family === 'bar-bolt') {
    const [{ barBoltModel }, { openBoltSession }] = await Promise.all([
      import('./families/bar-bolt.js'),
      import('./runtime/builtin/bolt-session.js'),
    ]);
    return barBoltModel(
      config,
      BUILTIN,
      await openBoltSession(config, weights, { kind, ends: boltEnds(config), precision }),
    );
  }
  if (threads > 1)
    throw invalid(
      'INVALID_ARGUMENT',
      'loadChronos',
      'threads',
      `1 for ${config.family} on the built-in runtime`,
      threads,
    );
  if (config.family === 'chronos-bolt') {
    const [{ boltModel }, { openBoltSession }] = await Promise.all([
      import('./families/bolt.js'),
      import('./runtime/builtin/bolt-session.js'),
    ]);
    return boltModel(config, BUILTIN, await openBoltSession(config, weights, { kind, precision }));
  }
  if (config.family === 'chronos-t5') {
    const { t5Model } = await import('./families/t5.js');
    const { DECODER_BIAS } = await import('./graph/decoder-bias.js');
    const { openT5Sessions } = await import('./runtime/builtin/t5-sessions.js');
    const sessions = await openT5Sessions(config, weights, { kind, precision });
    return t5Model({ config, ort: BUILTIN, ...sessions, decoderBias: weights.floats(DECODER_BIAS) });
  }
  const { chronos2Model } = await import('./families/chronos2.js');
  const { openChronos2Session } = await import('./runtime/builtin/chronos2-session.js');
  const session = await openChronos2Session(config, weights, { kind, precision });
  return chronos2Model({ config, ort: BUILTIN, session: async () => session }, () => session.release());
}
