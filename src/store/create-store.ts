import { ForecastError } from '../errors.js';
import { fromBase64, toBase64 } from './base64.js';
import { checkModelKey } from './check-fields.js';
import {
  checkClaim,
  checkJobQuery,
  checkModelEntry,
  checkPrune,
  checkQuery,
  checkRenewal,
  checkRunEnd,
} from './check-queries.js';
import {
  checkAll,
  checkKey,
  checkOutcome,
  checkPerformance,
  checkPrediction,
  checkVoid,
  checkWeights,
  checkWeightsKey,
} from './check-records.js';
import { forecastKey, historyKey, joined, LAST, runKey, SEPARATOR } from './driver-keys.js';
import { joinPrediction } from './join-prediction.js';
import type { ModelEntry, ModelStore } from './model-store.js';
import { compareCodes, keyText } from './order.js';
import type {
  JobRunRecord,
  OutcomeRecord,
  PerformanceRecord,
  PredictionKey,
  PredictionRecord,
  WeightsRecord,
} from './records.js';
import type { HistoryQuery, OutcomeQuery, PredictionQuery, PruneReport, Store } from './store.js';
import type { DriverChange, DriverRange, DriverReads, DriverTable, StoreDriver } from './store-driver.js';

/** What the checks that copy a row on its way out would name; they cannot fail on a row that was let in. */
const STORED_ROW = { where: 'createStore', path: 'row' };

const put = (table: DriverTable, key: string, row: object): DriverChange => ({ table, key, row });
const drop = (table: DriverTable, key: string): DriverChange => ({ table, key, row: undefined });
const same = <T>(value: T, wanted: T | undefined) => wanted === undefined || value === wanted;
const within = (date: string, from: string | undefined, to: string | undefined) =>
  (from === undefined || date >= from) && (to === undefined || date <= to);

/** Rows looked at before the next are asked for. */
const CHUNK = 500;
/** Rows deleted in one write by prune. */
const STEP_ROWS = 1000;

/** How a model is kept: its meta as text, so that no driver takes what is in it for more, its compact form in base 64. */
interface ModelRow {
  key: string;
  text: string;
  meta?: string;
  compact?: string;
}

/** A Store whose models have every optional method. */
export type CreatedStore = Store & { readonly models: Required<ModelStore> };

/**
 * Returns a Store over a driver of four methods. Everything that a Store promises stands here once: checks, joined rows, what has an outcome,
 * leases, the order of lists and their pages, and refusal after close().
 */
export function createStore(driver: StoreDriver): CreatedStore {
  let closing: Promise<void> | undefined;
  const pending = new Set<Promise<unknown>>();

  /** Runs one call, unless the store is closed. */
  const call = async <T>(where: string, work: () => Promise<T>): Promise<T> => {
    if (closing !== undefined) throw new ForecastError('STORE_CLOSED', `${where}: the store is closed`);
    const result = work();
    pending.add(result);
    try {
      return await result;
    } finally {
      pending.delete(result);
    }
  };

  /** Writes what `decide` returns, all or none, and returns its answer. */
  const write = async <T>(
    decide: (reads: DriverReads) => Promise<{ changes: readonly DriverChange[]; answer: T }>,
  ): Promise<T> => {
    let answer: T | undefined;
    await driver.write(async (reads) => {
      const decided = await decide(reads);
      answer = decided.answer;
      return decided.changes;
    });
    return answer as T;
  };

  const rangeOf = (query: Pick<PredictionQuery, 'after' | 'fromBaseDate' | 'toBaseDate'>): DriverRange => {
    const from = query.fromBaseDate ?? '';
    const after = query.after === undefined ? '' : `${forecastKey(query.after)}${SEPARATOR}`;
    return { from: compareCodes(from, after) > 0 ? from : after, to: `${query.toBaseDate ?? ''}${LAST}` };
  };

  const listForecasts = async (wanted: PredictionQuery & { limit: number }): Promise<PredictionRecord[]> => {
    const { state, limit } = wanted;
    const found: PredictionRecord[] = [];
    const table = state === 'due' ? 'due' : 'predictions';
    const take = async (rows: readonly PredictionKey[]) => {
      const keys = rows.map(forecastKey);
      const predictions = state === 'due' ? await driver.get('predictions', keys) : rows;
      const outcomes = state === undefined || state === 'due' ? [] : await driver.get('outcomes', keys);
      for (const [index, row] of (predictions as (PredictionRecord | undefined)[]).entries()) {
        if (row === undefined || found.length === limit) continue;
        const stateOf = outcomes[index] ? 'matched' : row.void ? 'void' : 'due';
        if (state !== undefined && state !== stateOf) continue;
        if (
          same(row.userTriggered, wanted.userTriggered) &&
          within(row.targetDate, wanted.fromTargetDate, wanted.toTargetDate)
        )
          found.push(checkPrediction(row, STORED_ROW));
      }
    };
    let chunk: PredictionKey[] = [];
    for (const row of (await driver.scan(table, rangeOf(wanted))) as Iterable<PredictionKey>) {
      if (!same(row.code, wanted.code) || !same(row.horizon, wanted.horizon)) continue;
      chunk.push(row);
      if (chunk.length < CHUNK) continue;
      await take(chunk);
      chunk = [];
      if (found.length === limit) return found;
    }
    await take(chunk);
    return found;
  };

  const listOutcomes = async (wanted: OutcomeQuery & { limit: number }): Promise<OutcomeRecord[]> => {
    const found: OutcomeRecord[] = [];
    for (const row of (await driver.scan('outcomes', rangeOf(wanted))) as Iterable<OutcomeRecord>) {
      if (!same(row.code, wanted.code) || !same(row.horizon, wanted.horizon)) continue;
      if (!within(row.actualDate, wanted.fromActualDate, wanted.toActualDate)) continue;
      found.push(checkOutcome(row, STORED_ROW));
      if (found.length === wanted.limit) break;
    }
    return found;
  };

  const listHistory = async <Row extends WeightsRecord | PerformanceRecord>(
    table: 'weights' | 'performance',
    wanted: HistoryQuery & { limit: number },
  ): Promise<Row[]> => {
    const { code, horizon } = wanted;
    const prefix = code === undefined ? '' : joined(code, '');
    const rows = [...(await driver.scan(table, { from: prefix, to: `${prefix}${LAST}` }))] as Row[];
    const kept = rows.filter(
      (row) => same(row.code, code) && same(row.horizon, horizon) && within(row.asOf, wanted.fromAsOf, wanted.toAsOf),
    );
    // keys run by code and horizon, and sorting is stable
    return kept.sort((a, b) => (a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : 0)).slice(0, wanted.limit);
  };

  const newestWeights = async ({ code, horizon, asOf = '' }: ReturnType<typeof checkWeightsKey>) => {
    const from = joined(code, horizon, '');
    const row = [...(await driver.scan('weights', { from, to: `${from}${asOf}${LAST}` }))].at(-1);
    return row && checkWeights(row as WeightsRecord, STORED_ROW);
  };

  /** Changes a run that its owner holds; answers whether the owner does. */
  const changeRun = (run: { job: string; scheduledFor: Date; owner: string }) =>
    write(async (reads) => {
      const [row] = (await reads.get('jobRuns', [runKey(run)])) as (JobRunRecord | undefined)[];
      const holds = row?.status === 'running' && row.owner === run.owner;
      return { changes: holds ? [put('jobRuns', runKey(run), { ...row, ...run })] : [], answer: holds };
    });

  const knownOf = async (reads: DriverReads, where: string, rows: readonly PredictionKey[]) => {
    const known = (await reads.get('predictions', rows.map(forecastKey))) as (PredictionRecord | undefined)[];
    const missing = rows[known.indexOf(undefined)];
    if (missing === undefined) return known as PredictionRecord[];
    const key = keyText(missing);
    throw new ForecastError('UNKNOWN_PREDICTION', `${where}: no prediction ${key}`, { actual: key });
  };

  const modelsOf = async (method: string, keys: readonly string[]) => {
    const checked = keys.map((key) => checkModelKey(key, { where: `models.${method}`, path: '' }));
    return (await driver.get('models', checked)) as (ModelRow | undefined)[];
  };
  const putModels = (where: string, entries: readonly ModelEntry[]) =>
    call(where, async () => {
      const checked = entries.map((entry) => checkModelEntry(entry, where));
      const rowOf = ({ key, text, meta, compact }: ModelEntry): ModelRow => ({
        ...{ key, text },
        ...(meta && { meta: JSON.stringify(meta) }),
        ...(compact && { compact: toBase64(compact) }),
      });
      const changes = checked.map((entry) => put('models', entry.key, rowOf(entry)));
      await write(async () => ({ changes, answer: undefined }));
    });

  const store: CreatedStore = {
    models: {
      get: (key) => call('models.get', async () => (await modelsOf('get', [key]))[0]?.text),
      getMany: (keys) => call('models.getMany', async () => (await modelsOf('getMany', keys)).map((row) => row?.text)),
      getMeta: (key) =>
        call('models.getMeta', async () => {
          const meta = (await modelsOf('getMeta', [key]))[0]?.meta;
          return meta === undefined ? undefined : (JSON.parse(meta) as object);
        }),
      getCompact: (keys) =>
        call('models.getCompact', async () =>
          (await modelsOf('getCompact', keys)).map((row) =>
            row?.compact === undefined ? undefined : fromBase64(row.compact),
          ),
        ),
      put: (key, text, meta) => putModels('models.put', [{ key, text, ...(meta !== undefined && { meta }) }]),
      putMany: (entries) => putModels('models.putMany', entries),
      list: (prefix = '') =>
        call('models.list', async () => {
          const rows = [...(await driver.scan('models', { from: prefix }))] as ModelRow[];
          return rows.map(({ key }) => key).filter((key) => key.startsWith(prefix));
        }),
    },

    upsertPredictions: (records) =>
      call('upsertPredictions', async () => {
        const checked = checkAll(records, 'upsertPredictions', checkPrediction);
        await write(async (reads) => {
          const keys = checked.map(forecastKey);
          const matched = (await reads.get('outcomes', keys)).findIndex((row) => row !== undefined);
          if (matched >= 0) {
            const key = keyText(checked[matched]);
            throw new ForecastError('ALREADY_MATCHED', `upsertPredictions: ${key} has an outcome`, { actual: key });
          }
          const standing = new Map<string, PredictionRecord | undefined>();
          for (const [index, row] of (await reads.get('predictions', keys)).entries())
            standing.set(keys[index], row as PredictionRecord | undefined);
          for (const [index, row] of checked.entries())
            standing.set(keys[index], joinPrediction(standing.get(keys[index]), row));
          const changes = [...standing].flatMap(([key, row]) => {
            const { code, baseDate, horizon } = row!;
            return [put('predictions', key, row!), put('due', key, { code, baseDate, horizon })];
          });
          return { changes, answer: undefined };
        });
      }),
    getPrediction: (key) =>
      call('getPrediction', async () => {
        const [row] = await driver.get('predictions', [forecastKey(checkKey(key, 'getPrediction'))]);
        return row && checkPrediction(row as PredictionRecord, STORED_ROW);
      }),
    listPredictions: (query = {}) =>
      call('listPredictions', async () => listForecasts(checkQuery(query, 'listPredictions'))),

    recordOutcomes: (records) =>
      call('recordOutcomes', async () => {
        const checked = checkAll(records, 'recordOutcomes', checkOutcome);
        return write(async (reads) => {
          const known = await knownOf(reads, 'recordOutcomes', checked);
          const met = await reads.get('outcomes', checked.map(forecastKey));
          const fresh = new Map<string, DriverChange[]>();
          for (const [index, row] of checked.entries()) {
            const key = forecastKey(row);
            if (met[index] !== undefined || fresh.has(key)) continue;
            const { void: mark, ...prediction } = known[index];
            fresh.set(key, [
              put('outcomes', key, row),
              drop('due', key),
              ...(mark ? [put('predictions', key, prediction)] : []),
            ]);
          }
          return { changes: [...fresh.values()].flat(), answer: fresh.size };
        });
      }),
    listOutcomes: (query = {}) => call('listOutcomes', async () => listOutcomes(checkQuery(query, 'listOutcomes'))),
    listMatched: (query = {}) =>
      call('listMatched', async () => {
        const outcomes = await listOutcomes(checkQuery(query, 'listMatched'));
        const predictions = await driver.get('predictions', outcomes.map(forecastKey));
        return outcomes.flatMap((outcome, index) => {
          const prediction = predictions[index] as PredictionRecord | undefined;
          return prediction ? [{ prediction: checkPrediction(prediction, STORED_ROW), outcome }] : [];
        });
      }),

    voidPredictions: (records) =>
      call('voidPredictions', async () => {
        const checked = checkAll(records, 'voidPredictions', (record, at) => ({
          ...checkKey(record, at.where),
          ...checkVoid(record, at),
        }));
        return write(async (reads) => {
          const known = await knownOf(reads, 'voidPredictions', checked);
          const due = await reads.get('due', checked.map(forecastKey));
          const fresh = new Map<string, DriverChange[]>();
          for (const [index, { reason, voidedAt, ...row }] of checked.entries()) {
            const key = forecastKey(row);
            if (due[index] === undefined || fresh.has(key)) continue;
            const marked = { ...known[index], void: { reason, voidedAt } };
            fresh.set(key, [put('predictions', key, marked), drop('due', key)]);
          }
          return { changes: [...fresh.values()].flat(), answer: fresh.size };
        });
      }),

    prune: (options) =>
      call('prune', async () => {
        const { before, keepMatched, dryRun } = checkPrune(options, 'prune');
        const report: PruneReport = { predictions: 0, outcomes: 0, weights: 0, performance: 0, jobRuns: 0 };
        const old: { counted: keyof PruneReport; changes: DriverChange[] }[] = [];
        for (const state of keepMatched ? (['void'] as const) : (['void', 'matched'] as const)) {
          for (const row of await listForecasts({ toBaseDate: before, state, limit: Number.MAX_SAFE_INTEGER })) {
            if (row.baseDate >= before) continue;
            const key = forecastKey(row);
            const changes = [drop('predictions', key), ...(state === 'matched' ? [drop('outcomes', key)] : [])];
            old.push({ counted: 'predictions', changes });
            if (state === 'matched') report.outcomes++;
          }
        }
        const all = { toAsOf: before, limit: Number.MAX_SAFE_INTEGER };
        const weights = await listHistory<WeightsRecord>('weights', { limit: all.limit });
        const newest = new Map(weights.map((row) => [joined(row.code, row.horizon), row.asOf]));
        for (const row of weights) {
          if (row.asOf >= before || newest.get(joined(row.code, row.horizon)) === row.asOf) continue;
          old.push({ counted: 'weights', changes: [drop('weights', historyKey(row))] });
        }
        for (const row of await listHistory<PerformanceRecord>('performance', all)) {
          if (row.asOf < before) old.push({ counted: 'performance', changes: [drop('performance', historyKey(row))] });
        }
        for (const row of (await driver.scan('jobRuns', {})) as Iterable<JobRunRecord>) {
          if (row.status === 'running' || row.scheduledFor.toISOString().slice(0, 10) >= before) continue;
          old.push({ counted: 'jobRuns', changes: [drop('jobRuns', runKey(row))] });
        }
        options.signal?.throwIfAborted();
        for (let start = 0; start < old.length; start += STEP_ROWS) {
          options.signal?.throwIfAborted();
          const step = old.slice(start, start + STEP_ROWS);
          if (!dryRun) await driver.write(async () => step.flatMap(({ changes }) => changes));
          for (const { counted } of step) report[counted]++;
        }
        return report;
      }),

    putWeights: (records) =>
      call('putWeights', async () => {
        const checked = checkAll(records, 'putWeights', checkWeights);
        await driver.write(async () => checked.map((row) => put('weights', historyKey(row), row)));
      }),
    getWeights: (code, horizon, asOf) =>
      call('getWeights', () => newestWeights(checkWeightsKey(code, horizon, asOf, 'getWeights'))),
    getManyWeights: (keys, asOf) =>
      call('getManyWeights', () => {
        const checked = keys.map(({ code, horizon }) => checkWeightsKey(code, horizon, asOf, 'getManyWeights'));
        return Promise.all(checked.map(newestWeights));
      }),
    listWeights: (query = {}) =>
      call('listWeights', async () => {
        const rows = await listHistory<WeightsRecord>('weights', checkQuery(query, 'listWeights'));
        return rows.map((row) => checkWeights(row, STORED_ROW));
      }),
    putPerformance: (records) =>
      call('putPerformance', async () => {
        const checked = checkAll(records, 'putPerformance', checkPerformance);
        await driver.write(async () => checked.map((row) => put('performance', historyKey(row), row)));
      }),
    listPerformance: (query = {}) =>
      call('listPerformance', async () => {
        const rows = await listHistory<PerformanceRecord>('performance', checkQuery(query, 'listPerformance'));
        return rows.map((row) => checkPerformance(row, STORED_ROW));
      }),

    claimJobRun: (claim) =>
      call('claimJobRun', async () => {
        const { job, scheduledFor, owner, now, leaseMs } = checkClaim(claim, 'claimJobRun');
        const key = runKey({ job, scheduledFor });
        return write(async (reads) => {
          const [row] = (await reads.get('jobRuns', [key])) as (JobRunRecord | undefined)[];
          if (row?.status === 'done' || (row?.status === 'running' && row.leaseUntil > now))
            return { changes: [], answer: false };
          const lease = { startedAt: now, leaseUntil: new Date(now.getTime() + leaseMs) };
          const attempts = (row?.attempts ?? 0) + 1;
          const run: JobRunRecord = { job, scheduledFor, status: 'running', owner, ...lease, attempts };
          return { changes: [put('jobRuns', key, run)], answer: true };
        });
      }),
    finishJobRun: (run) => call('finishJobRun', async () => changeRun(checkRunEnd(run, 'finishJobRun'))),
    renewJobRun: (run) => call('renewJobRun', async () => changeRun(checkRenewal(run, 'renewJobRun'))),
    listJobRuns: (query) =>
      call('listJobRuns', async () => {
        const { job, limit } = checkJobQuery(query, 'listJobRuns');
        const from = joined(job, '');
        const rows = [...(await driver.scan('jobRuns', { from, to: `${from}${LAST}` }))] as JobRunRecord[];
        return rows
          .reverse()
          .slice(0, limit)
          .map((row) => structuredClone(row));
      }),

    close() {
      closing ??= Promise.allSettled([...pending]).then(() => driver.close());
      return closing;
    },
  };
  return store;
}
