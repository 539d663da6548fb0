import type { ForecastWorker } from '../../adapters/jobs/forecast-jobs.js';
import type { FanOutTick } from '../../src/pipeline/index.js';
import type { Store } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, simulateBars } from '../pipeline/simulated-market.js';

/** Ticks of each job, in the order in which they come. */
export const TICKS: Record<FanOutTick['job'], string> = {
  dailyBatch: '2024-03-29T16:00:00+09:00',
  matchOutcomes: '2024-04-12T16:30:00+09:00',
  retrainWeekly: '2024-04-14T02:00:00+09:00',
};

/** The instrument that no price source knows. */
export const POISON = 'POISON';

export const CODES = [...Array.from({ length: 40 }, (_, index) => `S${index}`), POISON];

/** What every machine, and one alone, does a job with: the same simulated prices, and the clock at the job's tick. */
export function jobWorld(job: FanOutTick['job'], store: Store) {
  const codes = CODES.filter((code) => code !== POISON);
  const { prices } = arrayPrices(
    Object.fromEntries(codes.map((code, index) => [code, simulateBars(index + 1, { count: 200, last: '2024-04-12' })])),
  );
  const context = referenceOf({
    prices,
    store,
    clock: () => new Date(TICKS[job]),
    chronos: job === 'retrainWeekly' ? undefined : fakeChronos(),
    lgbm: { params: { num_iterations: 3, num_leaves: 4 } },
  });
  return { context, worker: { context, retrain: { horizons: [1] } } satisfies ForecastWorker };
}
