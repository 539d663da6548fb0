import type { FileHandle } from 'node:fs/promises';
import type { ForecastError } from '../../errors.js';
import { nodeModule } from '../../host/node.js';
import type { CheckpointPlace, LoadProgress } from './checkpoint-files.js';
import { openFile } from './folder-checkpoint.js';
import { type HubClient, type HubFile, type HubListing, RangeRefused } from './hub-client.js';

/** A file that is written piece by piece. */
export interface WritableFile {
  write(piece: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** A repository in a cache. */
export interface CacheRequest {
  /** The cache's folder, in the layout of Hugging Face's own libraries. */
  readonly cache: string;
  readonly repo: string;
  readonly revision: string;
  readonly onProgress?: ((progress: LoadProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Opens a new file for writing; default: the file system's own. */
  readonly create?: (path: string) => Promise<WritableFile>;
}

/** Partial files that nobody has written to for so long are nobody's any more. */
const ABANDONED_MS = 7 * 86_400_000;

/** Returns the commit that a revision is known by in the cache: where a branch or tag last pointed. */
export async function cachedCommit({ cache, repo, revision }: CacheRequest): Promise<string | undefined> {
  if (isCommit(revision)) return revision;
  const { existsSync, readFileSync } = nodeModule('node:fs');
  const { join } = nodeModule('node:path');
  const note = join(cache, folderName(repo), 'refs', revision);
  if (!existsSync(note)) return undefined;
  const commit = readFileSync(note, 'utf8').trim();
  return isCommit(commit) ? commit : undefined;
}

/** Notes in the cache where a branch or tag points to, once all files of that commit are there. */
export async function noteCommit({ cache, repo, revision }: CacheRequest, commit: string): Promise<void> {
  if (isCommit(revision)) return;
  const { mkdir, rename, writeFile } = nodeModule('node:fs/promises');
  const { dirname, join } = nodeModule('node:path');
  const note = join(cache, folderName(repo), 'refs', revision);
  await mkdir(dirname(note), { recursive: true });
  const fresh = temporary(note);
  await writeFile(fresh, commit);
  await rename(fresh, note);
}

/**
 * Returns a commit's snapshot in the cache as a checkpoint's place. A file that is asked for and not there is brought, if
 * there is a supply: written under a name of its own, checked by size and hash, and only then given its name in the cache.
 * Neither an interrupted download nor a second process can leave a file there that is not whole.
 *
 * @param folder within the repository, '' for its root
 * @throws ForecastError from its methods: DOWNLOAD_FAILED
 */
export async function cachePlace(
  request: CacheRequest,
  { commit, folder }: { commit: string; folder: string },
  missing: (what: string) => ForecastError,
  supply: HubListing | undefined,
): Promise<CheckpointPlace> {
  const { existsSync, readFileSync } = nodeModule('node:fs');
  const { mkdir } = nodeModule('node:fs/promises');
  const { dirname, join } = nodeModule('node:path');
  const home = join(request.cache, folderName(request.repo));
  const snapshot = join(home, 'snapshots', commit);
  const pathOf = (file: string) => (folder === '' ? file : `${folder}/${file}`);
  /** Returns the path of a file that is there now. */
  const bring = async (file: string): Promise<string | undefined> => {
    const path = pathOf(file);
    const place = join(snapshot, path);
    if (existsSync(place)) return place;
    if (supply === undefined) return undefined;
    try {
      const known = await supply.describe(path);
      if (known === undefined) return undefined;
      await mkdir(join(home, 'blobs'), { recursive: true });
      await mkdir(dirname(place), { recursive: true });
      const blob = join(home, 'blobs', known.hash.hex);
      if (!existsSync(blob)) await downloadBlob(request, supply.client, commit, known, blob);
      await linkTo(blob, place, path.split('/').length + 1);
      return place;
    } catch (error) {
      throw supply.client.failure(`${path} cannot be brought into the cache`, error);
    }
  };
  return {
    name: `${request.repo}@${request.revision}`,
    has: (file) => existsSync(join(snapshot, pathOf(file))) || supply?.has(pathOf(file)) === true,
    async text(file) {
      const path = await bring(file);
      return path === undefined ? undefined : readFileSync(path, 'utf8');
    },
    async open(file) {
      const path = await bring(file);
      return path === undefined ? undefined : openFile(path);
    },
    missing,
  };
}

async function downloadBlob(
  request: CacheRequest,
  client: HubClient,
  commit: string,
  file: HubFile,
  blob: string,
): Promise<void> {
  const { existsSync } = nodeModule('node:fs');
  const { readdir, rename, rm } = nodeModule('node:fs/promises');
  const { basename, dirname, join } = nodeModule('node:path');
  const prefix = `${basename(blob)}.incomplete`;
  const others = async () => {
    const names = await readdir(dirname(blob));
    return names.filter((name) => name.startsWith(prefix)).map((name) => join(dirname(blob), name));
  };
  const partial = temporary(`${blob}.incomplete`);
  const start = await openLongest(await others(), file.size);
  try {
    await writePartial(request, client, commit, file, { partial, start });
  } catch (error) {
    // What was there already may be what is wrong: it was written by another download, and is not checked by itself.
    if (!(error instanceof RangeRefused || error instanceof WrongStart)) throw error;
    await rm(partial, { force: true });
    await writePartial(request, client, commit, file, { partial, start: undefined });
  } finally {
    await start?.handle.close();
  }
  try {
    await rename(partial, blob);
  } catch (error) {
    // A second process may have come first, and removed what it took for left over: the content is the same.
    if (!existsSync(blob)) throw error;
    await rm(partial, { force: true });
  }
  // Whoever is still at it finds the blob; on Windows a file in use cannot be removed, and its owner does it.
  for (const name of await others()) await rm(name, { force: true }).catch(() => {});
  await removeAbandoned(dirname(blob));
}

/** A download that was continued, and as a whole is not what the hub describes. */
class WrongStart extends Error {}

/**
 * Writes a file's content, checked by its size and hash, to `partial`: what another download left at `start`, copied, then
 * what the hub gives from there on. Where the connection fails for good the file stays, for the next download to go on with;
 * otherwise nothing does.
 */
async function writePartial(
  request: CacheRequest,
  client: HubClient,
  commit: string,
  file: HubFile,
  { partial, start }: { partial: string; start: Leftover | undefined },
): Promise<void> {
  const { rm } = nodeModule('node:fs/promises');
  const { createHash } = nodeModule('node:crypto');
  const { signal, onProgress } = request;
  const { path, size } = file;
  const { algorithm, hex } = file.hash;
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (algorithm === 'git-sha1') hash.update(`blob ${size}\0`);
  const target = await (request.create ?? newFile)(partial);
  let loaded = 0;
  let keep = false;
  const take = async (piece: Uint8Array) => {
    signal?.throwIfAborted();
    hash.update(piece);
    await target.write(piece);
    loaded += piece.length;
    onProgress?.({ file: path, loaded, total: size });
  };
  try {
    if (start !== undefined)
      for await (const piece of start.handle.createReadStream({ start: 0, end: start.size - 1, autoClose: false }))
        await take(piece as Uint8Array);
    keep = true;
    for await (const piece of client.read(commit, file, loaded)) {
      keep = false;
      await take(piece);
      keep = true;
    }
    keep = false;
    const found = hash.digest('hex');
    if (found !== hex) {
      const problem = `${path} has the ${algorithm} ${found}, the hub says ${hex}`;
      throw start === undefined ? new Error(problem) : new WrongStart(problem);
    }
    await target.sync();
    await target.close();
  } catch (error) {
    await target.close();
    if (!keep || loaded === 0 || signal?.aborted || error instanceof RangeRefused) await rm(partial, { force: true });
    throw error instanceof RangeRefused || error instanceof WrongStart
      ? error
      : client.failure(`the download of ${path} failed`, error);
  }
}

async function newFile(path: string): Promise<WritableFile> {
  const { open } = nodeModule('node:fs/promises');
  const handle = await open(path, 'wx');
  return {
    // Not write(), which may write less than it was given.
    write: (piece) => handle.appendFile(piece),
    sync: () => handle.sync(),
    close: () => handle.close(),
  };
}

/**
 * What a download left that did not end, or has not ended yet: the first bytes of the file in any case. It is held open: its
 * owner may give it another name, or another download remove it, while it is read.
 */
interface Leftover {
  readonly handle: FileHandle;
  readonly size: number;
}

/** Opens the longest of these files that is no longer than the whole; undefined if all are empty or gone. */
async function openLongest(paths: readonly string[], whole: number): Promise<Leftover | undefined> {
  const { statSync } = nodeModule('node:fs');
  const { open } = nodeModule('node:fs/promises');
  const found = paths
    .map((path) => ({ path, size: statSync(path, { throwIfNoEntry: false })?.size ?? 0 }))
    .filter(({ size }) => size > 0 && size <= whole)
    .sort((a, b) => b.size - a.size);
  for (const { path, size } of found) {
    try {
      return { handle: await open(path), size };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
  return undefined;
}

/** Removes what downloads of other files left here and nobody has gone on with. */
async function removeAbandoned(folder: string): Promise<void> {
  const { statSync } = nodeModule('node:fs');
  const { readdir, rm } = nodeModule('node:fs/promises');
  const { join } = nodeModule('node:path');
  for (const name of await readdir(folder)) {
    if (!name.includes('.incomplete.')) continue;
    const changed = statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > ABANDONED_MS) await rm(join(folder, name), { force: true });
  }
}

/** The cache's name of a repository's folder. */
function folderName(repo: string): string {
  return ['models', ...repo.split('/')].join('--');
}

/** Returns whether a revision is a commit, whose content never changes. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** A name beside `path` that no other download has, in this process or another. */
function temporary(path: string): string {
  return `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
}

/** Gives a blob its name in a snapshot, by a hard link where symbolic ones are not allowed, as on Windows. */
async function linkTo(blob: string, place: string, depth: number): Promise<void> {
  const { link, symlink } = nodeModule('node:fs/promises');
  const { basename, join } = nodeModule('node:path');
  try {
    await symlink(join(...new Array<string>(depth).fill('..'), 'blobs', basename(blob)), place);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // A second process may have come first: its link leads to the same content.
    if (code === 'EEXIST') return;
    if (code !== 'EPERM') throw error;
    await link(blob, place);
  }
}
