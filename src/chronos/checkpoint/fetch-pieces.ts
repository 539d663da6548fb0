import { timerMs } from '../../concurrency/index.js';

/** How long an answer may keep silent, and what stops it. */
export interface Patience {
  /** Milliseconds without a byte, before and within the answer, after which it is given up. */
  readonly silenceMs: number;
  readonly signal?: AbortSignal;
}

/** An answer whose body is read piece by piece. */
export interface Pieces {
  readonly response: Response;
  /** The body's pieces; to be read once. Whoever stops early ends the connection. */
  readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
  /** Ends the connection of an answer whose body is not wanted. */
  cancel(): void;
}

/**
 * Fetches an address and hands on the body as it comes.
 *
 * @throws what fetch throws; an Error 'no byte for ... s' after a silence; the signal's reason
 */
export async function fetchPieces(url: string, init: RequestInit, { silenceMs, signal }: Patience): Promise<Pieces> {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(new Error(`no byte for ${silenceMs / 1000} s`)), timerMs(silenceMs));
  };
  const pass = () => stop.abort(signal?.reason);
  const end = () => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', pass);
  };
  signal?.throwIfAborted();
  signal?.addEventListener('abort', pass);
  wait();
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: stop.signal });
  } catch (error) {
    end();
    throw error;
  }
  // A read may wait for ever when the connection is stopped between two pieces, so it is not waited for alone.
  const stopped = new Promise<never>((_, reject) => {
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
  });
  stopped.catch(() => {});
  async function* read(): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    try {
      while (reader !== undefined) {
        stop.signal.throwIfAborted();
        wait();
        const { done, value } = await Promise.race([reader.read(), stopped]);
        if (done) return;
        clearTimeout(timer);
        yield value;
      }
    } finally {
      end();
      // Not awaited: a stream whose connection was stopped may never answer; one that failed cannot be cancelled, and need not.
      void reader?.cancel().catch(() => {});
    }
  }
  const cancel = () => {
    end();
    void response.body?.cancel().catch(() => {});
  };
  return { response, pieces: read(), cancel };
}

/**
 * Returns a body as text.
 *
 * @throws Error when it has more than `limit` bytes
 */
export async function readText(pieces: AsyncIterable<Uint8Array>, limit: number): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  let bytes = 0;
  for await (const piece of pieces) {
    bytes += piece.length;
    if (bytes > limit) throw new Error(`the answer has more than ${limit} bytes`);
    text += decoder.decode(piece, { stream: true });
  }
  return text + decoder.decode();
}
