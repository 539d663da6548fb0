import { letOthersRun } from '../../concurrency/index.js';
import { isForecastError } from '../../errors.js';
import {
  type Booster,
  createTrainPool,
  type SpawnWorker,
  type TrainPool,
  type TrainTask,
  train,
} from '../../lgbm/index.js';
import { threadCount } from '../../lgbm/inside.js';

/** A trained model, or why there is none. */
export type Trained =
  | { readonly booster: Booster; readonly error?: undefined }
  | { readonly booster?: undefined; readonly error: unknown };

/** What models are trained on: the calling thread, or other threads. Which one changes no byte of a model. */
export interface Trainer {
  /** Threads that train at the same time; 1 also for the calling thread. */
  readonly threads: number;
  /** Returns one outcome per task, in the order of the tasks; rejects with the signal's reason when aborted. */
  train(tasks: readonly TrainTask[], options: { signal?: AbortSignal }): Promise<readonly Trained[]>;
  /** Ends the threads that were started for it. */
  close(): void;
}

/** Where to train. */
export interface TrainerSettings {
  /** The host's threads, which it closes. */
  readonly trainPool?: TrainPool | undefined;
  /** Threads to start; 0: the calling thread trains; default one a processor. */
  readonly threads?: number | undefined;
}

/**
 * Returns what trains: the host's pool, or threads of its own, at most one a task, or where threads cannot be started (in a browser, in a bundle, where
 * they are forbidden) the calling thread.
 *
 * @param mostTasks that there will be in all
 * @param spawn how to start a thread; only tests start them otherwise than `createTrainPool` does
 */
export async function trainerOf(
  { trainPool, threads }: TrainerSettings,
  mostTasks: number,
  spawn?: SpawnWorker,
): Promise<Trainer> {
  // how many it has is not known: two trainings at a time are enough for none to wait long for the next
  if (trainPool !== undefined)
    return { threads: 2, train: (tasks, options) => trainPool.train(tasks, options), close() {} };
  const workers = Math.min(threads ?? (await threadCount()), mostTasks);
  if (workers === 0) return onThisThread();
  try {
    const pool = await createTrainPool({ workers, spawn });
    return { threads: workers, train: (tasks, options) => pool.train(tasks, options), close: () => pool.close() };
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    return onThisThread();
  }
}

/** Returns what trains on the calling thread, one task after the other, and lets timers and aborts through in between. */
function onThisThread(): Trainer {
  return {
    threads: 1,
    async train(tasks, { signal }) {
      const outcomes: Trained[] = [];
      for (const { dataset, params, valid } of tasks) {
        signal?.throwIfAborted();
        try {
          outcomes.push({ booster: train(dataset, params, { valid, signal }) });
        } catch (error) {
          signal?.throwIfAborted();
          outcomes.push({ error });
        }
        await letOthersRun();
      }
      return outcomes;
    },
    close() {},
  };
}

/** Returns the trained models, in the order of the tasks; throws the first error. */
export async function trainAll(
  trainer: Trainer,
  tasks: readonly TrainTask[],
  signal: AbortSignal | undefined,
): Promise<Booster[]> {
  const outcomes = await trainer.train(tasks, { signal });
  return outcomes.map(({ booster, error }) => {
    if (booster === undefined) throw error;
    return booster;
  });
}
