import { ForecastError } from '../errors.js';
import { linkAbort } from './link-abort.js';
import { timerMs } from './timer-ms.js';

export interface TimeLimit {
  /** Names what is awaited in the error, for example 'prices(005930)'. */
  readonly where: string;
  /** The name of the part at fault, for the error. */
  readonly field: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Returns what `work` resolves to, unless its time runs out or the caller gives up first: the wait ends then, also where the work never
 * looks at the signal that it is handed.
 *
 * @throws ForecastError `TIMEOUT` when the time is over; the signal's reason when aborted; whatever the work throws
 */
export async function withinTime<T>(
  { where, field, timeoutMs, signal }: TimeLimit,
  work: (signal: AbortSignal) => Promise<T> | T,
): Promise<T> {
  signal?.throwIfAborted();
  const ending = linkAbort(signal);
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    ending.abort(new DOMException(`${where} took too long`, 'TimeoutError'));
  }, timerMs(timeoutMs));
  try {
    return await Promise.race([work(ending.signal), rejectOnAbort(ending.signal)]);
  } catch (cause) {
    signal?.throwIfAborted();
    if (!timedOut) throw cause;
    throw new ForecastError('TIMEOUT', `${where}: no answer within ${timeoutMs} ms`, { field, cause });
  } finally {
    clearTimeout(timer);
    ending.release();
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
