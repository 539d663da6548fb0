import { ForecastError } from '../../errors.js';

/**
 * Runs a model's calls one after the other, and lets it be disposed of once.
 *
 * One at a time, because a session uses the threads that it was given for each run, and WebAssembly has one run at a time.
 */
export class ModelQueue {
  #last: Promise<unknown> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  /**
   * Runs `task` after the tasks before it. An abort is answered at once; the task itself ends when it next looks, and the tasks
   * behind it wait for that.
   *
   * @param call the function of the model that runs it, as errors name it
   * @throws ForecastError MODEL_DISPOSED after dispose; the signal's reason if it is aborted before the task has ended
   */
  async run<Result>(
    task: () => Promise<Result>,
    { call, signal }: { readonly call: string; readonly signal: AbortSignal | undefined },
  ): Promise<Result> {
    signal?.throwIfAborted();
    if (this.#disposed) throw new ForecastError('MODEL_DISPOSED', `${call}: the model has been disposed of`);
    const result = this.#last.then(() => {
      signal?.throwIfAborted();
      return task();
    });
    this.#last = result.catch(() => {});
    return signal === undefined ? result : unlessAborted(result, signal);
  }

  /** Refuses further tasks and calls `release` after those under way; later calls return the first one's promise. */
  dispose(release: () => Promise<void>): Promise<void> {
    this.#disposed ??= this.#last.then(release);
    return this.#disposed;
  }
}

/** Settles as `result` does, or at once with the signal's reason when it is aborted. */
function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    result.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
