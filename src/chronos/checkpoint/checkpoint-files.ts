import { ForecastError } from '../../errors.js';
import type { ByteSource } from './safetensors.js';

/** The two files of a checkpoint. */
export interface CheckpointFiles {
  /** The parsed config.json. */
  readonly config: unknown;
  /** model.safetensors. */
  readonly weights: ByteSource;
}

/** Progress of a download, per file. */
export interface LoadProgress {
  readonly file: string;
  /** Bytes that have come. */
  readonly loaded: number;
  /** Bytes in all, if known. */
  readonly total: number | undefined;
}

/** Names of a checkpoint's files in a folder, on a server and in a hub repository. */
export const CONFIG_FILE = 'config.json';
export const WEIGHTS_FILE = 'model.safetensors';
/** What a LoRA adapter has in place of a config. */
export const ADAPTER_FILE = 'adapter_config.json';

/** Returns the error for a LoRA adapter, which holds differences to a base model's weights only. */
export function loraRefused(where: string): ForecastError {
  const remedy = 'merge it into its base model (PEFT: merge_and_unload) and save that';
  return new ForecastError('UNSUPPORTED_CHECKPOINT', `loadChronos: ${where} holds a LoRA adapter: ${remedy}`, {
    field: 'source',
  });
}

/** Returns the parsed text of a config.json; throws INVALID_CHECKPOINT when it is no JSON. */
export function parseConfigText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${name} is no JSON`, { field: name, cause });
  }
}
