/** An abort of one's own, which an outer signal causes too. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  abort(reason: unknown): void;
  /** Lets go of the outer signal. */
  release(): void;
}

/**
 * Returns an abort that follows `outer` until it is released.
 *
 * Not `AbortSignal.any`: Node keeps what that makes of a signal for as long as the signal lives, and a scheduler's lives as long
 * as the process.
 */
export function linkAbort(outer: AbortSignal | undefined): LinkedAbort {
  const own = new AbortController();
  const follow = () => own.abort(outer!.reason);
  if (outer?.aborted) follow();
  outer?.addEventListener('abort', follow);
  return {
    signal: own.signal,
    abort: (reason) => own.abort(reason),
    release: () => outer?.removeEventListener('abort', follow),
  };
}
