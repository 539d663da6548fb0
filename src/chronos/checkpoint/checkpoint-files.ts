import { ForecastError } from '../../errors.js';
import type { ByteSource, Safetensors } from './safetensors.js';

/** An opened checkpoint. */
export interface CheckpointFiles {
  /** The parsed config.json. */
  readonly config: unknown;
  /** All tensors; to be closed by its source. */
  readonly weights: Safetensors;
}

/** Progress of a download, per file. */
export interface LoadProgress {
  readonly file: string;
  /** Bytes that have come; a download that goes on where one was interrupted begins with those that were there. */
  readonly loaded: number;
  /** Bytes in all, if known. */
  readonly total: number | undefined;
}

/** A folder, a server or a repository with a checkpoint's files. */
export interface CheckpointPlace {
  /** What it is called in errors. */
  readonly name: string;
  /** Returns whether a file is known to be there, without asking anybody. */
  has(file: string): boolean;
  /** Returns a small file's text; undefined when it is not there. */
  text(file: string): Promise<string | undefined>;
  /** Opens a large file; undefined when it is not there. */
  open(file: string): Promise<ByteSource | undefined>;
  /** Returns the error for a place that lacks what a checkpoint must have. */
  missing(what: string): ForecastError;
}

/** Names of a checkpoint's files in a folder, on a server and in a hub repository. */
export const CONFIG_FILE = 'config.json';
export const WEIGHTS_FILE = 'model.safetensors';
/** Which tensor of a large checkpoint lies in which of its files. */
export const INDEX_FILE = 'model.safetensors.index.json';
/** What a LoRA adapter has in place of a config. */
export const ADAPTER_FILE = 'adapter_config.json';
export const ADAPTER_WEIGHTS_FILE = 'adapter_model.safetensors';
/** Weights in a form that is not read: Python objects, that run code when they are loaded. */
export const PICKLED_FILE = 'pytorch_model.bin';

/** Bytes that a text file of a checkpoint may have. */
export const TEXT_BYTES = 2 ** 24;

/** Returns the parsed text of a config.json; throws INVALID_CHECKPOINT when it is no JSON. */
export function parseConfigText(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${name} is no JSON`, { field: name, cause });
  }
}
