import { linkAbort } from './link-abort.js';
import { timerMs } from './timer-ms.js';

/**
 * Returns what the work resolves to, unless it goes on although the caller gave up: it has `graceMs` then for what it is in the middle of.
 *
 * @throws the signal's reason after that; whatever the work throws
 */
export async function unlessItHangs<T>(work: Promise<T>, signal: AbortSignal, graceMs: number): Promise<T> {
  const given = linkAbort(signal);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const wait = () => {
      timer = setTimeout(() => reject(signal.reason), timerMs(graceMs));
    };
    if (given.signal.aborted) wait();
    else given.signal.addEventListener('abort', wait, { once: true });
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    given.release();
    clearTimeout(timer);
  }
}
