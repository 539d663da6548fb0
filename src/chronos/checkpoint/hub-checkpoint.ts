import { ForecastError, invalid } from '../../errors.js';
import { hasFileSystem } from '../../host/node.js';
import {
  ADAPTER_FILE,
  ADAPTER_WEIGHTS_FILE,
  type CheckpointPlace,
  CONFIG_FILE,
  INDEX_FILE,
  type LoadProgress,
  PICKLED_FILE,
  WEIGHTS_FILE,
} from './checkpoint-files.js';
import { cachedCommit, cachePlace, isCommit, noteCommit } from './hub-cache.js';
import { type HubClient, hubClient, hubListing, isUnreachable } from './hub-client.js';
import { hubMemory, pageCommit } from './hub-memory.js';
import { hubSettings } from './hub-settings.js';
import { pageCache } from './page-cache.js';

/** How a checkpoint is brought from the hub. */
export interface HubOptions {
  readonly revision?: string;
  /** The checkpoint's folder within the repository; default its root. */
  readonly subfolder?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

const LIKELY = [CONFIG_FILE, WEIGHTS_FILE, INDEX_FILE, ADAPTER_FILE, ADAPTER_WEIGHTS_FILE, PICKLED_FILE];

/**
 * Opens a checkpoint of the hub, from the cache as far as it is there. Where a branch or tag points to is asked, and read from
 * the cache when the hub cannot be reached. Without a file system the files are held in memory.
 *
 * @param open what opens the checkpoint of a place
 * @throws ForecastError DOWNLOAD_FAILED, INVALID_ARGUMENT (revision); what `open` throws
 */
export async function openHub<Opened>(
  repo: string,
  { revision = 'main', subfolder: folder = '', onProgress, signal }: HubOptions,
  open: (place: CheckpointPlace) => Promise<Opened>,
): Promise<Opened> {
  if (!/^[\w][\w./-]*$/.test(revision) || revision.includes('..'))
    throw invalid('INVALID_ARGUMENT', 'loadChronos', 'revision', 'a branch, tag or commit', revision);
  const files = hasFileSystem();
  const settings = await hubSettings(files ? process.env : {}, files);
  const { cache, offline } = settings;
  const client = hubClient(repo, revision, settings, signal);
  const name = `${repo}@${revision}`;
  const failed = (code: 'DOWNLOAD_FAILED' | 'INVALID_CHECKPOINT', problem: string) =>
    new ForecastError(code, `loadChronos: ${name} ${problem}`, { field: 'source' });
  const lacks = (what: string) => failed('INVALID_CHECKPOINT', `has no ${folder === '' ? '' : `${folder}/`}${what}`);
  const likely = LIKELY.map((file) => (folder === '' ? file : `${folder}/${file}`));
  if (cache === undefined) {
    const kept = await pageCache();
    const note = client.address('refs', revision);
    const commit = isCommit(revision) ? revision : await pageCommit(client, kept, note);
    const listing = hubListing(client, commit, likely);
    return open(hubMemory({ listing, commit, folder, name, cache: kept, onProgress }, lacks));
  }
  const request = { cache, repo, revision, onProgress, signal };
  const known = await cachedCommit(request);
  if (offline !== undefined) {
    const absent = () => failed('DOWNLOAD_FAILED', `is not in the cache, and ${offline} is set`);
    if (known === undefined) throw absent();
    return open(await cachePlace(request, { commit: known, folder }, absent, undefined));
  }
  const commit = isCommit(revision) ? revision : await asked(client, known, name);
  if (typeof commit !== 'string')
    return open(await cachePlace(request, { commit: commit.cached, folder }, () => commit.error, undefined));
  const opened = await open(await cachePlace(request, { commit, folder }, lacks, hubListing(client, commit, likely)));
  await noteCommit(request, commit);
  return opened;
}

/** Returns the commit that the hub names; when it cannot be reached the one that the cache knows, with what is wrong. */
async function asked(
  client: HubClient,
  known: string | undefined,
  name: string,
): Promise<string | { cached: string; error: ForecastError }> {
  try {
    return await client.commit();
  } catch (error) {
    if (known === undefined || !isUnreachable(error)) throw error;
    const { message } = error as ForecastError;
    process.emitWarning(`${message}. Taken from the cache: ${name} as it was when it was last asked for (${known})`, {
      type: 'ChronolightWarning',
      code: 'HUB_UNREACHABLE',
    });
    return { cached: known, error: error as ForecastError };
  }
}
