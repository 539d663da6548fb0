import type { JobQueue } from '../../adapters/jobs/job-queue.js';

/** Resolves when it holds; rejects after `ms`. */
export async function until(holds: () => Promise<boolean>, ms = 60_000): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Returns whether nothing waits in the queue and nothing is worked on. */
export const settled = async (jobs: JobQueue, queue: string) => {
  const { waiting, active } = await jobs.count(queue);
  return waiting + active === 0;
};
