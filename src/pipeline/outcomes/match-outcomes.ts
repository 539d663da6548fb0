import { letOthersRun, mapConcurrently } from '../../concurrency/index.js';
import { type ForecastError, invalid, isForecastError, refuseUnknown } from '../../errors.js';
import { parseEpochDay, tradingDaysBetween } from '../../series/inside.js';
import type { OutcomeRecord, PredictionKey, PredictionRecord, PredictionVoid } from '../../store/records.js';
import { checkCodes, checkDays } from '../check-request.js';
import {
  CALL_OPTIONS,
  type CallOptions,
  type Context,
  type Progress,
  requireStoring,
  type StoringContext,
} from '../context.js';
import { FETCH_CONCURRENCY, fetchSeries } from '../fetch-series.js';
import { pagedPredictions } from '../paged.js';
import { isStoreDown } from '../store-down.js';
import { writeTogether } from '../write-together.js';
import { baseChangeOf } from './base-change.js';
import { type MatchingBars, type PendingReason, realizedCloses } from './realized-closes.js';
import { scoreOutcome } from './score-outcome.js';

export interface MatchOptions extends CallOptions {
  /** 'all' (default): every prediction that is due; 'user': only those that a user asked for. */
  scope?: 'user' | 'all' | undefined;
  /** Only these instruments' predictions; default all. */
  codes?: readonly string[] | undefined;
  /** Trading days that a bar which the calendar expects may come late; default 5. */
  waitDays?: number | undefined;
  /** Trading days after the target day with no bar at all, after which a prediction is void; default 20. */
  giveUpDays?: number | undefined;
  onProgress?: ((progress: Progress) => void) | undefined;
}

const KEYS = [...CALL_OPTIONS, 'scope', 'codes', 'waitDays', 'giveUpDays', 'onProgress'];

/** A due prediction without an outcome yet. */
export interface PendingMatch extends PredictionKey {
  reason: PendingReason;
}

/** A prediction that can never be matched. */
export interface VoidMatch extends PredictionKey {
  reason: PredictionVoid['reason'];
}

export interface MatchReport {
  date: string;
  /** Outcomes that are new. */
  matched: number;
  pending: PendingMatch[];
  /** Predictions that were found never to be matched, and are due no more. */
  void: VoidMatch[];
  /**
   * Instruments whose prices could not be read or whose outcomes were refused; their predictions stay due. And stored predictions that
   * cannot be read back (`CORRUPT_ROW`), under their instrument where `codes` are given, else under their key.
   */
  failures: { code: string; error: unknown }[];
}

/**
 * Matches every prediction that is due by `date` and has no outcome with the real close, and stores the outcomes.
 *
 * The real close is that of the `horizon`-th bar after the base date; a bar that the calendar expects and the source lacks is waited for, and
 * what can never be matched becomes void (docs/concepts.md). Both closes of a return come from one fetch. Doing it again changes nothing.
 *
 * @param date 'YYYY-MM-DD'; no bar after it is looked at
 * @throws ForecastError `INVALID_DATE`; `INVALID_ARGUMENT` for the options; whatever the store throws; the signal's reason when aborted (what was stored stays)
 */
export async function matchOutcomes(date: string, context: Context, options: MatchOptions = {}): Promise<MatchReport> {
  const storing = requireStoring('matchOutcomes', context, options);
  refuseUnknown('matchOutcomes', options, KEYS);
  if (parseEpochDay(date) === undefined) {
    throw invalid('INVALID_DATE', 'matchOutcomes', 'date', "an existing day 'YYYY-MM-DD'", date);
  }
  const { signal, onProgress, scope = 'all' } = options;
  if (scope !== 'all' && scope !== 'user')
    throw invalid('INVALID_ARGUMENT', 'matchOutcomes', 'scope', "'all' or 'user'", scope);
  const request: Matching = {
    context: storing,
    date,
    waitDays: checkDays('matchOutcomes', 'waitDays', options.waitDays ?? 5),
    giveUpDays: checkDays('matchOutcomes', 'giveUpDays', options.giveUpDays ?? 20),
    signal,
  };
  const { store, logger } = storing;
  const report: MatchReport = { date, matched: 0, pending: [], void: [], failures: [] };
  const due = [...(await dueByCode({ ...request, scope, codes: options.codes }, report))];
  for (const { code, error } of report.failures)
    logger?.warn(`matchOutcomes: a prediction of ${code} is lost`, { error });
  const days = tradedDays();
  for (let start = 0; start < due.length; start += CHUNK_SIZE) {
    const chunk = due.slice(start, start + CHUNK_SIZE);
    const fetched = await mapConcurrently(chunk, FETCH_CONCURRENCY, ([code, predictions]) =>
      fetchDue(code, predictions, request),
    );
    for (const { bars } of fetched) days.add(bars);
    const parts = [];
    for (const item of fetched) {
      parts.push(tryMatch(item, days, request));
      await letOthersRun();
    }
    const met = parts.filter((part) => part.error === undefined && part.outcomes.length > 0);
    const record = (some: readonly (typeof met)[number][]) =>
      store.recordOutcomes(some.flatMap(({ outcomes }) => outcomes));
    const { results, refused } = await writeTogether(met, record, signal);
    report.matched += results.reduce((sum, count) => sum + count, 0);
    const never = parts.flatMap((part) => (part.error === undefined ? part.never : []));
    if (never.length > 0) {
      const voidedAt = storing.clock();
      await store.voidPredictions(never.map((key) => ({ ...key, voidedAt })));
    }
    for (const [i, part] of parts.entries()) {
      const { code } = part;
      const error = part.error ?? refused.get(part);
      if (error === undefined) {
        report.pending.push(...part.pending);
        report.void.push(...part.never);
      } else {
        report.failures.push({ code, error });
        logger?.warn(`matchOutcomes: ${code} stays due`, { error });
      }
      onProgress?.({ done: start + i + 1, total: due.length, item: code });
    }
  }
  logger?.info('matchOutcomes', {
    date,
    matched: report.matched,
    pending: report.pending.length,
    void: report.void.length,
    failed: report.failures.length,
  });
  return report;
}

/** Instruments matched at a time, their outcomes stored in one call. */
const CHUNK_SIZE = 64;

interface Matching {
  context: StoringContext;
  date: string;
  waitDays: number;
  giveUpDays: number;
  signal: AbortSignal | undefined;
}

type Due = readonly PredictionRecord[];

/** An instrument's due predictions and bars, or why there are no bars. */
interface Fetched {
  code: string;
  predictions: Due;
  bars?: Pick<MatchingBars, 'series' | 'rowOf'>;
  error?: unknown;
}

interface Matched {
  code: string;
  error?: unknown;
  outcomes: OutcomeRecord[];
  pending: PendingMatch[];
  never: VoidMatch[];
}

/** Fetches the bars from the oldest base date to the run's date. */
async function fetchDue(code: string, predictions: Due, { context, date, signal }: Matching): Promise<Fetched> {
  const from = predictions.reduce((first, { baseDate }) => (baseDate < first ? baseDate : first), date);
  try {
    const series = await fetchSeries(context, code, { from, to: date, signal });
    return { code, predictions, bars: { series, rowOf: new Map(series.dates.map((day, row) => [day, row])) } };
  } catch (error) {
    signal?.throwIfAborted();
    if (isStoreDown(error)) throw error;
    if (isForecastError(error, 'EMPTY_SERIES'))
      return { code, predictions, bars: { series: undefined, rowOf: new Map() } };
    return { code, predictions, error };
  }
}

/** Which days the instruments of a run traded. */
interface TradedDays {
  add(bars: Fetched['bars']): void;
  /** Returns whether the exchange was open; undefined while too few instruments have bars around that day. */
  wasOpen(date: string): boolean | undefined;
}

/** So many instruments without a bar on a day show that the exchange was shut. */
const ENOUGH_TO_TELL = 3;

function tradedDays(): TradedDays {
  const bars = new Map<string, number>();
  const spans: { first: string; last: string }[] = [];
  return {
    add(added) {
      if (added?.series === undefined) return;
      const { dates } = added.series;
      spans.push({ first: dates[0], last: dates[dates.length - 1] });
      for (const date of dates) bars.set(date, (bars.get(date) ?? 0) + 1);
    },
    wasOpen(date) {
      if ((bars.get(date) ?? 0) > 0) return true;
      const around = spans.filter(({ first, last }) => first < date && date < last).length;
      return around >= ENOUGH_TO_TELL ? false : undefined;
    },
  };
}

function tryMatch({ code, predictions, bars, error }: Fetched, days: TradedDays, request: Matching): Matched {
  const { context, date, giveUpDays } = request;
  const matched: Matched = { code, outcomes: [], pending: [], never: [] };
  const { calendar, flatBand } = context.market;
  if (bars === undefined) {
    // an instrument that the source forgot is gone for good, once that has lasted
    const gone = isForecastError(error, 'UNKNOWN_CODE');
    for (const prediction of predictions) {
      const lasted = gone && tradingDaysBetween(prediction.targetDate, date, calendar) > giveUpDays;
      if (lasted) matched.never.push({ ...keyOf(prediction), reason: 'unknown-code' });
    }
    return matched.never.length === predictions.length ? matched : { ...matched, never: [], error };
  }
  const { series, rowOf } = bars;
  const matching: MatchingBars = { series, rowOf, wasOpen: days.wasOpen };
  const closeToday = (day: string) => series?.close[rowOf.get(day) ?? -1];
  for (const prediction of predictions) {
    const key = keyOf(prediction);
    const realized = realizedCloses(matching, prediction, { calendar, ...request });
    if ('pending' in realized) matched.pending.push({ ...key, reason: realized.pending });
    else if ('never' in realized) matched.never.push({ ...key, reason: realized.never });
    else {
      const baseChange = baseChangeOf(prediction, closeToday, predictions);
      const matchedAt = context.clock();
      matched.outcomes.push(scoreOutcome(prediction, realized.closes, { flatBand, matchedAt, baseChange }));
    }
  }
  return matched;
}

async function dueByCode(
  { context, date, scope, codes, signal }: Matching & { scope: 'user' | 'all'; codes: readonly string[] | undefined },
  { failures }: MatchReport,
): Promise<Map<string, PredictionRecord[]>> {
  const query = dueQuery(date, scope);
  const queries: (typeof query & { code?: string })[] = codes
    ? checkCodes('matchOutcomes', codes).map((code) => ({ ...query, code }))
    : [query];
  const due = new Map<string, PredictionRecord[]>();
  for (const one of queries) {
    const onCorruptRow = corruptInto(failures, one.code);
    for await (const page of pagedPredictions(context.store, { ...one, onCorruptRow })) {
      signal?.throwIfAborted();
      for (const prediction of page) {
        const sameCode = due.get(prediction.code);
        if (sameCode) sameCode.push(prediction);
        else due.set(prediction.code, [prediction]);
      }
    }
  }
  return due;
}

/** Returns the instruments that have predictions due by the date, ascending, and the predictions that cannot be read back. */
export async function codesDue(
  date: string,
  { store }: StoringContext,
  { scope = 'all', signal }: Pick<MatchOptions, 'scope' | 'signal'>,
): Promise<{ codes: string[]; failures: MatchReport['failures'] }> {
  const failures: MatchReport['failures'] = [];
  const codes = new Set<string>();
  const query = { ...dueQuery(date, scope), onCorruptRow: corruptInto(failures) };
  for await (const page of pagedPredictions(store, query)) {
    signal?.throwIfAborted();
    for (const { code } of page) codes.add(code);
  }
  return { codes: [...codes].sort(), failures };
}

const dueQuery = (date: string, scope: 'user' | 'all') => ({
  toTargetDate: date,
  state: 'due' as const,
  ...(scope === 'user' && { userTriggered: true }),
});

const corruptInto = (failures: MatchReport['failures'], code?: string) => (error: ForecastError) =>
  void failures.push({ code: code ?? String(error.actual), error });

function keyOf({ code, baseDate, horizon }: PredictionKey): PredictionKey {
  return { code, baseDate, horizon };
}
