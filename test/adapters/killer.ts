import { createRandom } from '../../src/stats/index.js';
import { type Child, startChild } from './child-process.js';
import type { Place } from './children/any-store.js';
import type { PIPELINE_JOBS } from './children/pipeline-jobs.js';

/** Where a database is whose users are killed. */
export interface KillSite {
  name: string;
  /** For the test's own process. */
  place: Place;
  /** For the children: told apart from this process. */
  victims: Place;
  /** Resolves when nothing that a killed process has sent is still being done. */
  settled(): Promise<void>;
}

/** What a worker does: a job of the pipeline, or no more than opening the store. */
type Work = keyof typeof PIPELINE_JOBS | 'open';

/** A worker that is started ahead, so that a kill does not wait for Node to come up. */
interface Victim extends Child {
  /** What the worker said so far: see children/pipeline-worker.ts. */
  letters(): string;
  /** Resolves when the letters hold so, rejects if the worker ends before. */
  said(holds: (letters: string) => boolean): Promise<void>;
}

function startVictim(worker: string, site: KillSite, work: Work): Victim {
  const child = startChild(worker, [site.victims, work]);
  let letters = '';
  const waiting = new Set<() => void>();
  child.process.stdout!.on('data', (chunk) => {
    letters += chunk;
    for (const look of waiting) look();
  });
  const said = (holds: (letters: string) => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (holds(letters)) resolve();
      };
      waiting.add(look);
      look();
      child.ended.then(({ errors }) => reject(new Error(`the worker ended by itself: ${errors}`)));
    });
  return { ...child, letters: () => letters, said };
}

/** Where kills fell, by the worker's last letter. */
const PHASES: { [letter: string]: string } = {
  r: 'before it began',
  S: 'before its first transaction',
  W: 'inside a transaction',
  C: 'in a commit',
  c: 'between two transactions',
  E: 'after its end',
};
const count = (letters: string, letter: string) => letters.split(letter).length - 1;

/**
 * Returns what kills a worker's run again and again: half of the time anywhere in the run, half of the time in or just after one of
 * its transactions, which chance alone would hardly meet.
 *
 * @param worker the bundled children/pipeline-worker.ts
 */
export function killer(worker: string, site: KillSite, work: Work, seed: number) {
  const random = createRandom(seed);
  const phases = new Map<string, number>();
  let next = startVictim(worker, site, work);
  let duration = 0;
  let transactions = 0;
  const take = async () => {
    const victim = next;
    next = startVictim(worker, site, work);
    await victim.said((letters) => letters === 'r');
    return victim;
  };
  const end = async (victim: Victim) => {
    victim.process.kill('SIGKILL');
    const { code, errors } = await victim.ended;
    if (code !== null) throw new Error(`the worker ended by itself with ${code}: ${errors}`);
    await site.settled();
  };
  return {
    /** Returns where the kills fell so far, in words. */
    phases: () =>
      Object.values(PHASES)
        .filter((phase) => phases.has(phase))
        .map((phase) => `${phases.get(phase)} ${phase}`)
        .join(', '),
    /** Lets a worker come to its end, and measures it. */
    async leaveAlone(n: number) {
      const victim = await take();
      const start = performance.now();
      victim.process.stdin!.write(`${n}\n`);
      await victim.said((letters) => letters.endsWith('E'));
      duration = performance.now() - start;
      transactions = count(victim.letters(), 'W');
      await end(victim);
    },
    async kill(n: number) {
      const victim = await take();
      victim.process.stdin!.write(`${n}\n`);
      const moment = random.uniform();
      if (random.uniform() < 0.5) await new Promise((resolve) => setTimeout(resolve, 1.1 * duration * moment));
      else {
        const nth = 1 + Math.floor(moment * transactions);
        await victim.said((letters) => count(letters, 'W') >= nth || letters.endsWith('E'));
        const wait = ((random.uniform() - 0.5) * duration) / transactions;
        if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      }
      await end(victim);
      const phase = PHASES[victim.letters().at(-1)!];
      phases.set(phase, (phases.get(phase) ?? 0) + 1);
    },
    async stop() {
      next.process.kill('SIGKILL');
      await next.ended;
    },
  };
}
