// A complete store of one's own, on nothing but a folder of text files: what docs/adapters.md walks through.
//
// Each table is a file of JSON lines, and each line holds what one call wrote: [[key, row], ...]. A call is stored when
// its line is, whole, with its line break; so calls are all or nothing without any further work. The rows are kept in
// memory as well, which is what lists read. One process may have the folder open at a time.
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ForecastError } from 'chronolight';
import * as check from 'chronolight/store';

/** The tables, and which of a row's fields are instants. */
const TABLES = {
  predictions: ['issuedAt'],
  outcomes: ['matchedAt'],
  weights: [],
  performance: [],
  jobRuns: ['scheduledFor', 'startedAt', 'leaseUntil', 'finishedAt'],
  models: [],
};

const historyKey = ({ code, horizon, asOf, windowDays }) => JSON.stringify([code, horizon, asOf, windowDays]);
const runKey = ({ job, scheduledFor }) => JSON.stringify([job, scheduledFor]);
const byAsOf = (a, b) =>
  a.asOf < b.asOf ? -1 : a.asOf > b.asOf ? 1 : check.compareCodes(a.code, b.code) || a.horizon - b.horizon;
const within = (date, from, to) => (from === undefined || date >= from) && (to === undefined || date <= to);
const same = (value, wanted) => wanted === undefined || value === wanted;
/** What queries of predictions and outcomes have in common. */
const ranged = (row, q) =>
  same(row.code, q.code) &&
  same(row.horizon, q.horizon) &&
  within(row.baseDate, q.fromBaseDate, q.toBaseDate) &&
  (q.after === undefined || check.compareKeys(row, q.after) > 0);
const failed = (error) => new ForecastError('STORE_FAILED', `jsonLinesStore: ${error.message}`, { cause: error });

/**
 * Opens a store in a folder of JSON lines.
 * @param {string} folder made when it is missing
 * @returns {Promise<import('chronolight/store').Store>}
 */
export async function jsonLinesStore(folder) {
  const tables = {};
  try {
    await mkdir(folder, { recursive: true });
    for (const name of Object.keys(TABLES)) tables[name] = await openTable(join(folder, `${name}.jsonl`), TABLES[name]);
  } catch (error) {
    throw error instanceof ForecastError ? error : failed(error);
  }
  const { predictions, outcomes, weights, performance, jobRuns, models } = tables;
  let closed = false;
  let last = Promise.resolve();

  /** Returns the methods, each refused after close(). */
  const guarded = (methods) => {
    const guard =
      (name, method) =>
      async (...args) => {
        if (closed) throw new ForecastError('STORE_CLOSED', `${name}: the store is closed`);
        return method(...args);
      };
    return Object.fromEntries(Object.entries(methods).map(([name, method]) => [name, guard(name, method)]));
  };

  /** Runs `decide`, which returns the rows to write and the call's answer, after the calls before it. */
  const write = (table, decide) => {
    const result = last.then(async () => {
      const { rows, answer } = decide();
      if (rows.length > 0) await table.append(rows);
      return answer;
    });
    last = result.catch(() => {});
    return result;
  };

  const list = (table, order, limit, keeps) =>
    structuredClone([...table.rows.values()].filter(keeps).sort(order).slice(0, limit));

  const putHistory = (where, table, checkRow) => async (records) => {
    const checked = check.checkAll(records, where, checkRow);
    await write(table, () => ({ rows: checked.map((row) => [historyKey(row), row]) }));
  };

  const listHistory =
    (where, table) =>
    async (query = {}) => {
      const { code, horizon, fromAsOf, toAsOf, limit } = check.checkQuery(query, where);
      return list(table, byAsOf, limit, (row) => {
        return same(row.code, code) && same(row.horizon, horizon) && within(row.asOf, fromAsOf, toAsOf);
      });
    };

  /** Changes a run that its owner holds; answers whether the owner does. */
  const changeRun = (change) =>
    write(jobRuns, () => {
      const held = jobRuns.rows.get(runKey(change));
      const holds = held?.status === 'running' && held.owner === change.owner;
      return { rows: holds ? [[runKey(change), { ...held, ...change }]] : [], answer: holds };
    });

  const putModels = async (where, entries) => {
    const checked = entries.map((entry) => check.checkModelEntry(entry, where));
    await write(models, () => ({ rows: checked.map((entry) => [entry.key, entry]) }));
  };

  const methods = {
    async upsertPredictions(records) {
      const checked = check.checkAll(records, 'upsertPredictions', check.checkPrediction);
      await write(predictions, () => {
        const flags = new Map();
        for (const row of checked) {
          const key = check.keyText(row);
          if (outcomes.rows.has(key)) {
            throw new ForecastError('ALREADY_MATCHED', `upsertPredictions: ${key} has an outcome`, { actual: key });
          }
          row.userTriggered ||= flags.get(key) ?? predictions.rows.get(key)?.userTriggered ?? false;
          flags.set(key, row.userTriggered);
        }
        return { rows: checked.map((row) => [check.keyText(row), row]) };
      });
    },
    async getPrediction(key) {
      return structuredClone(predictions.rows.get(check.keyText(check.checkKey(key, 'getPrediction'))));
    },
    async listPredictions(query = {}) {
      const q = check.checkQuery(query, 'listPredictions');
      const keeps = (row) =>
        ranged(row, q) &&
        same(row.userTriggered, q.userTriggered) &&
        same(outcomes.rows.has(check.keyText(row)), q.matched) &&
        within(row.targetDate, q.fromTargetDate, q.toTargetDate);
      return list(predictions, check.compareKeys, q.limit, keeps);
    },

    async recordOutcomes(records) {
      const checked = check.checkAll(records, 'recordOutcomes', check.checkOutcome);
      return write(outcomes, () => {
        const fresh = new Map();
        for (const row of checked) {
          const key = check.keyText(row);
          if (!predictions.rows.has(key)) {
            throw new ForecastError('UNKNOWN_PREDICTION', `recordOutcomes: no prediction ${key}`, { actual: key });
          }
          if (!outcomes.rows.has(key) && !fresh.has(key)) fresh.set(key, row);
        }
        return { rows: [...fresh], answer: fresh.size };
      });
    },
    async listOutcomes(query = {}) {
      const q = check.checkQuery(query, 'listOutcomes');
      const keeps = (row) => ranged(row, q) && within(row.actualDate, q.fromActualDate, q.toActualDate);
      return list(outcomes, check.compareKeys, q.limit, keeps);
    },

    putWeights: putHistory('putWeights', weights, check.checkWeights),
    listWeights: listHistory('listWeights', weights),
    async getWeights(code, horizon, asOf) {
      const key = check.checkWeightsKey(code, horizon, asOf, 'getWeights');
      const rows = list(weights, byAsOf, Infinity, (row) => {
        return row.code === key.code && row.horizon === key.horizon && within(row.asOf, undefined, key.asOf);
      });
      return rows.at(-1);
    },
    putPerformance: putHistory('putPerformance', performance, check.checkPerformance),
    listPerformance: listHistory('listPerformance', performance),

    async claimJobRun(claim) {
      const { job, scheduledFor, owner, now, leaseMs } = check.checkClaim(claim, 'claimJobRun');
      return write(jobRuns, () => {
        const held = jobRuns.rows.get(runKey({ job, scheduledFor }));
        if (held !== undefined && (held.status !== 'running' || held.leaseUntil > now))
          return { rows: [], answer: false };
        const leaseUntil = new Date(now.getTime() + leaseMs);
        const row = { job, scheduledFor, status: 'running', owner, startedAt: now, leaseUntil };
        return { rows: [[runKey(row), row]], answer: true };
      });
    },
    finishJobRun: (run) => changeRun(check.checkRunEnd(run, 'finishJobRun')),
    renewJobRun: (run) => changeRun(check.checkRenewal(run, 'renewJobRun')),
    async listJobRuns(query) {
      const { job, limit } = check.checkJobQuery(query, 'listJobRuns');
      return list(
        jobRuns,
        (a, b) => b.scheduledFor - a.scheduledFor,
        limit,
        (row) => row.job === job,
      );
    },
  };

  const modelMethods = {
    get: (key) => models.rows.get(check.checkModelKey(key, { where: 'models.get', path: '' }))?.text,
    getMeta: (key) =>
      structuredClone(models.rows.get(check.checkModelKey(key, { where: 'models.getMeta', path: '' }))?.meta),
    put: (key, text, meta) => putModels('models.put', [{ key, text, meta }]),
    putMany: (entries) => putModels('models.putMany', entries),
    list: (prefix = '') => [...models.rows.keys()].filter((key) => key.startsWith(prefix)).sort(),
  };

  return {
    ...guarded(methods),
    models: guarded(modelMethods),
    async close() {
      closed = true;
      await last; // what was begun before is completed
    },
  };
}

/** Reads a table's file into memory. A last line without its line break is a call that was cut short: it is removed. */
async function openTable(path, instants) {
  const rows = new Map();
  const text = await readFile(path, 'utf8').catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    return '';
  });
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  let length = Buffer.byteLength(whole);
  for (const [index, line] of whole.split('\n').slice(0, -1).entries()) {
    try {
      for (const [key, row] of JSON.parse(line)) {
        for (const field of instants) if (row[field] !== undefined) row[field] = new Date(row[field]);
        rows.set(key, row);
      }
    } catch (cause) {
      throw new ForecastError('CORRUPT_ROW', `${path}, line ${index + 1} cannot be read back`, { cause, actual: path });
    }
  }
  return {
    rows,
    /** Writes one line, flushed to the disk, where the last whole one ends; then, and only then, the rows count. */
    async append(entries) {
      const line = Buffer.from(`${JSON.stringify(entries)}\n`);
      let file;
      try {
        file = await open(path, 'a+');
        await file.truncate(length);
        await file.appendFile(line);
        await file.sync();
      } catch (error) {
        throw failed(error);
      } finally {
        await file?.close();
      }
      length += line.length;
      for (const [key, row] of entries) rows.set(key, row);
    },
  };
}
