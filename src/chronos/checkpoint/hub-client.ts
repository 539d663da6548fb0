import { ForecastError } from '../../errors.js';
import { fetchPieces, type Pieces, readText } from './fetch-pieces.js';
import type { HubSettings } from './hub-settings.js';
import { reason } from './redact.js';

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
  /** Returns the address of a file's content, which never changes. */
  address(commit: string, path: string): string;
  /**
   * Yields a file's bytes from `from` on. A connection that ends early is taken up where it ended, as long as each brings
   * something.
   *
   * @throws RangeRefused when the server cannot begin there; anything else that went wrong
   */
  read(commit: string, file: HubFile, from?: number): AsyncGenerator<Uint8Array, void, undefined>;
  /**
   * Returns the error that stands for a failure while speaking with the hub, without the token or a signature; rethrows an
   * abort. Its cause has the answer's `status`, if there was an answer.
   */
  failure(problem: string, cause: unknown): ForecastError;
}

/** A server that sends a file from its beginning, whatever place was asked for. */
export class RangeRefused extends Error {}

/** An answer that is a refusal. */
class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}${HINTS[status] === undefined ? '' : `, ${HINTS[status]}`}`);
    this.status = status;
  }
}

const HINTS: Record<number, string> = {
  401: 'no such repository, or HF_TOKEN is missing or wrong',
  403: 'HF_TOKEN has no access to it',
  404: 'no such repository or revision',
  429: 'too many requests: try again later',
};

/** Connections that one file may take. */
const TRIES = 5;
/** Bytes that an answer about a repository may have. */
const ANSWER_BYTES = 2 ** 24;

/**
 * Returns a client of the hub.
 *
 * Files are asked for at the hub's own address. Where they lie elsewhere (all weights stored by Xet do) the hub redirects
 * there with an address that is signed for this one download, and fetch drops the token on the way to another origin: the
 * token reaches the hub only.
 *
 * @see https://huggingface.co/docs/hub/api
 * @see https://fetch.spec.whatwg.org/#http-redirect-fetch step 13
 */
export function hubClient(
  repo: string,
  revision: string,
  { endpoint, token, questionMs, downloadMs }: HubSettings,
  signal: AbortSignal | undefined,
): HubClient {
  const authorization: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const ask = async (
    url: string,
    headers: Record<string, string>,
    silenceMs: number,
    body?: string,
  ): Promise<Pieces> => {
    const init: RequestInit = { headers: { ...authorization, ...headers } };
    if (body !== undefined) Object.assign(init, { method: 'POST', body });
    const answer = await fetchPieces(url, init, { silenceMs, signal });
    if (answer.response.ok) return answer;
    answer.cancel();
    throw new Refused(answer.response.status);
  };
  const question = async (path: string, body?: object): Promise<unknown> => {
    const url = `${endpoint}/api/models/${repo}/${path}`;
    const headers = { Accept: 'application/json', ...(body && { 'Content-Type': 'application/json' }) };
    const { pieces } = await ask(url, headers, questionMs, body && JSON.stringify(body));
    return JSON.parse(await readText(pieces, ANSWER_BYTES));
  };
  const failure = (problem: string, cause: unknown): ForecastError => {
    signal?.throwIfAborted();
    if (cause instanceof ForecastError) return cause;
    const why = reason(cause, [token]);
    const status = cause instanceof Refused ? cause.status : undefined;
    return new ForecastError('DOWNLOAD_FAILED', `loadChronos: ${repo}@${revision}: ${problem}: ${why}`, {
      field: 'source',
      cause: status === undefined ? new Error(why) : Object.assign(new Error(why), { status }),
    });
  };
  const attempt = async <Result>(problem: string, work: () => Promise<Result>): Promise<Result> => {
    try {
      return await work();
    } catch (error) {
      throw failure(problem, error);
    }
  };
  const address = (commit: string, path: string) =>
    `${endpoint}/${repo}/resolve/${commit}/${path.split('/').map(encodeURIComponent).join('/')}`;
  return {
    failure,
    address,
    commit: () =>
      attempt('the hub does not give the repository', async () => {
        const info = await question(`revision/${encodeURIComponent(revision)}`);
        const { sha } = (info ?? {}) as { sha?: unknown };
        if (typeof sha !== 'string' || !/^[0-9a-f]{40}$/.test(sha)) throw new Error('the answer names no commit');
        return sha;
      }),
    describe: (commit, paths) =>
      attempt('the hub does not list the files', async () => {
        const infos = await question(`paths-info/${commit}`, { paths, expand: false });
        if (!Array.isArray(infos)) throw new Error('the answer is no list');
        return infos.filter((info) => info?.type === 'file' && paths.includes(info.path)).map(hubFile);
      }),
    async *read(commit, { path, size }, from = 0) {
      let at = from;
      let broken: unknown;
      for (let tries = 1; at < size; tries++) {
        const before = at;
        try {
          const range: Record<string, string> = at > 0 ? { Range: `bytes=${at}-` } : {};
          const { response, pieces, cancel } = await ask(address(commit, path), range, downloadMs);
          if (at > 0 && !begins(response, at)) {
            cancel();
            throw broken ?? new RangeRefused(`the server does not send ${path} from byte ${at} on`);
          }
          for await (const piece of pieces) {
            at += piece.length;
            if (at > size) throw new Error(`${path} is longer than the ${size} bytes that the hub says`);
            yield piece;
          }
          if (at < size) throw new Error(`${path} ended after ${at} of ${size} bytes`);
        } catch (error) {
          const final = error instanceof Refused || error instanceof RangeRefused || at > size;
          if (final || at === before || tries === TRIES || signal?.aborted) throw error;
          broken = error;
        }
      }
    },
  };
}

/** What the hub says of a commit's files, asked for once. */
export interface HubListing {
  readonly client: HubClient;
  /** Returns what is known of a file; undefined when the repository has none of that path. */
  describe(path: string): Promise<HubFile | undefined>;
  /** Returns whether a file is known to be there, without asking. */
  has(path: string): boolean;
}

/**
 * Returns the listing of a commit.
 *
 * @param likely the files that may be asked for: described in one question when the first is
 */
export function hubListing(client: HubClient, commit: string, likely: readonly string[]): HubListing {
  const known = new Map<string, HubFile | undefined>();
  return {
    client,
    has: (path) => known.get(path) !== undefined,
    async describe(path) {
      if (!known.has(path)) {
        const paths = [...new Set([...likely, path])].filter((one) => !known.has(one));
        const files = await client.describe(commit, paths);
        for (const one of paths)
          known.set(
            one,
            files.find((file) => file.path === one),
          );
      }
      return known.get(path);
    },
  };
}

/** Returns whether a failure is of the way to the hub, or of a hub that is down for a while: not an answer about the repository. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof ForecastError) || error.code !== 'DOWNLOAD_FAILED') return false;
  const { status } = (error.cause ?? {}) as { status?: number };
  return status === undefined || status === 408 || status === 429 || status >= 500;
}

function begins(response: Response, at: number): boolean {
  return (
    response.status === 206 && Number(/^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]) === at
  );
}

/** Checked in full: the hash becomes a file's name in the cache. */
function hubFile(info: {
  path: string;
  size?: unknown;
  oid?: unknown;
  lfs?: { oid?: unknown; size?: unknown };
}): HubFile {
  const { path, lfs } = info;
  const [size, hex, digits] = lfs ? [lfs.size, lfs.oid, 64] : [info.size, info.oid, 40];
  if (!Number.isSafeInteger(size) || (size as number) < 0) throw new Error(`the answer has no size of ${path}`);
  if (typeof hex !== 'string' || hex.length !== digits || !/^[0-9a-f]+$/.test(hex))
    throw new Error(`the answer has no hash of ${path}`);
  return { path, size: size as number, hash: { algorithm: lfs ? 'sha256' : 'git-sha1', hex } };
}
