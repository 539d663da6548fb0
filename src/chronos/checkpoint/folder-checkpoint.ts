import { ForecastError } from '../../errors.js';
import {
  ADAPTER_FILE,
  type CheckpointFiles,
  CONFIG_FILE,
  loraRefused,
  parseConfigText,
  WEIGHTS_FILE,
} from './checkpoint-files.js';
import type { ByteSource } from './safetensors.js';

/**
 * Opens a checkpoint folder of this machine. The weights stay open until their source is closed.
 *
 * @throws ForecastError INVALID_CHECKPOINT when a file is missing or config.json is no JSON; UNSUPPORTED_CHECKPOINT for an
 *   adapter (LoRA), weights cut into several files, or weights that are not safetensors
 */
export async function openFolder(folder: string): Promise<CheckpointFiles> {
  const { existsSync, readFileSync } = await import('node:fs');
  const { join } = await import('node:path');
  const has = (name: string) => existsSync(join(folder, name));
  const fail = (code: 'INVALID_CHECKPOINT' | 'UNSUPPORTED_CHECKPOINT', problem: string, cause?: unknown) =>
    new ForecastError(code, `loadChronos: ${folder} ${problem}`, { field: folder, cause });
  if (!existsSync(folder)) throw fail('INVALID_CHECKPOINT', 'does not exist');
  if (has(ADAPTER_FILE)) throw loraRefused(folder);
  if (!has(CONFIG_FILE)) throw fail('INVALID_CHECKPOINT', `has no ${CONFIG_FILE}`);
  if (!has(WEIGHTS_FILE)) {
    if (has(`${WEIGHTS_FILE}.index.json`)) throw fail('UNSUPPORTED_CHECKPOINT', 'has its weights in several files');
    if (has('pytorch_model.bin')) throw fail('UNSUPPORTED_CHECKPOINT', 'has pickled weights: save them as safetensors');
    throw fail('INVALID_CHECKPOINT', `has no ${WEIGHTS_FILE}`);
  }
  try {
    const config = parseConfigText(readFileSync(join(folder, CONFIG_FILE), 'utf8'), join(folder, CONFIG_FILE));
    return { config, weights: await openFile(join(folder, WEIGHTS_FILE)) };
  } catch (error) {
    if (error instanceof ForecastError) throw error;
    throw fail('INVALID_CHECKPOINT', 'cannot be read', error);
  }
}

/** Opens one file of this machine for reads at any place; its path is the real one, behind symbolic links. */
export async function openFile(path: string): Promise<ByteSource> {
  const { closeSync, fstatSync, openSync, readSync, realpathSync } = await import('node:fs');
  const descriptor = openSync(path, 'r');
  let open = true;
  return {
    name: path,
    size: fstatSync(descriptor).size,
    path: realpathSync(path),
    read(offset, length) {
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        // One call reads at most 2 GiB - 4 KiB on Linux.
        const read = readSync(descriptor, bytes, done, Math.min(length - done, 2 ** 30), offset + done);
        if (read === 0)
          throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${path} ends at byte ${offset + done}`, {
            field: path,
          });
        done += read;
      }
      return bytes;
    },
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** Returns whether `path` is a folder of this machine; false where there is no file system. */
export async function isFolder(path: string): Promise<boolean> {
  if (!hasFileSystem()) return false;
  const { statSync } = await import('node:fs');
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** Whether this is Node or something that behaves like it. */
export function hasFileSystem(): boolean {
  return typeof process !== 'undefined' && typeof process.versions?.node === 'string';
}
