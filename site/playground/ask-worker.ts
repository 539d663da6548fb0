import type { Fault, Reply, Request } from './request.js';

/** An answer on its way. */
export interface Asked<Result> {
  /** Resolves with the result or the fault; never, once cancelled. */
  readonly answer: Promise<{ readonly result: Result; readonly fault?: undefined } | { readonly fault: Fault }>;
  /** Ends the worker at once. */
  cancel(): void;
}

/** Sends the request to a worker of its own, which ends with the answer. */
export function askWorker<Result>(request: Request, onProgress?: (share: number) => void): Asked<Result> {
  const worker = new Worker(new URL(request.kind === 'chronos' ? 'chronos-worker.js' : 'worker.js', import.meta.url), {
    type: 'module',
  });
  const answer = new Promise<{ result: Result } | { fault: Fault }>((resolve) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Reply<Result>>) => {
      if (data.kind === 'progress') return onProgress?.(data.share);
      worker.terminate();
      resolve(data.kind === 'result' ? { result: data.result } : { fault: data.fault });
    });
    worker.addEventListener('error', (event) => {
      worker.terminate();
      resolve({ fault: { message: event.message || 'the worker could not be started' } });
    });
  });
  worker.postMessage(request);
  return { answer, cancel: () => worker.terminate() };
}
