import { modelKey } from '../../../src/members/lgbm/model-key.js';
import { matchOutcomes, predictAndStore, retrain as retrainAll } from '../../../src/pipeline/index.js';
import type { JobResult } from '../../../src/pipeline/schedule/run-claimed.js';
import type { Store } from '../../../src/store/store.js';
import { samplePrediction } from '../../../src/testing/samples.js';
import { arrayPrices, fakeChronos, referenceOf, simulateBars } from '../../pipeline/simulated-market.js';

/** A pipeline function on a simulated market, run once a day; the same calls on any store come to the same contents. */
export interface PipelineJob {
  /** Stores what is there before the first day. */
  begin(store: Store): Promise<void>;
  /** Stores what the n-th run finds. */
  prepare(store: Store, n: number): Promise<void>;
  run(store: Store, n: number): Promise<void>;
  /** Returns what the n-th run may change, one entry a transaction of the pipeline, in their order. */
  contents(store: Store, n: number): Promise<Map<string, unknown>>;
}

const CODES = ['C0', 'C1', 'C2', 'C3', 'C4', 'C5'];
const BARS = 600;
const FIRST_DAY = 260;
const market = Object.fromEntries(CODES.map((code, seed) => [code, simulateBars(seed, { count: BARS })]));
const { prices } = arrayPrices(market);
const chronos = fakeChronos();
const TRAINING = { trainingBars: 170, params: { num_iterations: 4, num_leaves: 4 }, gateTolerance: 100 };

/** The trading day of the n-th run. */
export const dayOf = (n: number) => market['C0'][FIRST_DAY + n].date;
/** The moment of the n-th run, after that day's close. */
export const tickOf = (n: number) => new Date(`${dayOf(n)}T20:00:00+09:00`);
const at = (instant: Date, store: Store) =>
  referenceOf({ prices, store, chronos, lgbm: TRAINING, clock: () => instant });

/** Each of six instruments is forecast by all members over three horizons; a user has asked for some earlier that day. */
const predict: PipelineJob = {
  async begin(store) {
    const codes = CODES.slice(0, 4);
    await retrainAll(at(tickOf(-1), store), { codes, horizons: [1, 3] });
  },
  async prepare(store, n) {
    const earlier = new Date(tickOf(n).getTime() - 3_600_000);
    for (const code of [CODES[n % 6], CODES[(n + 3) % 6]]) {
      await predictAndStore(code, at(earlier, store), { userTriggered: true });
    }
  },
  async run(store, n) {
    const context = at(tickOf(n), store);
    for (const code of CODES) await predictAndStore(code, context, { userTriggered: code === CODES[n % 5] });
  },
  async contents(store, n) {
    const day = { fromBaseDate: dayOf(n), toBaseDate: dayOf(n) };
    const groups = new Map<string, unknown>();
    for (const code of CODES) {
      const rows = await store.listPredictions({ code, ...day });
      groups.set(code, { rows, asked: rows.filter((row) => row.userTriggered).length });
    }
    return groups;
  },
};

const HORIZONS = [1, 2, 3, 4, 5];

const interval = (ciLow: number, ciHigh: number) => ({ ciLow, ciHigh, levels: [0.1, 0.9], quantiles: [ciLow, ciHigh] });

/** Five due predictions of each of six instruments are matched. */
const match: PipelineJob = {
  async begin() {},
  async prepare(store, n) {
    const due = CODES.flatMap((code, index) =>
      HORIZONS.map((horizon) =>
        samplePrediction({
          code,
          horizon,
          baseDate: dayOf(n),
          targetDate: dayOf(n + horizon),
          pointClose: 50_000 + n,
          ...interval(40_000, 60_000),
          userTriggered: index % 2 === 0,
        }),
      ),
    );
    await store.upsertPredictions(due);
  },
  async run(store, n) {
    await matchOutcomes(dayOf(n + 5), at(tickOf(n + 5), store));
  },
  async contents(store, n) {
    const groups = new Map<string, unknown>();
    for (const code of CODES) {
      const query = { code, fromBaseDate: dayOf(n), toBaseDate: dayOf(n) };
      groups.set(code, {
        open: await store.listPredictions({ ...query, state: 'due' }),
        matched: await store.listPredictions({ ...query, state: 'matched' }),
        outcomes: await store.listOutcomes(query),
      });
    }
    return groups;
  },
};

const TRAINED = ['C0', 'C1', 'C2'];

/** Pairs of models of three instruments and two horizons are trained anew, and performance is measured over earlier matches. */
const retrain: PipelineJob = {
  async begin(store) {
    for (const n of [-7, -6]) {
      await match.prepare(store, n);
      await match.run(store, n);
    }
  },
  async prepare() {},
  async run(store, n) {
    const resumeFrom = tickOf(n);
    const options = { codes: TRAINED, horizons: [1, 3], performanceDays: 2000, resumeFrom };
    await retrainAll(at(tickOf(n), store), options);
  },
  async contents(store, n) {
    const groups = new Map<string, unknown>();
    for (const code of TRAINED) {
      for (const horizon of [1, 3]) {
        const keys = (['reg', 'cls'] as const).map((kind) => modelKey('lgbm', { code, horizon, kind }));
        const pair = keys.map(async (key) => [key, await store.models.get(key), await store.models.getMeta!(key)]);
        groups.set(`models of ${code} h${horizon}`, await Promise.all(pair));
      }
    }
    const rows = { fromAsOf: dayOf(n), toAsOf: dayOf(n) };
    for (const code of TRAINED) groups.set(`performance of ${code}`, await store.listPerformance({ code, ...rows }));
    return groups;
  },
};

export const PIPELINE_JOBS = { predictAndStore: predict, matchOutcomes: match, retrainWeekly: retrain };

/** What a run of no interest says of itself. */
export const DONE: JobResult = { summary: 'done', figures: {}, failures: [], again: false };

/** How long a killed run's claim holds. */
export const LEASE_MS = 60_000;

/** The claim on the n-th run. */
export const claimOf = (job: keyof typeof PIPELINE_JOBS, n: number, owner: string, clock: () => Date) => ({
  job,
  scheduledFor: tickOf(n),
  owner,
  leaseMs: LEASE_MS,
  limitMs: 3_600_000,
  clock,
  signal: new AbortController().signal,
});
