import { ForecastError, invalid } from '../../src/errors.js';
import { checkCount } from '../../src/store/check-fields.js';
import { fetchBounded, RefusedAnswer } from './bounded-fetch.js';
import { abortable, type Pace, systemPace } from './pace.js';

/** How an HTTP price source asks. */
export interface PoliteGetOptions {
  /** What requests go through; default the platform's own. */
  fetch?: typeof fetch | undefined;
  /** Another host that speaks the same protocol (a proxy, a cache), http or https, without credentials. */
  baseUrl?: string | undefined;
  /** How long one try may take, its body included; default 8,000. */
  timeoutMs?: number | undefined;
  /** How often a request is tried again after HTTP 429 or 5xx, a lost connection or a timeout; default 2. */
  retries?: number | undefined;
  /** The wait before the first repetition, doubled each time; default 1,000. A longer Retry-After is obeyed. */
  backoffMs?: number | undefined;
  /** The longest wait of a call; where the server has asked for more, the call fails at once; default 20,000. */
  maxWaitMs?: number | undefined;
  /** The most bytes of an answer, unpacked; default 8 MiB, some 20 times a whole history. */
  maxBytes?: number | undefined;
  /** The least time between the starts of two requests of this source; default 250. */
  minGapMs?: number | undefined;
  /** What requests call themselves; default 'chronolight'; '' leaves it to fetch. Browsers may not let it be set. */
  userAgent?: string | undefined;
}

/** The names of the options, for those who add their own. */
export const POLITE_GET_OPTIONS = [
  'fetch',
  'baseUrl',
  'timeoutMs',
  'retries',
  'backoffMs',
  'maxWaitMs',
  'maxBytes',
  'minGapMs',
  'userAgent',
] as const;

/** Why a request failed: the `cause` of a `PRICE_SOURCE_FAILED`. */
export interface HttpFailure extends Error {
  /** The HTTP status, if there was an answer. */
  readonly status?: number;
  /** How long the server asked to wait. */
  readonly retryAfterMs?: number;
}

/** An answer with any status but 429 and 5xx. */
export interface HttpAnswer {
  readonly status: number;
  /** The media type, '' where none was named. */
  readonly type: string;
  readonly bytes: Uint8Array;
}

/** Sends a request in its turn. `where` begins the error's message. Rejects with the signal's reason as soon as it is aborted. */
export type PoliteGet = (
  where: string,
  request: { path: string; accept: string; signal?: AbortSignal },
) => Promise<HttpAnswer>;

/** A Retry-After counts for a day at most: no server's word stops a source for good. */
const LONGEST_RETRY_AFTER_MS = 86_400_000;

/**
 * Returns a GET with timeout, bounded size, bounded repetition and a least gap between requests, all requests in one queue: after
 * a failure none is sent before the wait is over, whichever call it was and whether that call goes on; what is under way by then is
 * not called back. Where the server has asked for a wait beyond `maxWaitMs`, calls fail without a request until it is over.
 *
 * Redirects are followed within the host asked, and nowhere else.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option; from the GET `PRICE_SOURCE_FAILED` with an `HttpFailure` as cause
 */
export function politeGet(
  where: string,
  options: PoliteGetOptions & { baseUrl: string },
  pace: Pace = systemPace,
): PoliteGet {
  const at = { where, path: 'options' };
  const count = (
    field: 'timeoutMs' | 'retries' | 'backoffMs' | 'maxWaitMs' | 'maxBytes' | 'minGapMs',
    usual: number,
    low = 0,
  ) => checkCount(options[field] ?? usual, at, field, low);
  const base = checkBaseUrl(options.baseUrl, where);
  const timeoutMs = count('timeoutMs', 8_000, 1);
  const retries = count('retries', 2);
  const backoffMs = count('backoffMs', 1_000);
  const maxWaitMs = count('maxWaitMs', 20_000);
  const maxBytes = count('maxBytes', 8 * 2 ** 20, 1);
  const minGapMs = count('minGapMs', 250);
  const { fetch: send = (input, init) => fetch(input, init), userAgent = 'chronolight' } = options;
  if (typeof send !== 'function') throw invalid('INVALID_ARGUMENT', where, 'options.fetch', 'a function', send);

  let nextStart = -Infinity;
  /** The last failure after which the server asked for a wait, and when that is over. */
  let asked: { until: number; failure: HttpFailure } | undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const stillAsked = (place: string) => {
    const left = (asked?.until ?? -Infinity) - pace.now();
    if (asked === undefined || left <= maxWaitMs) return undefined;
    const { message, status } = asked.failure;
    const hint = `not sent: after ${message} the server asks to wait ${Math.ceil(left / 1000)} s more`;
    const cause = httpFailure(message, { status, retryAfterMs: Math.ceil(left) });
    return new ForecastError('PRICE_SOURCE_FAILED', `${place}: ${hint}`, { cause });
  };
  const turn = (place: string, signal?: AbortSignal) => {
    const mine = queue.then(async () => {
      if (signal?.aborted) return;
      for (let wait = nextStart - pace.now(); wait > 0; wait = nextStart - pace.now()) {
        const refusal = stillAsked(place);
        if (refusal !== undefined) throw refusal;
        await pace.wait(wait, signal);
      }
      nextStart = pace.now() + minGapMs;
    });
    queue = mine.catch(() => undefined);
    return abortable(mine, signal);
  };

  const once = async (path: string, accept: string, signal?: AbortSignal) => {
    const stop = new AbortController();
    const late = new Error(`no answer within ${timeoutMs} ms`);
    const timer = setTimeout(() => stop.abort(late), timeoutMs);
    const onAbort = () => stop.abort(signal?.reason);
    signal?.addEventListener('abort', onAbort, { once: true });
    const load = async () => {
      const headers = { accept, ...(userAgent !== '' && { 'user-agent': userAgent }) };
      return fetchBounded(send, base + path, { headers, signal: stop.signal, maxBytes });
    };
    try {
      return await abortable(load(), stop.signal);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', onAbort);
    }
  };

  return async (place, { path, accept, signal }) => {
    for (let tries = 1; ; tries++) {
      signal?.throwIfAborted();
      await turn(place, signal);
      let failure: HttpFailure;
      try {
        const { status, headers, bytes } = await once(path, accept, signal);
        if (status !== 429 && status < 500) return { status, type: headers.get('content-type') ?? '', bytes };
        failure = httpFailure(`HTTP ${status}`, { status, retryAfterMs: readRetryAfter(headers) });
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof RefusedAnswer) throw unusable(place, cause.message, { status: cause.status, cause });
        failure = httpFailure(cause instanceof Error ? cause.message : String(cause), { cause });
      }
      const { retryAfterMs = 0 } = failure;
      const wait = Math.max(Math.min(backoffMs * 2 ** (tries - 1), maxWaitMs), retryAfterMs);
      nextStart = Math.max(nextStart, pace.now() + wait);
      if (retryAfterMs > 0) asked = { until: Math.max(asked?.until ?? 0, pace.now() + retryAfterMs), failure };
      if (tries > retries || wait > maxWaitMs) {
        const hint = retryAfterMs > 0 ? `; the server asks to wait ${Math.ceil(retryAfterMs / 1000)} s` : '';
        const message = `${place}: ${failure.message}, tried ${tries} ${tries === 1 ? 'time' : 'times'}${hint}`;
        throw new ForecastError('PRICE_SOURCE_FAILED', message, { cause: failure });
      }
    }
  };
}

/** Returns the error of an answer that cannot be used, without asking again. */
export function unusable(where: string, message: string, details: { status?: number; cause?: unknown } = {}) {
  const failure = httpFailure(message, details);
  return new ForecastError('PRICE_SOURCE_FAILED', `${where}: ${message}`, { cause: failure });
}

function httpFailure(message: string, { cause, ...details }: { [key in keyof HttpFailure]?: unknown }): HttpFailure {
  const failure = new Error(message, cause === undefined ? undefined : { cause });
  for (const [key, value] of Object.entries(details)) if (value !== undefined) Object.assign(failure, { [key]: value });
  return failure;
}

/** Retry-After is a number of seconds or a date by the server's clock, which its Date tells. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after') ?? '';
  const wait = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.parse(headers.get('date') ?? '');
  return wait > 0 ? Math.min(wait, LONGEST_RETRY_AFTER_MS) : undefined;
}

function checkBaseUrl(value: unknown, where: string): string {
  const url = typeof value === 'string' && URL.canParse(value) ? new URL(value) : undefined;
  const expected = 'an http or https URL without credentials, query and fragment';
  // the value itself stays out of the message: it may hold a password
  if (
    url === undefined ||
    !/^https?:$/.test(url.protocol) ||
    url.username + url.password + url.search + url.hash !== ''
  ) {
    throw invalid('INVALID_ARGUMENT', where, 'options.baseUrl', expected, url === undefined ? 'no URL' : 'another URL');
  }
  return url.href.replace(/\/+$/, '');
}
