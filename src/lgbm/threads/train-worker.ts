// The entry of a worker thread: trains what it is asked to, and helps a parallel kernel search.

import { isForecastError } from '../../errors.js';
import { nodeModule } from '../../host/node.js';
import { trainModel } from '../grow/train.js';
import { helpSearching, type SearchHelp } from './search-helper.js';
import type { StartRequest, TrainFailure, TrainReply, TrainRequest } from './train-message.js';

interface Port {
  post(message: TrainReply): void;
  listen(handle: (message: StartRequest | TrainRequest | SearchHelp) => void): void;
}

/** How often progress is told, so that messages do not cost more than training. */
const PROGRESS_EVERY_MS = 50;

const port = await openPort();
port.listen(async (message) => {
  if (message.kind === 'help') await helpSearching(message, () => port.post({ id: message.id, ready: true }));
  else if (message.kind === 'start') port.post({ id: message.id, ready: true });
  else port.post(answer(message));
});

function answer(request: TrainRequest): TrainReply {
  const { id, dataset, params, valid } = request;
  const start = performance.now();
  try {
    let told = start;
    const trained = trainModel(dataset, params, {
      ...(valid.length > 0 && { valid }),
      onIteration({ iteration, numIterations }) {
        if (performance.now() - told < PROGRESS_EVERY_MS) return;
        told = performance.now();
        port.post({ id, iteration, numIterations });
      },
    });
    return { id, ...trained, seconds: (performance.now() - start) / 1000 };
  } catch (error) {
    return { id, error: failureOf(error) };
  }
}

function failureOf(error: unknown): TrainFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!isForecastError(error)) return { message };
  const { code, field, expected, actual } = error;
  return { message, code, field, expected, actual };
}

async function openPort(): Promise<Port> {
  if (typeof WorkerGlobalScope !== 'undefined' && globalThis instanceof WorkerGlobalScope) {
    const scope = globalThis as unknown as Worker;
    return {
      post: (message) => scope.postMessage(message),
      listen: (handle) => scope.addEventListener('message', ({ data }) => handle(data)),
    };
  }
  const { parentPort } = nodeModule('node:worker_threads');
  if (!parentPort) throw new Error('chronolight/lgbm/worker: run this as a worker thread');
  return { post: (message) => parentPort.postMessage(message), listen: (handle) => parentPort.on('message', handle) };
}

declare const WorkerGlobalScope: { new (): object } | undefined;
