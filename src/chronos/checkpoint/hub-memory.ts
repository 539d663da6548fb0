import type { ForecastError } from '../../errors.js';
import { type CheckpointPlace, type LoadProgress, TEXT_BYTES } from './checkpoint-files.js';
import { type HubClient, type HubFile, type HubListing, isUnreachable } from './hub-client.js';
import type { PageCache } from './page-cache.js';
import { memorySource } from './safetensors.js';

/** A repository's commit, and how its files are asked for. */
export interface HubMemoryRequest {
  readonly listing: HubListing;
  readonly commit: string;
  /** Within the repository, '' for its root. */
  readonly folder: string;
  readonly name: string;
  readonly cache?: PageCache;
  readonly onProgress?: (progress: LoadProgress) => void;
}

/** Returns a commit of the hub as a checkpoint's place, whose files are held in memory, and in a page kept for the next time. */
export function hubMemory(
  { listing, commit, folder, name, cache, onProgress }: HubMemoryRequest,
  missing: (what: string) => ForecastError,
): CheckpointPlace {
  const { client } = listing;
  const pathOf = (file: string) => (folder === '' ? file : `${folder}/${file}`);
  const bytes = async (file: string, limit: number): Promise<Uint8Array | undefined> => {
    // Under its commit a file never changes, and it was checked before it was kept.
    const address = client.address(commit, pathOf(file));
    const kept = await cache?.read(address);
    if (kept !== undefined) return kept;
    const known = await listing.describe(pathOf(file));
    if (known === undefined) return undefined;
    try {
      if (known.size > limit) throw new Error(`its ${known.size} bytes are more than the ${limit} that it may have`);
      const read = await readWhole(client, commit, known, onProgress);
      await cache?.write(address, read);
      return read;
    } catch (error) {
      throw client.failure(`the download of ${known.path} failed`, error);
    }
  };
  return {
    name,
    has: (file) => listing.has(pathOf(file)),
    async text(file) {
      const read = await bytes(file, TEXT_BYTES);
      return read && new TextDecoder().decode(read);
    },
    async open(file) {
      const read = await bytes(file, MEMORY_BYTES);
      return read && memorySource(pathOf(file), read);
    },
    missing,
  };
}

/** What no page can hold: a size beyond it is no size. */
const MEMORY_BYTES = 2 ** 33;

async function readWhole(
  client: HubClient,
  commit: string,
  file: HubFile,
  onProgress: ((progress: LoadProgress) => void) | undefined,
): Promise<Uint8Array> {
  const { path, size, hash } = file;
  const bytes = new Uint8Array(size);
  let loaded = 0;
  for await (const piece of client.read(commit, file)) {
    bytes.set(piece, loaded);
    loaded += piece.length;
    onProgress?.({ file: path, loaded, total: size });
  }
  // Outside a secure context (a page over http:) there is no hash function; the size is checked all the same.
  if (globalThis.crypto?.subtle === undefined) return bytes;
  const found = await digest(hash.algorithm, bytes);
  if (found !== hash.hex) throw new Error(`${path} has the ${hash.algorithm} ${found}, the hub says ${hash.hex}`);
  return bytes;
}

async function digest(algorithm: HubFile['hash']['algorithm'], bytes: Uint8Array): Promise<string> {
  let content = bytes;
  if (algorithm === 'git-sha1') {
    const header = new TextEncoder().encode(`blob ${bytes.length}\0`);
    content = new Uint8Array(header.length + bytes.length);
    content.set(header);
    content.set(bytes, header.length);
  }
  const name = algorithm === 'sha256' ? 'SHA-256' : 'SHA-1';
  const hash = new Uint8Array(await crypto.subtle.digest(name, content as Uint8Array<ArrayBuffer>));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Returns the commit that a revision names, by the hub; when it cannot be reached the one that it named last, if the page keeps
 * it. Files of a commit that is past are no longer kept.
 */
export async function pageCommit(client: HubClient, cache: PageCache | undefined, note: string): Promise<string> {
  const kept = await cache?.read(note);
  const last = kept && new TextDecoder().decode(kept);
  try {
    const commit = await client.commit();
    if (last !== undefined && last !== commit) await cache?.remove(client.address(last, ''));
    await cache?.write(note, new TextEncoder().encode(commit));
    return commit;
  } catch (error) {
    if (last === undefined || !isUnreachable(error)) throw error;
    console.warn(`${(error as Error).message}. Taken from the page's cache as it was last (${last})`);
    return last;
  }
}
