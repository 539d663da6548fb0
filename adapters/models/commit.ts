import type { FileHandle } from 'node:fs/promises';
import { ForecastError } from '../../src/errors.js';

/**
 * Several files replaced in one step, in any folder that can rename within itself. New contents are written beside the
 * files and flushed; then a commit file that lists the renames appears under its final name, and the step is done, come
 * what may: whoever opens the folder next carries out the renames that are left. A rename that was carried out finds its
 * source gone, so carrying it out again, or by two processes at once, changes nothing, however late. There is nothing but
 * renames for that reason: a removal, carried out late, would remove what was put since.
 */

/** One file's new content; `path` is relative to the folder. */
export interface FileChange {
  path: string;
  content: string | Uint8Array;
}

const STAGING = '.staging';
const COMMIT = /^commit-.*\.json$/;
const DAY_MS = 86_400_000;

const hasCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

async function flush(path: string): Promise<void> {
  const { open } = await import('node:fs/promises');
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    // Windows neither opens folders nor needs to flush them
    if (!hasCode(error, 'EISDIR', 'EPERM', 'EACCES', 'EINVAL')) throw error;
  } finally {
    await handle?.close();
  }
}

async function writeFlushed(path: string, content: string | Uint8Array): Promise<void> {
  const { open } = await import('node:fs/promises');
  const handle = await open(path, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the folder ready: its subfolders exist, unfinished commits are carried out, what was left long ago is removed. */
export async function openFolder(folder: string, subfolders: readonly string[]): Promise<void> {
  const { mkdir, readdir, rm, stat } = await import('node:fs/promises');
  const { join } = await import('node:path');
  for (const name of [STAGING, ...subfolders]) await mkdir(join(folder, name), { recursive: true });
  await finishCommits(folder);
  for (const name of await readdir(join(folder, STAGING))) {
    if (COMMIT.test(name)) continue;
    const path = join(folder, STAGING, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { force: true });
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** Carries out what processes that died, or are at it still, have committed. */
export async function finishCommits(folder: string): Promise<void> {
  const { readdir, readFile, rm } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const names = (await readdir(join(folder, STAGING))).filter((name) => COMMIT.test(name));
  for (const name of names.sort()) {
    const path = join(folder, STAGING, name);
    let renames: Rename[];
    try {
      renames = JSON.parse(await readFile(path, 'utf8')) as Rename[];
    } catch (error) {
      if (hasCode(error, 'ENOENT')) continue;
      throw error;
    }
    await carryOut(folder, renames);
    await rm(path, { force: true });
  }
}

/** `from` in the staging folder becomes `to`. */
interface Rename {
  from: string;
  to: string;
}

async function carryOut(folder: string, renames: readonly Rename[]): Promise<void> {
  const { rename } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  for (const { from, to } of renames) {
    try {
      await rename(join(folder, STAGING, from), join(folder, to));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  for (const parent of new Set(renames.map(({ to }) => dirname(join(folder, to))))) await flush(parent);
}

/** Makes the changes, all or none. */
export async function commit(folder: string, changes: readonly FileChange[]): Promise<void> {
  const { rename, rm } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { randomUUID } = await import('node:crypto');
  const staging = join(folder, STAGING);
  const id = randomUUID();
  const renames: Rename[] = changes.map(({ path }, index) => ({ from: `${id}-${index}.tmp`, to: path }));
  try {
    for (const [index, { content }] of changes.entries())
      await writeFlushed(join(staging, `${id}-${index}.tmp`), content);
    if (renames.length > 1) await writeFlushed(join(staging, `${id}.tmp`), JSON.stringify(renames));
    await flush(staging);
    // what others committed earlier comes first: left for later, it would replace what is newer
    await finishCommits(folder);
    if (renames.length > 1) {
      await rename(join(staging, `${id}.tmp`), join(staging, `commit-${id}.json`));
      await flush(staging);
    }
  } catch (error) {
    for (const { from } of renames) await rm(join(staging, from), { force: true });
    await rm(join(staging, `${id}.tmp`), { force: true });
    throw error;
  }
  await carryOut(folder, renames);
  await rm(join(staging, `commit-${id}.json`), { force: true });
}

/** How often a read of several files is begun anew because they were replaced meanwhile. */
const READS = 1000;

/**
 * Returns the contents of the files as they stood at one moment, undefined where there is none.
 *
 * Files are only ever replaced by others, never written to. So when no commit is under way after the last read, and each path still leads to
 * the file that was read (held open, so that no other can be taken for it), all of them were there together, whole.
 *
 * @throws ForecastError `STORE_BUSY` where they never stood still
 */
export async function readFiles(folder: string, paths: readonly string[]): Promise<(Buffer | undefined)[]> {
  const { readdir } = await import('node:fs/promises');
  const { join } = await import('node:path');
  for (let attempt = 0; attempt < READS; attempt++) {
    await finishCommits(folder);
    const opened: (FileHandle | undefined)[] = [];
    try {
      for (const path of paths) opened.push(await openFile(join(folder, path)));
      const contents = await Promise.all(opened.map((file) => file?.readFile()));
      const underWay = (await readdir(join(folder, STAGING))).some((name) => COMMIT.test(name));
      if (!underWay && (await areInPlace(folder, paths, opened))) return contents;
    } finally {
      for (const file of opened) await file?.close();
    }
  }
  const message = `folderModels: the models were replaced ${READS} times while they were read`;
  throw new ForecastError('STORE_BUSY', message, { actual: folder });
}

async function openFile(path: string): Promise<FileHandle | undefined> {
  const { open } = await import('node:fs/promises');
  try {
    return await open(path, 'r');
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Returns whether each path leads to the file that was opened, and nowhere where there was none. */
async function areInPlace(folder: string, paths: readonly string[], opened: readonly (FileHandle | undefined)[]) {
  const { stat } = await import('node:fs/promises');
  const { join } = await import('node:path');
  for (const [index, path] of paths.entries()) {
    const before = await opened[index]?.stat({ bigint: true });
    const now = await stat(join(folder, path), { bigint: true }).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return undefined;
      throw error;
    });
    if (now?.ino !== before?.ino || now?.dev !== before?.dev) return false;
  }
  return true;
}
