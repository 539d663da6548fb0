import { ForecastError } from '../../src/errors.js';
import {
  checkClaim,
  checkJobQuery,
  checkPrune,
  checkQuery,
  checkRenewal,
  checkRunEnd,
} from '../../src/store/check-queries.js';
import {
  checkAll,
  checkKey,
  checkOutcome,
  checkPerformance,
  checkPrediction,
  checkVoid,
  checkWeights,
  checkWeightsKey,
} from '../../src/store/check-records.js';
import { joinPrediction } from '../../src/store/join-prediction.js';
import { compareCodes, compareKeys, keyText } from '../../src/store/order.js';
import type {
  JobRunRecord,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  WeightsRecord,
} from '../../src/store/records.js';
import type { HistoryQuery, OutcomeQuery, PredictionQuery, Store } from '../../src/store/store.js';
import { type FullModelStore, memoryModels } from './memory-models.js';
import { type SortedRows, sortedRows } from './sorted-rows.js';

export { type FullModelStore, memoryModels } from './memory-models.js';

/** A place for the checks that copy a row on its way out; they cannot fail on a row that was let in. */
const OUT = { where: 'memoryStore', path: 'row' };

/**
 * Returns a store that lives in this process alone and is gone with it: for tests, backtests and browsers.
 *
 * @example
 * const store = memoryStore();
 * const context = createContext({ market: krx, prices, store });
 */
export function memoryStore(): Store & { readonly models: FullModelStore } {
  let closed = false;
  const refuseClosed = (where: string) => {
    if (closed) throw new ForecastError('STORE_CLOSED', `${where}: the store is closed`);
  };

  const predictions = sortedRows<PredictionKey, PredictionRecord>(compareKeys);
  // The predictions without an outcome once more: they are few, and asked for every day.
  const waiting = sortedRows<PredictionKey, PredictionRecord>(compareKeys);
  const outcomes = sortedRows<PredictionKey, OutcomeRecord>(compareKeys);
  const weights = sortedRows<HistoryKey, WeightsRecord>(compareHistory);
  const performance = sortedRows<HistoryKey & { windowDays: number }, PerformanceRecord>(
    (a, b) => compareHistory(a, b) || a.windowDays - b.windowDays,
  );
  const newestWeights = new Map<string, WeightsRecord[]>();
  const jobRuns = new Map<string, Map<number, JobRunRecord>>();

  const heldRun = (run: { job: string; scheduledFor: Date; owner: string }) => {
    const row = jobRuns.get(run.job)?.get(run.scheduledFor.getTime());
    return row?.status === 'running' && row.owner === run.owner ? row : undefined;
  };

  return {
    models: memoryModels(refuseClosed),

    async upsertPredictions(records) {
      refuseClosed('upsertPredictions');
      const checked = checkAll(records, 'upsertPredictions', checkPrediction);
      for (const record of checked) {
        const key = keyText(record);
        if (outcomes.get(key) !== undefined) {
          throw new ForecastError('ALREADY_MATCHED', `upsertPredictions: ${key} has an outcome`, { actual: key });
        }
      }
      for (const record of checked) {
        const key = keyText(record);
        const joined = joinPrediction(predictions.get(key), record);
        predictions.set(key, joined);
        waiting.set(key, joined);
      }
    },
    async getPrediction(key) {
      refuseClosed('getPrediction');
      const row = predictions.get(keyText(checkKey(key, 'getPrediction')));
      return row && checkPrediction(row, OUT);
    },
    async listPredictions(query = {}) {
      refuseClosed('listPredictions');
      const wanted = checkQuery(query, 'listPredictions');
      const matches = (row: PredictionRecord) => isWanted(row, wanted, outcomes.get(keyText(row)) !== undefined);
      const rows = wanted.state === 'due' ? waiting : predictions;
      return take(withinBaseDates(rows, wanted), matches, wanted.limit, checkPrediction);
    },

    async recordOutcomes(records) {
      refuseClosed('recordOutcomes');
      const checked = checkAll(records, 'recordOutcomes', checkOutcome);
      for (const record of checked) {
        const key = keyText(record);
        if (predictions.get(key) === undefined) {
          throw new ForecastError('UNKNOWN_PREDICTION', `recordOutcomes: no prediction ${key}`, { actual: key });
        }
      }
      const fresh = checked.filter((record) => {
        const key = keyText(record);
        if (outcomes.get(key) !== undefined) return false;
        outcomes.set(key, record);
        waiting.delete(key);
        return true;
      });
      return fresh.length;
    },
    async listOutcomes(query = {}) {
      refuseClosed('listOutcomes');
      const wanted = checkQuery(query, 'listOutcomes');
      const matches = (row: OutcomeRecord) => isWantedOutcome(row, wanted);
      return take(withinBaseDates(outcomes, wanted), matches, wanted.limit, checkOutcome);
    },

    async voidPredictions(records) {
      refuseClosed('voidPredictions');
      const checked = checkAll(records, 'voidPredictions', (record, at) => ({
        key: checkKey(record, at.where),
        ...checkVoid(record, at),
      }));
      for (const { key } of checked) {
        if (predictions.get(keyText(key)) !== undefined) continue;
        throw new ForecastError('UNKNOWN_PREDICTION', `voidPredictions: no prediction ${keyText(key)}`, {
          actual: keyText(key),
        });
      }
      const due = checked.filter(({ key }) => waiting.get(keyText(key)) !== undefined);
      for (const { key, reason, voidedAt } of due) {
        const row = { ...predictions.get(keyText(key))!, void: { reason, voidedAt } };
        predictions.set(keyText(key), row);
        waiting.delete(keyText(key));
      }
      return due.length;
    },
    async prune(options) {
      refuseClosed('prune');
      const { before, keepMatched, dryRun } = checkPrune(options, 'prune');
      const report = { predictions: 0, outcomes: 0, weights: 0, performance: 0, jobRuns: 0 };
      for (const row of [...predictions.from()]) {
        const key = keyText(row);
        const matched = outcomes.get(key) !== undefined;
        if (row.baseDate >= before || (matched ? keepMatched : row.void === undefined)) continue;
        report.predictions++;
        if (matched) report.outcomes++;
        if (dryRun) continue;
        predictions.delete(key);
        outcomes.delete(key);
      }
      for (const row of [...weights.from()]) {
        const series = `${row.code} ${row.horizon}`;
        if (row.asOf >= before || newestWeights.get(series)![0].asOf === row.asOf) continue;
        report.weights++;
        if (dryRun) continue;
        weights.delete(`${series} ${row.asOf}`);
        newestWeights.set(
          series,
          newestWeights.get(series)!.filter(({ asOf }) => asOf !== row.asOf),
        );
      }
      for (const row of [...performance.from()]) {
        if (row.asOf >= before) continue;
        report.performance++;
        if (!dryRun) performance.delete(`${row.code} ${row.horizon} ${row.asOf} ${row.windowDays}`);
      }
      for (const runs of jobRuns.values()) {
        for (const [time, row] of runs) {
          if (row.status === 'running' || row.scheduledFor.toISOString().slice(0, 10) >= before) continue;
          report.jobRuns++;
          if (!dryRun) runs.delete(time);
        }
      }
      return report;
    },

    async putWeights(records) {
      refuseClosed('putWeights');
      for (const record of checkAll(records, 'putWeights', checkWeights)) {
        weights.set(`${record.code} ${record.horizon} ${record.asOf}`, record);
        const series = `${record.code} ${record.horizon}`;
        const history = (newestWeights.get(series) ?? []).filter((row) => row.asOf !== record.asOf);
        history.push(record);
        newestWeights.set(
          series,
          history.sort((a, b) => (a.asOf < b.asOf ? 1 : -1)),
        );
      }
    },
    async getWeights(code, horizon, asOf) {
      refuseClosed('getWeights');
      const key = checkWeightsKey(code, horizon, asOf, 'getWeights');
      const history = newestWeights.get(`${key.code} ${key.horizon}`) ?? [];
      const row = history.find((candidate) => key.asOf === undefined || candidate.asOf <= key.asOf);
      return row && checkWeights(row, OUT);
    },
    async listWeights(query = {}) {
      refuseClosed('listWeights');
      const wanted = checkQuery(query, 'listWeights');
      return take(weights.from(), (row) => isWantedHistory(row, wanted), wanted.limit, checkWeights);
    },

    async putPerformance(records) {
      refuseClosed('putPerformance');
      for (const record of checkAll(records, 'putPerformance', checkPerformance)) {
        performance.set(`${record.code} ${record.horizon} ${record.asOf} ${record.windowDays}`, record);
      }
    },
    async listPerformance(query = {}) {
      refuseClosed('listPerformance');
      const wanted = checkQuery(query, 'listPerformance');
      return take(performance.from(), (row) => isWantedHistory(row, wanted), wanted.limit, checkPerformance);
    },

    async claimJobRun(claim) {
      refuseClosed('claimJobRun');
      const { job, scheduledFor, owner, now, leaseMs } = checkClaim(claim, 'claimJobRun');
      const runs = jobRuns.get(job) ?? new Map<number, JobRunRecord>();
      const row = runs.get(scheduledFor.getTime());
      if (row?.status === 'done' || (row?.status === 'running' && row.leaseUntil > now)) return false;
      const leaseUntil = new Date(now.getTime() + leaseMs);
      const attempts = (row?.attempts ?? 0) + 1;
      runs.set(scheduledFor.getTime(), {
        job,
        scheduledFor,
        status: 'running',
        owner,
        startedAt: now,
        leaseUntil,
        attempts,
      });
      jobRuns.set(job, runs);
      return true;
    },
    async finishJobRun(run) {
      refuseClosed('finishJobRun');
      const { job, scheduledFor, owner, ...end } = checkRunEnd(run, 'finishJobRun');
      const row = heldRun({ job, scheduledFor, owner });
      if (row === undefined) return false;
      Object.assign(row, end);
      return true;
    },
    async renewJobRun(run) {
      refuseClosed('renewJobRun');
      const renewal = checkRenewal(run, 'renewJobRun');
      const row = heldRun(renewal);
      if (row === undefined) return false;
      row.leaseUntil = renewal.leaseUntil;
      return true;
    },
    async listJobRuns(query) {
      refuseClosed('listJobRuns');
      const { job, limit } = checkJobQuery(query, 'listJobRuns');
      const rows = [...(jobRuns.get(job)?.values() ?? [])];
      rows.sort((a, b) => b.scheduledFor.getTime() - a.scheduledFor.getTime());
      return rows.slice(0, limit).map((row) => structuredClone(row));
    },

    async close() {
      closed = true;
    },
  };
}

interface HistoryKey {
  code: string;
  horizon: number;
  asOf: string;
}

function compareHistory(a: HistoryKey, b: HistoryKey): number {
  if (a.asOf !== b.asOf) return a.asOf < b.asOf ? -1 : 1;
  return compareCodes(a.code, b.code) || a.horizon - b.horizon;
}

/** Yields the rows from the query's first base date, or its cursor, to its last base date: base dates come first in the order. */
function* withinBaseDates<Row extends PredictionKey>(
  rows: SortedRows<PredictionKey, Row>,
  { after, fromBaseDate = '', toBaseDate }: Pick<PredictionQuery, 'after' | 'fromBaseDate' | 'toBaseDate'>,
): Iterable<Row> {
  const first = { baseDate: fromBaseDate, code: '', horizon: 0 };
  for (const row of rows.from(after === undefined || compareKeys(after, first) < 0 ? first : after)) {
    if (toBaseDate !== undefined && row.baseDate > toBaseDate) return;
    yield row;
  }
}

function take<Row>(
  rows: Iterable<Row>,
  matches: (row: Row) => boolean,
  limit: number,
  copy: (row: Row, at: typeof OUT) => Row,
): Row[] {
  const taken: Row[] = [];
  for (const row of rows) {
    if (!matches(row)) continue;
    taken.push(copy(row, OUT));
    if (taken.length === limit) break;
  }
  return taken;
}

const within = (date: string, from: string | undefined, to: string | undefined) =>
  (from === undefined || date >= from) && (to === undefined || date <= to);

const isSame = <T>(value: T, wanted: T | undefined) => wanted === undefined || value === wanted;

function isWanted(row: PredictionRecord, query: PredictionQuery, matched: boolean): boolean {
  return (
    isSame(row.code, query.code) &&
    isSame(row.horizon, query.horizon) &&
    isSame(row.userTriggered, query.userTriggered) &&
    isSame(matched ? 'matched' : row.void ? 'void' : 'due', query.state) &&
    within(row.baseDate, query.fromBaseDate, query.toBaseDate) &&
    within(row.targetDate, query.fromTargetDate, query.toTargetDate)
  );
}

function isWantedOutcome(row: OutcomeRecord, query: OutcomeQuery): boolean {
  return (
    isSame(row.code, query.code) &&
    isSame(row.horizon, query.horizon) &&
    within(row.baseDate, query.fromBaseDate, query.toBaseDate) &&
    within(row.actualDate, query.fromActualDate, query.toActualDate)
  );
}

function isWantedHistory(row: HistoryKey, query: HistoryQuery): boolean {
  return (
    isSame(row.code, query.code) && isSame(row.horizon, query.horizon) && within(row.asOf, query.fromAsOf, query.toAsOf)
  );
}
