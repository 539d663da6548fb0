import { ForecastError } from '../../errors.js';
import { nodeModule } from '../../host/node.js';

/** What of a thread is used: the same for a Node worker and a browser's. */
export interface WorkerHandle {
  post(message: unknown): void;
  /** Called for every message, and once with the error or the exit code when the thread dies. */
  listen(onMessage: (message: unknown) => void, onDeath: (cause: unknown) => void): void;
  terminate(): void;
}

/** A `Worker` of `node:worker_threads` or of a browser. */
export type AnyWorker = NodeWorker | WebWorker;

interface NodeWorker {
  postMessage(message: unknown): void;
  terminate(): unknown;
  on(event: string, listener: (value: unknown) => void): unknown;
}

interface WebWorker {
  postMessage(message: unknown): void;
  terminate(): void;
  addEventListener(event: string, listener: (event: Event) => void): void;
}

/** Starts a thread that runs the package's `lgbm/worker` entry. */
export type SpawnWorker = () => AnyWorker | Promise<AnyWorker>;

/**
 * Returns a thread under one interface.
 *
 * @param spawn How to start it; the default finds the installed `chronolight/lgbm/worker` and starts a Node worker.
 * @throws ForecastError RUNTIME_MISSING where there is no default (in a browser, or from sources), or where `spawn` throws.
 */
export async function startWorker(spawn: SpawnWorker = spawnInNode): Promise<WorkerHandle> {
  const worker = await spawned(spawn);
  return {
    post: (message) => worker.postMessage(message),
    listen(onMessage, onDeath) {
      if ('on' in worker) {
        worker.on('message', onMessage);
        worker.on('error', onDeath);
        worker.on('exit', onDeath);
      } else {
        worker.addEventListener('message', (event) => onMessage((event as MessageEvent).data));
        worker.addEventListener('error', onDeath);
      }
    },
    terminate: () => void worker.terminate(),
  };
}

async function spawned(spawn: SpawnWorker): Promise<AnyWorker> {
  try {
    return await spawn();
  } catch (cause) {
    if (cause instanceof ForecastError) throw cause;
    throw new ForecastError('RUNTIME_MISSING', 'startWorker: spawn started no thread', { field: 'spawn', cause });
  }
}

/** Returns how many threads this process may run at the same time; 1 where that is not known. */
export async function threadCount(): Promise<number> {
  try {
    const { availableParallelism } = nodeModule('node:os');
    return availableParallelism();
  } catch {
    return globalThis.navigator?.hardwareConcurrency ?? 1;
  }
}

async function spawnInNode(): Promise<AnyWorker> {
  try {
    const { Worker } = nodeModule('node:worker_threads');
    return new Worker(new URL(resolved('chronolight/lgbm/worker')));
  } catch (cause) {
    const message = 'startWorker: found no way to start chronolight/lgbm/worker; pass spawn';
    throw new ForecastError('RUNTIME_MISSING', message, { field: 'spawn', cause });
  }
}

/** Returns where an entry lies; of no name in the source, which webpack would take for a file to ship as it is. */
function resolved(entry: string): string {
  return import.meta.resolve(entry);
}
