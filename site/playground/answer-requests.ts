import { isForecastError } from '../../src/errors.js';
import type { Fault, Reply, Request } from './request.js';

/** How often progress is told. */
const PROGRESS_EVERY_MS = 60;

/** Makes the worker answer what it is asked: progress while it works, then a result or a fault. */
export function answerRequests(
  answer: (request: Request, onProgress: (share: number) => void) => Promise<unknown>,
): void {
  const scope = globalThis as unknown as Worker;
  const post = (reply: Reply<unknown>) => scope.postMessage(reply);
  scope.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
    let told = 0;
    const onProgress = (share: number) => {
      if (performance.now() - told < PROGRESS_EVERY_MS) return;
      told = performance.now();
      post({ kind: 'progress', share });
    };
    try {
      post({ kind: 'result', result: await answer(data, onProgress) });
    } catch (error) {
      post({ kind: 'fault', fault: faultOf(error) });
    }
  });
}

function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return isForecastError(error) ? { code: error.code, message } : { message };
}
