import { letOthersRun } from '../../concurrency/index.js';
import { type Booster, type TrainPool, type TrainTask, train } from '../../lgbm/index.js';
import { fastKernel } from './fast-kernel.js';

/** A trained model, or why there is none. */
export type Trained =
  | { readonly booster: Booster; readonly error?: undefined }
  | { readonly booster?: undefined; readonly error: unknown };

/** What models are trained on: the calling thread, or the threads of a `TrainPool`. Which one changes no byte of a model. */
export interface Trainer {
  /** Returns one outcome per task, in the order of the tasks; rejects with the signal's reason when aborted. */
  train(tasks: readonly TrainTask[], options: { signal?: AbortSignal }): Promise<readonly Trained[]>;
}

/** Returns the pool as a trainer; without one, what trains on the calling thread, one task after the other, and lets timers and aborts through. */
export async function trainerOf(pool: TrainPool | undefined): Promise<Trainer> {
  if (pool !== undefined) return pool;
  const kernel = await fastKernel();
  return {
    async train(tasks, { signal }) {
      const outcomes: Trained[] = [];
      for (const { dataset, params, valid } of tasks) {
        signal?.throwIfAborted();
        try {
          outcomes.push({ booster: train(dataset, params, { valid, signal, kernel }) });
        } catch (error) {
          signal?.throwIfAborted();
          outcomes.push({ error });
        }
        await letOthersRun();
      }
      return outcomes;
    },
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
