import { ForecastError, invalid } from '../../errors.js';
import {
  type CheckpointFiles,
  CONFIG_FILE,
  type LoadProgress,
  parseConfigText,
  WEIGHTS_FILE,
} from './checkpoint-files.js';
import { hasFileSystem, openFolder } from './folder-checkpoint.js';
import { cachedSnapshot, downloadSnapshot, readPieces } from './hub-cache.js';
import { type HubClient, type HubFile, hubClient } from './hub-client.js';
import { hubSettings } from './hub-settings.js';
import { memorySource } from './safetensors.js';

/** How a checkpoint is brought from elsewhere. */
export interface DownloadOptions {
  readonly revision?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/** Returns whether `text` has the form of a repository's id on the hub: a name, or an owner and a name. */
export function isRepositoryId(text: string): boolean {
  return /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/.test(text) && !text.includes('..') && !text.includes('--');
}

/**
 * Opens a checkpoint of the hub: from the cache if its commit is named and there, else asking the hub where the revision
 * points to. Without a file system the files are held in memory.
 *
 * @throws ForecastError DOWNLOAD_FAILED, INVALID_CHECKPOINT, INVALID_ARGUMENT (revision), RUNTIME_MISSING
 */
export async function openHub(
  repo: string,
  { revision = 'main', onProgress, signal }: DownloadOptions,
): Promise<CheckpointFiles> {
  if (!/^[\w][\w./-]*$/.test(revision) || revision.includes('..'))
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'revision', 'a branch, tag or commit', revision);
  const files = hasFileSystem();
  const settings = await hubSettings(files ? process.env : {}, files);
  const { cache, offline } = settings;
  if (cache === undefined) return inMemory(await hubClient(repo, revision, settings, signal), onProgress);
  const request = { cache, repo, revision, onProgress, signal };
  const fixed = /^[0-9a-f]{40}$/.test(revision);
  const cached = fixed || offline ? await cachedSnapshot(request) : undefined;
  if (cached !== undefined) return openFolder(cached);
  if (offline)
    throw new ForecastError(
      'DOWNLOAD_FAILED',
      `loadChronos: ${repo}@${revision} is not in the cache, and HF_HUB_OFFLINE is set`,
      {
        field: 'source',
      },
    );
  return openFolder(await downloadSnapshot(request, await hubClient(repo, revision, settings, signal)));
}

async function inMemory(client: HubClient, onProgress: DownloadOptions['onProgress']): Promise<CheckpointFiles> {
  const commit = await client.commit();
  const described = await client.describe(commit, [CONFIG_FILE, WEIGHTS_FILE]);
  const read = async (path: string): Promise<Uint8Array> => {
    const file = described.find((one) => one.path === path);
    if (file === undefined)
      throw new ForecastError('INVALID_CHECKPOINT', `loadChronos: the repository has no ${path}`, { field: 'source' });
    try {
      return await readWhole(await client.open(commit, path), file, onProgress);
    } catch (error) {
      throw client.failure(`the download of ${path} failed`, error);
    }
  };
  const config = parseConfigText(new TextDecoder().decode(await read(CONFIG_FILE)), CONFIG_FILE);
  return { config, weights: memorySource(WEIGHTS_FILE, await read(WEIGHTS_FILE)) };
}

async function readWhole(
  stream: ReadableStream<Uint8Array>,
  { path, size, hash }: HubFile,
  onProgress: DownloadOptions['onProgress'],
): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let loaded = 0;
  for await (const piece of readPieces(stream)) {
    if (loaded + piece.length > size) throw new Error(`${path} is longer than the ${size} bytes that the hub says`);
    bytes.set(piece, loaded);
    loaded += piece.length;
    onProgress?.({ file: path, loaded, total: size });
  }
  if (loaded !== size) throw new Error(`${path} has ${loaded} bytes, the hub says ${size}`);
  if (hash.algorithm === 'sha256') {
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    const found = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (found !== hash.hex) throw new Error(`${path} has the sha256 ${found}, the hub says ${hash.hex}`);
  }
  return bytes;
}
