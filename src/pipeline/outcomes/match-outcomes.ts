import { invalid, isForecastError } from '../../errors.js';
import { FLAT_BAND, type PriceSeries, parseEpochDay } from '../../series/index.js';
import type { OutcomeRecord, PredictionKey, PredictionRecord } from '../../store/records.js';
import { requirePart } from '../check-request.js';
import type { Progress, StoringContext } from '../context.js';
import { fetchSeries } from '../fetch-series.js';
import { pagedPredictions } from '../paged.js';
import { isStoreDown } from '../store-down.js';
import { scoreOutcome } from './score-outcome.js';

export type MatchOptions = StoringContext & {
  /** 'user' (default): only predictions that a user asked for; 'all': batch predictions too. */
  scope?: 'user' | 'all';
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
  /** Instruments whose prices could not be read; their predictions stay due. */
  failures: { code: string; error: unknown }[];
}

/**
 * Matches every prediction that is due by `date` and has no outcome with the real close, and stores the outcomes.
 *
 * The real close is that of the `horizon`-th bar after the base date, whatever the calendar expected. Both closes of a return
 * come from one fetch. Doing it again changes nothing.
 *
 * @param date 'YYYY-MM-DD'; no bar after it is looked at
 * @throws ForecastError `INVALID_DATE`; whatever the store throws; the signal's reason when aborted (what was stored stays)
 */
export async function matchOutcomes(date: string, options: MatchOptions): Promise<MatchReport> {
  const store = requirePart('matchOutcomes', 'store', options.store);
  if (parseEpochDay(date) === undefined) {
    throw invalid('INVALID_DATE', 'matchOutcomes', 'date', "an existing day 'YYYY-MM-DD'", date);
  }
  const { scope = 'user', signal, logger, onProgress } = options;
  const report: MatchReport = { date, matched: 0, skipped: [], failures: [] };
  const due = await dueByCode(options, date, scope);
  let done = 0;
  for (const [code, predictions] of due) {
    signal?.throwIfAborted();
    try {
      const { outcomes, skipped } = await matchCode(code, predictions, date, options);
      report.matched += await store.recordOutcomes(outcomes);
      report.skipped.push(...skipped);
    } catch (error) {
      signal?.throwIfAborted();
      if (isStoreDown(error)) throw error;
      report.failures.push({ code, error });
      logger?.warn(`matchOutcomes: ${code} stays due`, { error });
    }
    onProgress?.({ done: ++done, total: due.size, item: code });
  }
  logger?.info('matchOutcomes', { date, matched: report.matched, skipped: report.skipped.length });
  return report;
}

async function matchCode(
  code: string,
  predictions: readonly PredictionRecord[],
  date: string,
  context: StoringContext,
) {
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

async function dueByCode({ store }: StoringContext, date: string, scope: 'user' | 'all') {
  const query = { toTargetDate: date, matched: false, ...(scope === 'user' && { userTriggered: true }) };
  const due = new Map<string, PredictionRecord[]>();
  for await (const page of pagedPredictions(store, query)) {
    for (const prediction of page) {
      const sameCode = due.get(prediction.code);
      if (sameCode) sameCode.push(prediction);
      else due.set(prediction.code, [prediction]);
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
