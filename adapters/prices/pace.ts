/** The longest wait of one timer: a longer one would be over at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** A clock for waiting; never for dates. */
export interface Pace {
  /** Milliseconds from any beginning, never running backwards. */
  now(): number;
  /** Resolves after `ms` (or 24 days, if that is less), or rejects with the signal's reason as soon as it is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>;
}

/** The platform's own timers. */
export const systemPace: Pace = {
  now: () => performance.now(),
  wait: (ms, signal) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, Math.min(ms, LONGEST_TIMER_MS));
    });
    return abortable(over, signal).finally(() => clearTimeout(timer));
  },
};

/** Returns what the promise gives, or rejects with the signal's reason as soon as it is aborted; leaves no listener behind. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
