import type { RetrainJob } from '../../ensemble/index.js';

/**
 * Returns whether the run that `job` goes on with published the model already; never in a store that keeps no meta.
 *
 * A model from the future, by the clock of this run, is none of that run's: a clock that was ahead once must not stop all later training.
 */
export async function wasPublished({ models, resumeFrom, now }: RetrainJob, key: string): Promise<boolean> {
  if (resumeFrom === undefined || models.getMeta === undefined) return false;
  const meta = (await models.getMeta(key)) as { trainedAt?: string } | undefined;
  if (meta?.trainedAt === undefined) return false;
  const trainedAt = new Date(meta.trainedAt);
  return trainedAt >= resumeFrom && trainedAt <= now();
}
