import type { Store } from '../../../src/store/store.js';
import {
  sampleOutcome,
  samplePerformance,
  samplePrediction,
  sampleWeights,
  sureOf,
} from '../../../src/testing/samples.js';

/** Rows that each call of one iteration writes. */
export const ROWS = 40;

/** The day that stands for the iteration. */
export function dayOf(n: number): string {
  return new Date(Date.UTC(2000, 0, 1 + n)).toISOString().slice(0, 10);
}

const keysOf = (n: number) =>
  Array.from({ length: ROWS }, (_, index) => ({
    code: `C${index % 20}`,
    baseDate: dayOf(n),
    horizon: 1 + Math.floor(index / 20),
  }));

/** What a day's work writes: predictions, outcomes, weights, performance, a pair of models, a job run; whole, however often it is begun. */
export async function iterate(store: Store, n: number): Promise<void> {
  const keys = keysOf(n);
  const tick = new Date(`${dayOf(n)}T07:00:00Z`);
  const run = { job: 'daily-batch', scheduledFor: tick, owner: `${process.pid}` };
  await store.claimJobRun({ ...run, now: new Date(), leaseMs: 1000 });
  const open =
    (await store.listPredictions({ fromBaseDate: dayOf(n), toBaseDate: dayOf(n), state: 'matched' as const }))
      .length === 0;
  if (open) await store.upsertPredictions(keys.map((key) => samplePrediction({ ...key, ...sureOf(n + 1) })));
  await store.recordOutcomes(keys.map((key) => sampleOutcome({ ...key, actualClose: n + 1 })));
  const history = keys.map(({ code, horizon }) => ({ code, horizon, asOf: dayOf(n), sampleCount: n }));
  await store.putWeights(history.map((fields) => sampleWeights(fields)));
  await store.putPerformance(history.map((fields) => samplePerformance(fields)));
  await store.models.putMany!(['reg', 'cls'].map((kind) => ({ key: `C0_h1_${kind}`, text: `${n}\n`.repeat(5000) })));
  await store.finishJobRun({ ...run, status: 'done', finishedAt: new Date() });
}

/** Returns what is half done in the store; nothing, if every call was carried out or not at all. */
export async function faultsOf(store: Store): Promise<string[]> {
  const faults: string[] = [];
  const whole = (what: string, days: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const day of days) counts.set(day, (counts.get(day) ?? 0) + 1);
    for (const [day, count] of counts) if (count !== ROWS) faults.push(`${count} ${what} of ${day}`);
    return new Set(counts.keys());
  };
  const limit = 1_000_000;
  const predicted = await store.listPredictions({ limit });
  const days = whole(
    'predictions',
    predicted.map(({ baseDate }) => baseDate),
  );
  for (const { baseDate, pointClose } of predicted) {
    if (dayOf(pointClose - 1) !== baseDate) faults.push(`a prediction of ${dayOf(pointClose - 1)} on ${baseDate}`);
  }
  const outcomes = (await store.listOutcomes({ limit })).map(({ baseDate }) => baseDate);
  for (const day of whole('outcomes', outcomes))
    if (!days.has(day)) faults.push(`outcomes of ${day} without predictions`);
  const matched = (await store.listPredictions({ state: 'matched' as const, limit })).map(({ baseDate }) => baseDate);
  if (matched.join() !== outcomes.join()) faults.push('predictions marked as matched are not those with outcomes');
  whole(
    'weights',
    (await store.listWeights({ limit })).map(({ asOf }) => asOf),
  );
  whole(
    'performance rows',
    (await store.listPerformance({ limit })).map(({ asOf }) => asOf),
  );
  const [reg, cls] = await Promise.all(['reg', 'cls'].map((kind) => store.models.get(`C0_h1_${kind}`)));
  if (reg !== cls) faults.push(`models of ${reg?.slice(0, 5)} and of ${cls?.slice(0, 5)}`);
  if (reg !== undefined && reg.length !== 5000 * (reg.indexOf('\n') + 1)) faults.push('a model that is cut short');
  return faults;
}
