import { ForecastError } from '../../errors.js';
import { hasFileSystem, nodeModule } from '../../host/node.js';
import type { CheckpointPlace } from './checkpoint-files.js';
import type { ByteSource } from './safetensors.js';

/**
 * Returns a folder of this machine as a checkpoint's place. Files that it opens stay open until their source is closed.
 *
 * @throws ForecastError INVALID_CHECKPOINT when there is no such folder; later, when a file cannot be read
 */
export async function folderPlace(folder: string): Promise<CheckpointPlace> {
  const { existsSync, readFileSync } = nodeModule('node:fs');
  const { join } = nodeModule('node:path');
  const fail = (problem: string, cause?: unknown) =>
    new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${folder} ${problem}`, { field: folder, cause });
  if (!existsSync(folder)) throw fail('does not exist');
  const has = (file: string) => existsSync(join(folder, file));
  const attempt = async <Result>(file: string, work: (path: string) => Result | Promise<Result>) => {
    if (!has(file)) return undefined;
    try {
      return await work(join(folder, file));
    } catch (error) {
      throw fail(`has a ${file} that cannot be read`, error);
    }
  };
  return {
    name: folder,
    has,
    text: (file) => attempt(file, (path) => readFileSync(path, 'utf8')),
    open: (file) => attempt(file, openFile),
    missing: (what) => fail(`has no ${what}`),
  };
}

/** Opens one file of this machine for reads at any place; its path is the real one, behind symbolic links. */
export async function openFile(path: string): Promise<ByteSource> {
  const { closeSync, fstatSync, openSync, readSync, realpathSync } = nodeModule('node:fs');
  const descriptor = openSync(path, 'r');
  let open = true;
  const fill = (offset: number, target: Uint8Array) => {
    let done = 0;
    while (done < target.length) {
      // One call reads at most 2 GiB - 4 KiB on Linux.
      const read = readSync(descriptor, target, done, Math.min(target.length - done, 2 ** 30), offset + done);
      if (read === 0)
        throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${path} ends at byte ${offset + done}`, {
          field: path,
        });
      done += read;
    }
  };
  return {
    name: path,
    size: fstatSync(descriptor).size,
    path: realpathSync(path),
    read(offset, length) {
      const bytes = new Uint8Array(length);
      fill(offset, bytes);
      return bytes;
    },
    readInto: fill,
    close() {
      if (open) closeSync(descriptor);
      open = false;
    },
  };
}

/** Returns whether `path` is a folder of this machine; false where there is no file system. */
export async function isFolder(path: string): Promise<boolean> {
  if (!hasFileSystem()) return false;
  const { statSync } = nodeModule('node:fs');
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
