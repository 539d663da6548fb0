import { ForecastError } from '../../errors.js';
import type { HubSettings } from './hub-settings.js';

/** What the hub says of one file. */
export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** What its content must hash to: large files have a SHA-256, small ones git's SHA-1 of a blob. */
  readonly hash: { readonly algorithm: 'sha256' | 'git-sha1'; readonly hex: string };
}

/** One repository at one revision. */
export interface HubClient {
  /** Returns the commit that the revision names. */
  commit(): Promise<string>;
  /** Returns what is known of these files; a file that the repository lacks is left out. */
  describe(commit: string, paths: readonly string[]): Promise<HubFile[]>;
  /** Opens a file's content. */
  open(commit: string, path: string): Promise<ReadableStream<Uint8Array>>;
  /** Returns the error that stands for a failure while speaking with the hub, without the token; rethrows an abort. */
  failure(problem: string, cause: unknown): ForecastError;
}

/**
 * Returns a client of the hub through @huggingface/hub.
 *
 * @throws ForecastError RUNTIME_MISSING when @huggingface/hub is not installed
 */
export async function hubClient(
  repo: string,
  revision: string,
  { endpoint: hubUrl, token }: HubSettings,
  signal: AbortSignal | undefined,
): Promise<HubClient> {
  const hub = await importHub();
  const requested: typeof fetch = (input, init) => {
    const headers = new Headers(init?.headers);
    // Set here, since @huggingface/hub refuses tokens of other services, that start with something else than "hf_".
    if (token !== undefined) headers.set('Authorization', `Bearer ${token}`);
    return fetch(input, { ...init, headers, signal });
  };
  const shared = { hubUrl, fetch: requested };
  const failure = (problem: string, cause: unknown): ForecastError => {
    signal?.throwIfAborted();
    if (cause instanceof ForecastError) return cause;
    const why = redact(reason(cause), token);
    return new ForecastError('DOWNLOAD_FAILED', `loadChronos: ${repo}@${revision}: ${problem}: ${why}`, {
      field: 'source',
      cause: new Error(why),
    });
  };
  const attempt = async <Result>(problem: string, ask: () => Promise<Result>): Promise<Result> => {
    try {
      return await ask();
    } catch (error) {
      throw failure(problem, error);
    }
  };
  return {
    failure,
    commit: () =>
      attempt('the hub does not give the repository', async () => {
        const info = await hub.modelInfo({ ...shared, name: repo, revision, additionalFields: ['sha'] });
        if (!/^[0-9a-f]{40}$/.test(info.sha)) throw new Error('the answer names no commit');
        return info.sha;
      }),
    describe: (commit, paths) =>
      attempt('the hub does not list the files', async () => {
        const infos = await hub.pathsInfo({ ...shared, repo, revision: commit, paths: [...paths] });
        return infos.flatMap(({ path, size, lfs, oid }): HubFile[] => {
          if (lfs !== undefined) return [{ path, size: lfs.size, hash: { algorithm: 'sha256', hex: lfs.oid } }];
          return oid === undefined ? [] : [{ path, size, hash: { algorithm: 'git-sha1', hex: oid } }];
        });
      }),
    open: (commit, path) =>
      attempt(`the hub does not give ${path}`, async () => {
        const blob = await hub.downloadFile({ ...shared, repo, revision: commit, path });
        if (blob === null) throw new Error('there is no such file');
        return blob.stream() as ReadableStream<Uint8Array>;
      }),
  };
}

async function importHub(): Promise<typeof import('@huggingface/hub')> {
  const name: string = '@huggingface/hub';
  try {
    return await import(/* @vite-ignore */ /* webpackIgnore: true */ name);
  } catch (cause) {
    throw new ForecastError(
      'RUNTIME_MISSING',
      'loadChronos: a repository id needs @huggingface/hub: install it, or hand in a folder',
      { field: 'source', cause },
    );
  }
}

/** What went wrong, in words: fetch hides it in its cause, streams of @huggingface/hub fail with plain text. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = (error as { statusCode?: unknown }).statusCode;
  const hint = HINTS[String(status)];
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${hint === undefined ? '' : `status ${status}, ${hint}: `}${error.message}${cause}`;
}

const HINTS: Record<string, string> = {
  401: 'no such repository, or HF_TOKEN is missing or wrong',
  403: 'HF_TOKEN has no access to it',
  404: 'no such repository or revision',
};

function redact(text: string, token: string | undefined): string {
  return token === undefined ? text : text.replaceAll(token, '***');
}
