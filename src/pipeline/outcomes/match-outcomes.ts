import { type ForecastError, invalid, isForecastError } from '../../errors.js';
import { FLAT_BAND, type PriceSeries, parseEpochDay } from '../../series/index.js';
import type { OutcomeRecord, PredictionKey, PredictionRecord } from '../../store/records.js';
import { checkCodes, requirePart } from '../check-request.js';
import type { Progress, StoringContext } from '../context.js';
import { FETCH_CONCURRENCY, fetchSeries } from '../fetch-series.js';
import { letOthersRun } from '../let-others-run.js';
import { mapConcurrently } from '../map-concurrently.js';
import { pagedPredictions } from '../paged.js';
import { isStoreDown } from '../store-down.js';
import { writeTogether } from '../write-together.js';
import { scoreOutcome } from './score-outcome.js';

export type MatchOptions = StoringContext & {
  /** 'user' (default): only predictions that a user asked for; 'all': batch predictions too. */
  scope?: 'user' | 'all';
  /** Only these instruments' predictions; default all. */
  codes?: readonly string[];
  onProgress?: (progress: Progress) => void;
};

/** Why a due prediction has no outcome yet. */
export interface SkippedMatch extends PredictionKey {
  /** 'no-close': the horizon-th bar after the base date is not there yet. 'no-base': the source has no bar on the base date. */
  reason: 'no-close' | 'no-base';
}

export interface MatchReport {
  date: string;
  /** Outcomes that are new. */
  matched: number;
  skipped: SkippedMatch[];
  /**
   * Instruments whose prices could not be read or whose outcomes were refused; their predictions stay due. And stored predictions that
   * cannot be read back (`CORRUPT_ROW`), under their instrument where `codes` are given, else under their key.
   */
  failures: { code: string; error: unknown }[];
}

/**
 * Matches every prediction that is due by `date` and has no outcome with the real close, and stores the outcomes.
 *
 * The real close is that of the `horizon`-th bar after the base date, whatever the calendar expected. Both closes of a return
 * come from one fetch. Doing it again changes nothing.
 *
 * @param date 'YYYY-MM-DD'; no bar after it is looked at
 * @throws ForecastError `INVALID_DATE`; `INVALID_ARGUMENT` for `codes`; whatever the store throws; the signal's reason when aborted (what was stored stays)
 */
export async function matchOutcomes(date: string, options: MatchOptions): Promise<MatchReport> {
  const store = requirePart('matchOutcomes', 'store', options.store);
  if (parseEpochDay(date) === undefined) {
    throw invalid('INVALID_DATE', 'matchOutcomes', 'date', "an existing day 'YYYY-MM-DD'", date);
  }
  const { signal, logger, onProgress } = options;
  const report: MatchReport = { date, matched: 0, skipped: [], failures: [] };
  const due = [...(await dueByCode(date, options, report))];
  for (const { code, error } of report.failures)
    logger?.warn(`matchOutcomes: a prediction of ${code} is lost`, { error });
  for (let start = 0; start < due.length; start += CHUNK_SIZE) {
    const chunk = due.slice(start, start + CHUNK_SIZE);
    const parts = await mapConcurrently(chunk, FETCH_CONCURRENCY, ([code, predictions]) =>
      tryCode(code, predictions, date, options),
    );
    const met = parts.filter((part) => part.error === undefined && part.outcomes.length > 0);
    const record = (some: readonly (typeof met)[number][]) =>
      store.recordOutcomes(some.flatMap(({ outcomes }) => outcomes));
    const { results, refused } = await writeTogether(met, record, signal);
    report.matched += results.reduce((sum, count) => sum + count, 0);
    for (const [i, part] of parts.entries()) {
      const { code, skipped } = part;
      const error = part.error ?? refused.get(part);
      if (error === undefined) report.skipped.push(...skipped);
      else {
        report.failures.push({ code, error });
        logger?.warn(`matchOutcomes: ${code} stays due`, { error });
      }
      onProgress?.({ done: start + i + 1, total: due.length, item: code });
    }
  }
  logger?.info('matchOutcomes', { date, matched: report.matched, skipped: report.skipped.length });
  return report;
}

/** Instruments matched at a time, their outcomes stored in one call. */
const CHUNK_SIZE = 64;

/** As `matchCode`, its failure in the result unless the signal is aborted or the store is gone. */
async function tryCode(code: string, predictions: readonly PredictionRecord[], date: string, options: MatchOptions) {
  try {
    return { code, error: undefined, ...(await matchCode(code, predictions, date, options)) };
  } catch (error) {
    options.signal?.throwIfAborted();
    if (isStoreDown(error)) throw error;
    return { code, error, outcomes: [], skipped: [] };
  } finally {
    await letOthersRun();
  }
}

async function matchCode(
  code: string,
  predictions: readonly PredictionRecord[],
  date: string,
  context: StoringContext,
): Promise<{ outcomes: OutcomeRecord[]; skipped: SkippedMatch[] }> {
  const { flatBand = FLAT_BAND, clock = () => new Date() } = context;
  const bars = await fetchIndexed(context, code, predictions, date);
  const outcomes: OutcomeRecord[] = [];
  const skipped: SkippedMatch[] = [];
  for (const prediction of predictions) {
    const closes = realizedCloses(bars, prediction);
    if (typeof closes === 'string') skipped.push({ ...keyOf(prediction), reason: closes });
    else outcomes.push(scoreOutcome(prediction, closes, { flatBand, matchedAt: clock() }));
  }
  return { outcomes, skipped };
}

async function dueByCode(
  date: string,
  { store, scope = 'user', codes, signal }: MatchOptions,
  { failures }: MatchReport,
): Promise<Map<string, PredictionRecord[]>> {
  const query = { toTargetDate: date, matched: false, ...(scope === 'user' && { userTriggered: true }) };
  const queries: (typeof query & { code?: string })[] = codes
    ? checkCodes('matchOutcomes', codes).map((code) => ({ ...query, code }))
    : [query];
  const due = new Map<string, PredictionRecord[]>();
  for (const one of queries) {
    const onCorruptRow = (error: ForecastError) =>
      void failures.push({ code: one.code ?? String(error.actual), error });
    for await (const page of pagedPredictions(store, { ...one, onCorruptRow })) {
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

interface IndexedSeries {
  series: PriceSeries;
  rowOf: Map<string, number>;
}

/** Returns the bars from the oldest base date to `date`, or undefined if there is none. */
async function fetchIndexed(
  context: StoringContext,
  code: string,
  predictions: readonly PredictionRecord[],
  date: string,
): Promise<IndexedSeries | undefined> {
  const from = predictions.reduce((first, { baseDate }) => (baseDate < first ? baseDate : first), date);
  try {
    const series = await fetchSeries(context, code, { from, to: date });
    return { series, rowOf: new Map(series.dates.map((day, row) => [day, row])) };
  } catch (error) {
    if (isForecastError(error, 'EMPTY_SERIES')) return undefined;
    throw error;
  }
}

function realizedCloses(bars: IndexedSeries | undefined, { baseDate, horizon }: PredictionKey) {
  const base = bars?.rowOf.get(baseDate);
  if (bars === undefined || base === undefined) return 'no-base';
  const { series } = bars;
  const target = base + horizon;
  if (target >= series.length) return 'no-close';
  return { baseClose: series.close[base], actualDate: series.dates[target], actualClose: series.close[target] };
}

function keyOf({ code, baseDate, horizon }: PredictionKey): PredictionKey {
  return { code, baseDate, horizon };
}
