import { ForecastError } from '../../errors.js';
import { ADAPTER_FILE, CONFIG_FILE, type LoadProgress, loraRefused, WEIGHTS_FILE } from './checkpoint-files.js';
import type { HubClient, HubFile } from './hub-client.js';

const FILES = [CONFIG_FILE, WEIGHTS_FILE];

/** A file that is written piece by piece. */
export interface WritableFile {
  write(piece: Uint8Array): Promise<unknown>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** What a download into the cache needs. */
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

/**
 * Returns the snapshot folder of a revision that is in the cache with all files of a checkpoint, or undefined.
 *
 * A branch or tag is looked up in the cache's own note of where it last pointed.
 */
export async function cachedSnapshot({ cache, repo, revision }: CacheRequest): Promise<string | undefined> {
  const { existsSync, readFileSync } = await import('node:fs');
  const { join } = await import('node:path');
  const folder = join(cache, folderName(repo));
  const note = join(folder, 'refs', revision);
  const commit = isCommit(revision) || !existsSync(note) ? revision : readFileSync(note, 'utf8').trim();
  const snapshot = join(folder, 'snapshots', commit);
  return FILES.every((name) => existsSync(join(snapshot, name))) ? snapshot : undefined;
}

/**
 * Brings a revision's checkpoint into the cache and returns its snapshot folder.
 *
 * A file is written under a name of its own, checked by size and hash, and only then given its name in the cache: neither an
 * interrupted download nor a second process can leave a file there that is not whole.
 *
 * @throws ForecastError DOWNLOAD_FAILED; INVALID_CHECKPOINT when the repository has no such file
 */
export async function downloadSnapshot(request: CacheRequest, client: HubClient): Promise<string> {
  const { cache, repo, revision } = request;
  const { existsSync } = await import('node:fs');
  const { mkdir, rename, writeFile } = await import('node:fs/promises');
  const { dirname, join } = await import('node:path');
  const commit = isCommit(revision) ? revision : await client.commit();
  const folder = join(cache, folderName(repo));
  const snapshot = join(folder, 'snapshots', commit);
  try {
    if (!FILES.every((name) => existsSync(join(snapshot, name)))) {
      const files = await client.describe(commit, [...FILES, ADAPTER_FILE]);
      if (files.some(({ path }) => path === ADAPTER_FILE)) throw loraRefused(`${repo}@${revision}`);
      await mkdir(join(folder, 'blobs'), { recursive: true });
      await mkdir(snapshot, { recursive: true });
      for (const name of FILES) {
        const file = files.find(({ path }) => path === name);
        if (file === undefined)
          throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: ${repo}@${revision} has no ${name}`, {
            field: 'source',
          });
        const blob = join(folder, 'blobs', file.hash.hex);
        if (!existsSync(blob)) await downloadBlob(request, client, commit, file, blob);
        await linkTo(blob, snapshot, name);
      }
    }
    if (!isCommit(revision)) {
      const note = join(folder, 'refs', revision);
      await mkdir(dirname(note), { recursive: true });
      const fresh = temporary(note);
      await writeFile(fresh, commit);
      await rename(fresh, note);
    }
  } catch (error) {
    throw client.failure('it cannot be brought into the cache', error);
  }
  return snapshot;
}

async function downloadBlob(
  request: CacheRequest,
  client: HubClient,
  commit: string,
  file: HubFile,
  blob: string,
): Promise<void> {
  const { open, rename, rm } = await import('node:fs/promises');
  const { createHash } = await import('node:crypto');
  const { signal, onProgress } = request;
  const { path, size } = file;
  const { algorithm, hex } = file.hash;
  const hash = createHash(algorithm === 'sha256' ? 'sha256' : 'sha1');
  if (algorithm === 'git-sha1') hash.update(`blob ${size}\0`);
  const create = request.create ?? ((name: string) => open(name, 'wx'));
  const partial = temporary(`${blob}.incomplete`);
  try {
    const target = await create(partial);
    try {
      let loaded = 0;
      for await (const piece of readPieces(await client.open(commit, path))) {
        signal?.throwIfAborted();
        loaded += piece.length;
        if (loaded > size) break;
        hash.update(piece);
        await target.write(piece);
        onProgress?.({ file: path, loaded, total: size });
      }
      if (loaded !== size) throw new Error(`${path} has ${loaded} bytes or more, the hub says ${size}`);
      const found = hash.digest('hex');
      if (found !== hex) throw new Error(`${path} has the ${algorithm} ${found}, the hub says ${hex}`);
      await target.sync();
    } finally {
      await target.close();
    }
    await rename(partial, blob);
  } catch (error) {
    await rm(partial, { force: true });
    throw client.failure(`the download of ${path} failed`, error);
  }
}

/** Yields the pieces of a stream, and cancels it when the reader stops early. */
export async function* readPieces(stream: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // A stream that failed cannot be cancelled, and need not.
    await reader.cancel().catch(() => {});
  }
}

/** The cache's name of a repository's folder. */
function folderName(repo: string): string {
  return ['models', ...repo.split('/')].join('--');
}

function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}

/** A name beside `path` that no other download has, in this process or another. */
function temporary(path: string): string {
  return `${path}.${process.pid}-${Math.random().toString(36).slice(2)}`;
}

/** Gives a blob its name in a snapshot, by a hard link where symbolic ones are not allowed, as on Windows. */
async function linkTo(blob: string, snapshot: string, name: string): Promise<void> {
  const { link, symlink } = await import('node:fs/promises');
  const { basename, join } = await import('node:path');
  const place = join(snapshot, name);
  try {
    await symlink(join('..', '..', 'blobs', basename(blob)), place);
  } catch (error) {
    const { code } = error as { code?: unknown };
    // A second process may have come first: its link leads to the same content.
    if (code === 'EEXIST') return;
    if (code !== 'EPERM') throw error;
    await link(blob, place);
  }
}
