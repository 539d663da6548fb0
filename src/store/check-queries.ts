import { invalid, refuseUnknown } from '../errors.js';
import {
  checkBoolean,
  checkBytes,
  checkCode,
  checkCount,
  checkDate,
  checkHorizon,
  checkInstant,
  checkModelKey,
  checkNumber,
  checkObject,
  checkText,
  checkWord,
  type FieldPath,
  pathTo,
} from './check-fields.js';
import { checkKey } from './check-records.js';
import type { ModelEntry } from './model-store.js';
import type {
  HistoryQuery,
  JobRunClaim,
  JobRunEnd,
  JobRunRenewal,
  OutcomeQuery,
  PredictionQuery,
  PruneOptions,
} from './store.js';

/** How many rows a list method returns when the query names no limit. */
export const DEFAULT_LIMIT = 1000;

const DATES = [
  'fromBaseDate',
  'toBaseDate',
  'fromTargetDate',
  'toTargetDate',
  'fromActualDate',
  'toActualDate',
  'fromAsOf',
  'toAsOf',
] as const;

type Query = PredictionQuery & OutcomeQuery & HistoryQuery;

const SHARED = ['code', 'horizon', 'limit', 'onCorruptRow'];
const BASE_DATES = ['fromBaseDate', 'toBaseDate', 'after'];
const OUTCOMES = [...SHARED, ...BASE_DATES, 'fromActualDate', 'toActualDate'];
const HISTORY = [...SHARED, 'fromAsOf', 'toAsOf'];

/** The filters that each list knows. */
const FIELDS = {
  listPredictions: [...SHARED, ...BASE_DATES, 'fromTargetDate', 'toTargetDate', 'userTriggered', 'state'],
  listOutcomes: OUTCOMES,
  listMatched: OUTCOMES,
  listWeights: HISTORY,
  listPerformance: HISTORY,
};

/**
 * Returns the query's present fields, checked, and its limit.
 * @param where the list that is asked
 * @throws ForecastError naming the field, also one that this list does not know: it must not look like a filter that was applied
 */
export function checkQuery<Q extends PredictionQuery | OutcomeQuery | HistoryQuery>(
  query: Q,
  where: keyof typeof FIELDS,
): Q & { limit: number } {
  const at = { where, path: 'query' };
  checkObject(query, at);
  refuseUnknown(where, query, FIELDS[where]);
  const given: Query = query;
  const copy: Query & { limit: number } = { limit: DEFAULT_LIMIT };
  if (given.code !== undefined) copy.code = checkCode(given.code, at);
  if (given.horizon !== undefined) copy.horizon = checkHorizon(given.horizon, at);
  for (const field of DATES) {
    if (given[field] !== undefined) copy[field] = checkDate(given[field], at, field);
  }
  if (given.userTriggered !== undefined) copy.userTriggered = checkBoolean(given.userTriggered, at, 'userTriggered');
  if (given.state !== undefined) copy.state = checkWord(given.state, ['due', 'matched', 'void'] as const, at, 'state');
  if (given.after !== undefined) copy.after = checkKey(given.after, where, 'query.after');
  if (given.limit !== undefined) copy.limit = checkCount(given.limit, at, 'limit', 1);
  if (given.onCorruptRow !== undefined) {
    if (typeof given.onCorruptRow !== 'function') {
      throw invalid('INVALID_ARGUMENT', where, 'query.onCorruptRow', 'a function', given.onCorruptRow);
    }
    copy.onCorruptRow = given.onCorruptRow;
  }
  return copy as Q & { limit: number };
}

/** Returns the claim, checked. @throws ForecastError naming the field */
export function checkClaim(claim: JobRunClaim, where: string): JobRunClaim {
  const at = { where, path: 'claim' };
  const now = checkInstant(checkObject(claim, at)['now'], at, 'now');
  return { ...runOf(claim, at), now, leaseMs: checkCount(claim.leaseMs, at, 'leaseMs', 1) };
}

/** Returns the end of a run, checked. @throws ForecastError naming the field */
export function checkRunEnd(run: JobRunEnd, where: string): JobRunEnd {
  const at = { where, path: 'run' };
  const status = checkWord(checkObject(run, at)['status'], ['done', 'failed'] as const, at, 'status');
  const copy: JobRunEnd = { ...runOf(run, at), status, finishedAt: checkInstant(run.finishedAt, at, 'finishedAt') };
  if (run.summary !== undefined) copy.summary = checkText(run.summary, at, 'summary');
  if (run.figures !== undefined) copy.figures = checkFigures(run.figures, at);
  if (run.failures !== undefined) copy.failures = checkFailures(run.failures, at);
  return copy;
}

/** Returns a run's figures. @throws ForecastError `INVALID_ARGUMENT` */
export function checkFigures(figures: unknown, at: FieldPath): Record<string, number> {
  const given = checkObject(figures, at, 'figures');
  const checked = Object.keys(given).map((name) => [
    checkText(name, at, 'figures'),
    checkNumber(given[name], at, `figures.${name}`),
  ]);
  return Object.fromEntries(checked);
}

/** How many failures a run keeps at most. */
const MOST_FAILURES = 100;

/** Returns a run's failures. @throws ForecastError `INVALID_ARGUMENT` */
export function checkFailures(failures: unknown, at: FieldPath): NonNullable<JobRunEnd['failures']> {
  if (!Array.isArray(failures) || failures.length > MOST_FAILURES) {
    const count = Array.isArray(failures) ? `${failures.length}` : failures;
    throw invalid('INVALID_ARGUMENT', at.where, pathTo(at, 'failures'), `an array of at most ${MOST_FAILURES}`, count);
  }
  return failures.map((failure, i) => {
    const place = { where: at.where, path: pathTo(at, `failures[${i}]`) };
    checkObject(failure, place);
    return {
      item: checkText(failure.item, place, 'item'),
      code: checkText(failure.code, place, 'code'),
      message: checkText(failure.message, place, 'message'),
    };
  });
}

/** Returns what is to be pruned, checked and completed. @throws ForecastError naming the field */
export function checkPrune(options: PruneOptions, where: string): Required<Omit<PruneOptions, 'signal'>> {
  const at = { where, path: 'options' };
  checkObject(options, at);
  refuseUnknown(where, options, ['before', 'keepMatched', 'dryRun', 'signal']);
  if (options.signal !== undefined && typeof options.signal?.throwIfAborted !== 'function') {
    throw invalid('INVALID_ARGUMENT', where, 'options.signal', 'an AbortSignal', options.signal);
  }
  return {
    before: checkDate(options.before, at, 'before'),
    keepMatched: options.keepMatched === undefined ? false : checkBoolean(options.keepMatched, at, 'keepMatched'),
    dryRun: options.dryRun === undefined ? false : checkBoolean(options.dryRun, at, 'dryRun'),
  };
}

/** Returns the renewal, checked. @throws ForecastError naming the field */
export function checkRenewal(run: JobRunRenewal, where: string): JobRunRenewal {
  const at = { where, path: 'run' };
  const leaseUntil = checkInstant(checkObject(run, at)['leaseUntil'], at, 'leaseUntil');
  return { ...runOf(run, at), leaseUntil };
}

function runOf(run: { job: string; scheduledFor: Date; owner: string }, at: FieldPath) {
  return {
    job: checkCode(run.job, at, 'job'),
    scheduledFor: checkInstant(run.scheduledFor, at, 'scheduledFor'),
    owner: checkCode(run.owner, at, 'owner'),
  };
}

/** Returns the query of a job's runs, checked, its limit 100 unless given. @throws ForecastError naming the field */
export function checkJobQuery(
  query: { job: string; limit?: number | undefined },
  where: string,
): { job: string; limit: number } {
  const at = { where, path: 'query' };
  const job = checkCode(checkObject(query, at)['job'], at, 'job');
  return { job, limit: query.limit === undefined ? 100 : checkCount(query.limit, at, 'limit', 1) };
}

/** Returns the entry, checked, its meta copied through JSON, its compact form copied. @throws ForecastError `INVALID_KEY`, `INVALID_ARGUMENT` */
export function checkModelEntry(entry: ModelEntry, where: string): ModelEntry {
  const at = { where, path: '' };
  checkObject(entry, { where, path: 'entry' });
  const copy: ModelEntry = { key: checkModelKey(entry.key, at), text: checkText(entry.text, at, 'text') };
  if (entry.meta !== undefined) {
    checkObject(entry.meta, at, 'meta');
    copy.meta = JSON.parse(checkText(JSON.stringify(entry.meta), at, 'meta')) as object;
  }
  if (entry.compact !== undefined) copy.compact = checkBytes(entry.compact, at, 'compact').slice();
  return copy;
}
