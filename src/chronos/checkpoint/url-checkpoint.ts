import { ForecastError, invalid } from '../../errors.js';
import { type CheckpointPlace, type LoadProgress, TEXT_BYTES } from './checkpoint-files.js';
import { fetchPieces, readText } from './fetch-pieces.js';
import { pageCache } from './page-cache.js';
import { reason, redact } from './redact.js';
import { memorySource } from './safetensors.js';

/** How files are fetched from under a URL. */
export interface UrlOptions {
  /** The checkpoint's folder under the URL; default the URL itself. */
  readonly subfolder?: string;
  readonly onProgress?: (progress: LoadProgress) => void;
  readonly signal?: AbortSignal;
}

/** As long as a proxy or a store may take to wake. */
const SILENCE_MS = 60_000;

/**
 * Returns a folder under a URL as a checkpoint's place: how a web page gets one that it serves itself. Files come into memory.
 *
 * A query stays behind every file's name (`https://host/folder?signature` asks for `https://host/folder/config.json?signature`),
 * and a user's name and password go along as basic authorization; neither is in any error. A page keeps the weights, and
 * fetches them again when the server says that they have changed.
 *
 * @param base with or without a slash at the end
 * @throws ForecastError INVALID_ARGUMENT when it is no URL; its methods DOWNLOAD_FAILED
 */
export function urlPlace(base: string, { subfolder, onProgress, signal }: UrlOptions): CheckpointPlace {
  if (!URL.canParse(base)) throw invalid('INVALID_ARGUMENT', 'loadChronos', 'source', 'a URL', redact(base));
  const root = new URL(base);
  const { username, password } = root;
  const headers: Record<string, string> = {};
  if (username !== '' || password !== '')
    headers['Authorization'] = `Basic ${base64(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)}`;
  root.username = '';
  root.password = '';
  root.hash = '';
  const folder = [root.pathname.replace(/\/+$/, ''), ...(subfolder ? [subfolder] : [])].join('/');
  const address = (file: string) => {
    const url = new URL(root);
    url.pathname = `${folder}/${file}`;
    return url.href;
  };
  const name = root.origin + folder;
  const failure = (file: string, cause: unknown): ForecastError => {
    signal?.throwIfAborted();
    if (cause instanceof ForecastError) return cause;
    const why = reason(cause, [headers['Authorization']]);
    return new ForecastError('DOWNLOAD_FAILED', `loadChronos: ${name}/${file} cannot be read: ${why}`, {
      field: 'source',
      cause: new Error(why),
    });
  };
  /** Returns what `read` makes of a file; undefined when the server has none. */
  const get = async <Result>(
    file: string,
    read: (pieces: AsyncIterable<Uint8Array>, response: Response) => Promise<Result>,
  ) => {
    try {
      const answer = await fetchPieces(address(file), { headers }, { silenceMs: SILENCE_MS, signal });
      const { ok, status } = answer.response;
      if (ok) return await read(answer.pieces, answer.response);
      answer.cancel();
      if (status === 404 || status === 410) return undefined;
      throw new Error(`status ${status}`);
    } catch (cause) {
      throw failure(file, cause);
    }
  };
  return {
    name,
    has: () => false,
    text: (file) =>
      get(file, async (pieces) => {
        const text = await readText(pieces, TEXT_BYTES);
        onProgress?.({ file, loaded: text.length, total: text.length });
        return text;
      }),
    async open(file) {
      const cache = await pageCache();
      const mark = cache && (await markOf(address(file), headers, signal));
      const kept = mark === undefined ? undefined : await cache?.read(`${name}/${file}`, mark);
      if (kept !== undefined) return memorySource(file, kept);
      const bytes = await get(file, (pieces, response) =>
        readBody(pieces, response, (loaded, total) => onProgress?.({ file, loaded, total })),
      );
      if (bytes !== undefined && mark !== undefined) await cache?.write(`${name}/${file}`, bytes, mark);
      return bytes && memorySource(file, bytes);
    },
    missing: (what) => new ForecastError('DOWNLOAD_FAILED', `loadChronos: ${name} has no ${what}`, { field: 'source' }),
  };
}

/** Returns by what a server tells a file's versions apart; undefined where it does not, and the file is to be fetched anew. */
async function markOf(url: string, headers: HeadersInit, signal?: AbortSignal): Promise<string | undefined> {
  try {
    const { response, cancel } = await fetchPieces(url, { method: 'HEAD', headers }, { silenceMs: SILENCE_MS, signal });
    cancel();
    const [etag, modified, length] = ['etag', 'last-modified', 'content-length'].map((key) =>
      response.headers.get(key),
    );
    return response.ok && (etag ?? modified) !== null ? `${etag} ${modified} ${length}` : undefined;
  } catch {
    // The file itself is asked for next, and says what is wrong.
    signal?.throwIfAborted();
    return undefined;
  }
}

async function readBody(
  pieces: AsyncIterable<Uint8Array>,
  response: Response,
  report: (loaded: number, total: number | undefined) => void,
): Promise<Uint8Array> {
  const header = response.headers.get('content-length');
  // The length of a compressed body is not the content's.
  const total = header === null || response.headers.has('content-encoding') ? undefined : Number(header);
  const parts: Uint8Array[] = [];
  let loaded = 0;
  for await (const piece of pieces) {
    parts.push(piece);
    loaded += piece.length;
    report(loaded, total);
  }
  if (total !== undefined && loaded !== total) throw new Error(`${loaded} of ${total} bytes came`);
  const bytes = new Uint8Array(loaded);
  let offset = 0;
  for (const part of parts) {
    bytes.set(part, offset);
    offset += part.length;
  }
  return bytes;
}

function base64(text: string): string {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
