import { ForecastError, type ForecastErrorCode, invalid, refuseUnknown } from '../../errors.js';
import type { Dataset } from '../data/dataset.js';
import type { TrainParams } from '../parameters/params.js';
import { type Booster, createBooster } from '../predict/booster.js';
import type { StartRequest, TrainReply, TrainRequest } from './train-message.js';
import { type SpawnWorker, startWorker, type WorkerHandle } from './worker-handle.js';

/** One model to train. */
export interface TrainTask {
  /** Names the task in progress reports and outcomes. */
  readonly key: string;
  readonly dataset: Dataset;
  readonly params: TrainParams;
  readonly valid?: Dataset | readonly Dataset[] | undefined;
}

/** How a task ended: with a booster, or with the error that it alone failed with. */
export type TrainResult =
  | { readonly key: string; readonly booster: Booster; readonly seconds: number; readonly error?: undefined }
  | { readonly key: string; readonly error: ForecastError; readonly booster?: undefined };

/** How far a pool is: after some iterations of a task, and after each task's end. */
export interface PoolProgress {
  readonly key: string;
  readonly iteration: number;
  readonly numIterations: number;
  /** Tasks that have ended, and how many there are. */
  readonly done: number;
  readonly total: number;
}

/** Options of {@link createTrainPool}. */
export interface TrainPoolOptions {
  /** Threads, 1 or more. */
  workers: number;
  /** How to start a thread on the `chronolight/lgbm/worker` entry; has a default in Node. */
  spawn?: SpawnWorker | undefined;
}

/** Threads that train many models side by side. */
export interface TrainPool {
  /**
   * Returns one outcome per task, in the order of the tasks; the longest are trained first. A task that fails does not stop the others.
   * Calls may overlap: their tasks queue for the same threads.
   *
   * @throws The signal's reason once it aborts; models trained so far are then lost.
   */
  train(
    tasks: readonly TrainTask[],
    options?: {
      onProgress?: ((progress: PoolProgress) => void) | undefined;
      signal?: AbortSignal | undefined;
    },
  ): Promise<TrainResult[]>;
  /** Ends the threads; tasks that are not done, or come later, fail with `RUNTIME_MISSING`. */
  close(): void;
}

/**
 * Returns a pool of threads that train models: the same boosters as `train`, several at a time.
 *
 * @throws ForecastError RUNTIME_MISSING where threads cannot be started.
 * @example
 * const pool = await createTrainPool({ workers: 2 });
 * const outcomes = await pool.train([{ key: '005930_h1', dataset, params: { objective: 'regression' } }]);
 * pool.close();
 */
export async function createTrainPool(options: TrainPoolOptions): Promise<TrainPool> {
  refuseUnknown('createTrainPool', options, ['workers', 'spawn']);
  const { workers, spawn } = options;
  if (!Number.isInteger(workers) || workers < 1) {
    throw invalid('INVALID_ARGUMENT', 'createTrainPool', 'workers', 'a whole number >= 1', workers);
  }
  const start = async () => {
    const thread = new PoolThread(await startWorker(spawn));
    await thread.started;
    return thread;
  };
  const starting = await Promise.allSettled(Array.from({ length: workers }, start));
  const threads = starting.flatMap((thread) => (thread.status === 'fulfilled' ? [thread.value] : []));
  for (const thread of starting) {
    if (thread.status === 'fulfilled') continue;
    for (const other of threads) other.terminate();
    throw thread.reason;
  }
  const idle = threads.map((_, slot) => slot);
  const waiting: ((slot: number) => void)[] = [];
  let isClosed = false;
  const nextFree = (stops: Stops) =>
    new Promise<number>((resolve, reject) => {
      const take = (slot: number) => {
        stops.delete(giveUp);
        resolve(slot);
      };
      const giveUp = (reason: unknown) => {
        waiting.splice(waiting.indexOf(take), 1);
        reject(reason);
      };
      stops.add(giveUp);
      waiting.push(take);
    });
  /** Runs the task on the next thread that is free, in the order of the calls. */
  const run = async (task: TrainTask, { signal, stops }: Call, tell: Tell): Promise<TrainResult> => {
    signal?.throwIfAborted();
    const slot = idle.shift() ?? (await nextFree(stops));
    try {
      signal?.throwIfAborted();
      if (threads[slot].isDead && !isClosed) threads[slot] = await start();
      // perhaps while the thread started
      signal?.throwIfAborted();
      if (isClosed) {
        threads[slot].terminate();
        return { key: task.key, error: deathOf(task.key, 'the pool was closed') };
      }
      return await threads[slot].run(task, stops, tell);
    } finally {
      const next = waiting.shift();
      if (next) next(slot);
      else idle.push(slot);
    }
  };
  return {
    async train(tasks, { onProgress, signal } = {}) {
      // the longest first: the shorter the last ones are, the less a thread waits for another at the end
      const order = tasks.map((task, index) => ({ task, index, work: workOf(task) })).sort((a, b) => b.work - a.work);
      const outcomes = new Array<TrainResult>(tasks.length);
      let done = 0;
      // one listener however many tasks wait: Node warns of a leak at eleven on one signal
      const call: Call = { signal, stops: new Set() };
      const abort = () => {
        for (const stop of [...call.stops]) stop(signal?.reason);
      };
      signal?.addEventListener('abort', abort, { once: true });
      const settled = await Promise.allSettled(
        order.map(async ({ task, index }) => {
          const tell = (iteration: number, numIterations: number) =>
            onProgress?.({ key: task.key, iteration, numIterations, done, total: tasks.length });
          const outcome = await run(task, call, tell);
          outcomes[index] = outcome;
          done++;
          const reached = outcome.booster?.numIterations ?? 0;
          tell(reached, reached);
        }),
      );
      signal?.removeEventListener('abort', abort);
      signal?.throwIfAborted();
      for (const result of settled) if (result.status === 'rejected') throw result.reason;
      return outcomes;
    },
    close() {
      isClosed = true;
      for (const thread of threads) thread.terminate();
    },
  };
}

/** What ends the wait for a thread, or for what it trains, when the caller gives up. */
type Stops = Set<(reason: unknown) => void>;

interface Call {
  readonly signal: AbortSignal | undefined;
  readonly stops: Stops;
}

type Tell = (iteration: number, numIterations: number) => void;

/** Returns about how long a task takes, beside others. Does not know aliases of parameters: the order would be worse, nothing else. */
function workOf({ dataset, params }: TrainTask): number {
  const trees = Number(params.num_iterations ?? 100) * Number(params.num_class ?? 1);
  return dataset.rows * dataset.features * (trees > 0 ? trees : 0);
}

const NOT_STARTED = 'createTrainPool: the thread ended before it listened';

/** A thread with at most one task. */
class PoolThread {
  isDead = false;
  /** Rejects where the thread dies before it listens: a file that is not there, or threads that are forbidden. */
  readonly started: Promise<void>;
  private id = 0;
  private reply: ((reply: TrainReply) => void) | undefined;
  private die: ((cause: unknown) => void) | undefined;

  constructor(private readonly worker: WorkerHandle) {
    worker.listen(
      (message) => this.reply?.(message as TrainReply),
      (cause) => {
        this.isDead = true;
        this.die?.(cause);
      },
    );
    this.started = new Promise((resolve, reject) => {
      this.reply = () => {
        this.reply = undefined;
        this.die = undefined;
        resolve();
      };
      this.die = (cause) => reject(new ForecastError('RUNTIME_MISSING', NOT_STARTED, { field: 'spawn', cause }));
      const request: StartRequest = { kind: 'start', id: 0 };
      this.worker.post(request);
    });
  }

  run({ key, dataset, params, valid }: TrainTask, stops: Stops, tell: Tell): Promise<TrainResult> {
    const id = ++this.id;
    return new Promise((resolve, reject) => {
      const end = (finish: () => void) => {
        stops.delete(abort);
        this.reply = undefined;
        this.die = undefined;
        finish();
      };
      const abort = (reason: unknown) => {
        // a thread that trains does not read messages: it can only be ended
        this.terminate();
        end(() => reject(reason));
      };
      stops.add(abort);
      this.die = (cause) => end(() => resolve({ key, error: deathOf(key, cause) }));
      this.reply = (reply) => {
        if (reply.id !== id) return;
        if ('iteration' in reply) tell(reply.iteration, reply.numIterations);
        else if (!('ready' in reply)) end(() => resolve(outcomeOf(key, reply)));
      };
      const request: TrainRequest = {
        kind: 'train',
        id,
        dataset,
        params,
        valid: valid === undefined ? [] : [valid].flat(),
      };
      this.worker.post(request);
    });
  }

  terminate(): void {
    this.isDead = true;
    this.worker.terminate();
  }
}

type Ended = Extract<TrainReply, { model: unknown } | { error: unknown }>;

function outcomeOf(key: string, reply: Ended): TrainResult {
  if ('model' in reply) return { key, booster: createBooster(reply.model, reply.course), seconds: reply.seconds };
  const { message, code, ...details } = reply.error;
  const known: ForecastErrorCode = code ?? 'RUNTIME_MISSING';
  return { key, error: new ForecastError(known, message, details) };
}

function deathOf(key: string, cause: unknown): ForecastError {
  return new ForecastError('RUNTIME_MISSING', `train pool: the thread that trained ${key} ended`, {
    field: key,
    cause,
  });
}
