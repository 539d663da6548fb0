import type { ForecastErrorCode } from '../../../../errors.js';
import type { BoltConfig } from '../../../checkpoint/checkpoint-config.js';
import type { TensorEntry } from '../../../checkpoint/safetensors.js';
import type { BoltEnds } from '../../../graph/bolt-ends.js';
import type { LayerPrecision } from '../heap-layers.js';

/** What a thread is told: first once the network, then batches. */
export type RunRequest =
  | {
      readonly kind: 'open';
      readonly config: Omit<BoltConfig, 'family' | 'transform'>;
      readonly ends: BoltEnds;
      readonly precision: LayerPrecision;
      readonly tensors: ReadonlyMap<string, TensorEntry>;
      /** The file's bytes, shared by all threads. */
      readonly bytes: Uint8Array;
    }
  | {
      readonly kind: 'run';
      readonly id: number;
      readonly patches: Float32Array;
      readonly mask: Float32Array;
      readonly batch: number;
      readonly count: number;
    };

/** What a thread answers. `id` 0: the network is open. */
export type RunReply =
  | { readonly id: number; readonly quantiles?: Float32Array }
  | { readonly id: number; readonly error: { readonly message: string; readonly code?: ForecastErrorCode } };
