import type { FileHandle } from 'node:fs/promises';
import { pause } from '../../src/concurrency/index.js';
import { ForecastError } from '../../src/errors.js';

/**
 * Several files replaced in one step, in any folder that can rename within itself. New contents are written into a folder
 * beside the files and flushed, with a list of the renames that bring them to their places; then that folder is renamed to `commit`, and the
 * step is done, come what may: whoever comes next carries out the renames that are left, and removes the list when they are.
 *
 * One commit is under way at a time: a folder takes the name of another only if that is empty, which it is once its list is removed. So
 * commits have an order, and none overtakes another. A rename that was carried out finds its source gone, and a list that was removed is gone
 * under its own name, so that carrying a commit out again, or by several processes at once, changes nothing, however late.
 */

/** One file's new content; `path` is relative to the folder. */
export interface FileChange {
  path: string;
  content: string | Uint8Array;
}

const STAGING = '.staging';
const COMMIT = 'commit';
const LIST = /\.json$/;
/** How often a commit is tried that finds another one under way each time. */
const COMMITS = 1000;
const DAY_MS = 86_400_000;

const hasCode = (error: unknown, ...codes: string[]) =>
  error instanceof Error && 'code' in error && codes.includes(String(error.code));

const hasPath = (error: unknown, path: string) => error instanceof Error && 'path' in error && error.path === path;

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
  await finishCommit(folder);
  for (const name of await readdir(join(folder, STAGING))) {
    if (name === COMMIT) continue;
    const path = join(folder, STAGING, name);
    try {
      if (Date.now() - (await stat(path)).mtimeMs > DAY_MS) await rm(path, { recursive: true, force: true });
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
}

/** Carries out what a process that died, or is at it still, has committed. */
export async function finishCommit(folder: string): Promise<void> {
  const { rm } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const commit = await commitUnderWay(folder);
  if (commit === undefined) return;
  await carryOut(folder, commit.renames);
  await rm(join(folder, STAGING, COMMIT, commit.list), { force: true });
}

/** `from` in the folder of the commit becomes `to`. */
interface Rename {
  from: string;
  to: string;
}

/** Returns the commit that is under way: the name of its list, which no other has, and its renames, of which some may be carried out. */
async function commitUnderWay(folder: string): Promise<{ list: string; renames: Rename[] } | undefined> {
  const { readdir, readFile } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const place = join(folder, STAGING, COMMIT);
  for (;;) {
    try {
      const list = (await readdir(place)).find((name) => LIST.test(name));
      if (list === undefined) return undefined;
      return { list, renames: JSON.parse(await readFile(join(place, list), 'utf8')) as Rename[] };
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
      // no commit was ever made, or this one has ended since
      if (hasPath(error, place)) return undefined;
    }
  }
}

async function carryOut(folder: string, renames: readonly Rename[]): Promise<void> {
  const { rename } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  for (const { from, to } of renames) {
    try {
      await rename(join(folder, STAGING, COMMIT, from), join(folder, to));
    } catch (error) {
      if (!hasCode(error, 'ENOENT')) throw error;
    }
  }
  for (const parent of new Set(renames.map(({ to }) => dirname(join(folder, to))))) await flush(parent);
}

/** Makes the changes, all or none. @throws ForecastError `STORE_BUSY` where other commits never left room for it */
export async function commit(folder: string, changes: readonly FileChange[]): Promise<void> {
  const { mkdir, rm } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const { randomUUID } = await import('node:crypto');
  const id = randomUUID();
  const own = join(folder, STAGING, id);
  const renames: Rename[] = changes.map(({ path }, index) => ({ from: `${id}-${index}.tmp`, to: path }));
  try {
    await mkdir(own);
    for (const [index, { content }] of changes.entries()) await writeFlushed(join(own, `${id}-${index}.tmp`), content);
    await writeFlushed(join(own, `${id}.json`), JSON.stringify(renames));
    await flush(own);
    await takeTurn(folder, own);
  } catch (error) {
    await rm(own, { recursive: true, force: true });
    throw error;
  }
  await flush(join(folder, STAGING));
  await finishCommit(folder);
}

/** Renames the folder to that of the commit under way, as soon as there is no other. */
async function takeTurn(folder: string, own: string): Promise<void> {
  const { rename, rmdir } = await import('node:fs/promises');
  const { join } = await import('node:path');
  const place = join(folder, STAGING, COMMIT);
  let cause: unknown;
  for (let attempt = 0; attempt < COMMITS; attempt++) {
    if (attempt > 0) await pause(1);
    await finishCommit(folder);
    try {
      return await rename(own, place);
    } catch (error) {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'EPERM', 'EACCES')) throw error;
      cause = error;
    }
    // Windows puts no folder in the place of another, not even of an empty one
    await rmdir(place).catch((error: unknown) => {
      if (!hasCode(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
    });
  }
  const message = `folderModels: other processes committed ${COMMITS} times before this one could`;
  throw new ForecastError('STORE_BUSY', message, { cause, actual: folder });
}

/** How often a read of several files is begun anew because they were replaced meanwhile. */
const READS = 1000;

/**
 * Returns the contents of the files as they stood at one moment, undefined where there is none. Writes nothing.
 *
 * Files are only ever replaced by others, never written to. What a commit under way is about to bring to its place counts as there: if it is
 * under way still after the last read, no other can have changed anything meanwhile. If none is, and each path still leads to the file that was
 * read (held open, so that no other can be taken for it), all of them were there together. Else the read is begun anew.
 *
 * @throws ForecastError `STORE_BUSY` where they never stood still
 */
export async function readFiles(folder: string, paths: readonly string[]): Promise<(Buffer | undefined)[]> {
  const { join } = await import('node:path');
  for (let attempt = 0; attempt < READS; attempt++) {
    if (attempt > 0) await pause(1);
    const before = await commitUnderWay(folder);
    const coming = new Map(before?.renames.map(({ from, to }) => [to, join(folder, STAGING, COMMIT, from)]));
    const opened: (FileHandle | undefined)[] = [];
    try {
      for (const path of paths) {
        const source = coming.get(path);
        const file = source === undefined ? undefined : await openFile(source);
        opened.push(file ?? (await openFile(join(folder, path))));
      }
      const contents = await Promise.all(opened.map((file) => file?.readFile()));
      const after = await commitUnderWay(folder);
      if (after === undefined ? await areInPlace(folder, paths, opened) : after.list === before?.list) return contents;
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
