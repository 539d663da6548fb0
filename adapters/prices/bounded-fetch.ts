/** What an answer may cost. */
export interface FetchBounds {
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  /** The most bytes of a body, as unpacked; a Content-Length beyond it is refused before the body is read. */
  readonly maxBytes: number;
}

/** A whole answer. */
export interface BoundedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** An answer that will not be another one if it is asked for again: too large, or a redirect that is not followed. */
export class RefusedAnswer extends Error {
  readonly status: number;
  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}

const MAX_REDIRECTS = 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/**
 * Returns the answer to a GET, which may redirect within the host that was asked (also from http to https) and nowhere else: a
 * redirect is the server's word, and could name an address that only this machine can reach. The bodies of 429 and 5xx are not read.
 *
 * Packed bytes are bounded by Content-Length and by the signal's time alone: fetch does not show them.
 *
 * @throws RefusedAnswer for a body beyond `maxBytes`, for more than 3 redirects and for one to another host; what `send` throws
 */
export async function fetchBounded(send: typeof fetch, url: string, bounds: FetchBounds): Promise<BoundedAnswer> {
  const { headers, signal, maxBytes } = bounds;
  let address = new URL(url);
  for (let redirects = 0; ; redirects++) {
    const response = await send(address.href, { headers, signal, redirect: 'manual' });
    const { status } = response;
    // a fetch of the host's own may follow redirects by itself
    if (response.url !== '' && response.url !== undefined) checkRedirect(address, response.url, status);
    if (response.type === 'opaqueredirect') throw new RefusedAnswer('a redirect, which cannot be seen here', status);
    if (REDIRECTS.has(status)) {
      discard(response);
      if (redirects === MAX_REDIRECTS) throw new RefusedAnswer(`more than ${MAX_REDIRECTS} redirects`, status);
      address = checkRedirect(address, response.headers.get('location') ?? '', status);
      continue;
    }
    if (status === 429 || status >= 500) {
      discard(response);
      return { status, headers: response.headers, bytes: new Uint8Array() };
    }
    return { status, headers: response.headers, bytes: await readBody(response, maxBytes) };
  }
}

function checkRedirect(from: URL, location: string, status: number): URL {
  const to = location !== '' && URL.canParse(location, from) ? new URL(location, from) : undefined;
  if (to === undefined) throw new RefusedAnswer(`HTTP ${status}, a redirect without an address`, status);
  const secured = from.protocol === 'http:' && to.protocol === 'https:' && from.port === '' && to.port === '';
  const same = to.hostname === from.hostname && (to.origin === from.origin || secured);
  if (same && to.username === '' && to.password === '') return to;
  const hint = 'put it in baseUrl if it is meant';
  throw new RefusedAnswer(`HTTP ${status}, a redirect to another host is not followed: ${to.host}; ${hint}`, status);
}

async function readBody(response: Response, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = () => new RefusedAnswer(`an answer of more than ${maxBytes} bytes`, response.status);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    discard(response);
    throw tooLarge();
  }
  if (typeof response.body?.getReader !== 'function') {
    const whole = new Uint8Array(await response.arrayBuffer());
    if (whole.length > maxBytes) throw tooLarge();
    return whole;
  }
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let { done, value } = await reader.read(); !done && value; { done, value } = await reader.read()) {
    size += value.length;
    if (size > maxBytes) {
      reader.cancel().catch(() => undefined);
      throw tooLarge();
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Ends an answer that nobody reads, so that its connection is free. */
function discard(response: Response): void {
  response.body?.cancel?.().catch(() => undefined);
}
