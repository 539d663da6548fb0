import { ForecastError } from '../../../../errors.js';
import { nodeModule } from '../../../../host/node.js';
import type { RunReply, RunRequest } from './run-message.js';

/** What of a Node worker is used. */
export interface NodeWorker {
  postMessage(message: RunRequest): void;
  on(event: string, listener: (value: unknown) => void): unknown;
  terminate(): unknown;
  ref(): void;
  unref(): void;
}

/** A thread with a network of its own; it keeps the process alive only while it runs. */
export class NetworkThread {
  readonly #worker: NodeWorker;
  readonly #waiting = new Map<
    number,
    { resolve: (quantiles: Float32Array) => void; reject: (error: unknown) => void }
  >();
  #last = 0;
  #dead: ForecastError | undefined;

  constructor(worker: NodeWorker) {
    this.#worker = worker;
    worker.unref();
    worker.on('message', (reply) => this.#settle(reply as RunReply));
    const die = (cause: unknown) => {
      this.#dead ??= new ForecastError('RUNTIME_MISSING', 'chronos: a thread of the built-in runtime ended', { cause });
      for (const { reject } of this.#waiting.values()) reject(this.#dead);
      this.#waiting.clear();
    };
    worker.on('error', die);
    worker.on('exit', die);
  }

  /** Opens the network; rejects where it cannot be opened. */
  async open(request: Omit<Extract<RunRequest, { kind: 'open' }>, 'kind'>): Promise<void> {
    await this.#ask(0, { kind: 'open', ...request });
  }

  /** Runs a batch. */
  run(request: Omit<Extract<RunRequest, { kind: 'run' }>, 'kind' | 'id'>): Promise<Float32Array> {
    const id = ++this.#last;
    return this.#ask(id, { kind: 'run', id, ...request });
  }

  end(): void {
    void this.#worker.terminate();
  }

  #ask(id: number, request: RunRequest): Promise<Float32Array> {
    return new Promise((resolve, reject) => {
      if (this.#dead) {
        reject(this.#dead);
        return;
      }
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage(request);
    });
  }

  #settle(reply: RunReply): void {
    const waiting = this.#waiting.get(reply.id);
    this.#waiting.delete(reply.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in reply)
      waiting?.reject(new ForecastError(reply.error.code ?? 'RUNTIME_MISSING', reply.error.message));
    else waiting?.resolve(reply.quantiles ?? new Float32Array(0));
  }
}

/**
 * Starts a thread on the package's `chronos/worker` entry.
 *
 * @throws ForecastError RUNTIME_MISSING where there are no threads of Node's, or the entry is not found: in a bundle, or from sources
 */
export async function spawnInNode(): Promise<NodeWorker> {
  try {
    const { Worker } = nodeModule('node:worker_threads');
    // The process's own flags are for its own entry: --input-type, for one, would refuse a file.
    return new Worker(new URL(resolved('chronolight/chronos/worker')), {
      execArgv: [],
    });
  } catch (cause) {
    throw new ForecastError(
      'RUNTIME_MISSING',
      "chronos: threads of the built-in runtime need Node and the package's chronos/worker entry; leave out threads",
      { field: 'threads', cause },
    );
  }
}

/** Returns where an entry lies; of no name in the source, which webpack would take for a file to ship as it is. */
function resolved(entry: string): string {
  return import.meta.resolve(entry);
}
