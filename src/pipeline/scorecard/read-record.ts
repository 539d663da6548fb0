import type { ForecastError } from '../../errors.js';
import { toEpochDay } from '../../series/index.js';
import { dateInZone } from '../../series/inside.js';
import { keyText } from '../../store/order.js';
import type { PredictionRecord, PredictionVoid } from '../../store/records.js';
import type { StoringContext } from '../context.js';
import { matchedForecasts } from '../outcomes/read-matched.js';
import type { MatchedForecast } from '../outcomes/score-forecasts.js';
import { pagedPredictions } from '../paged.js';

/** What is read. */
export interface RecordRange {
  codes: readonly string[] | undefined;
  horizons: readonly number[] | undefined;
  /** First and last base date; the last is also the day whose evening the record is seen from. */
  from: string;
  to: string;
  signal: AbortSignal | undefined;
}

/** A forecast without its distribution, and what had become of it by the last day. */
export interface IssuedForecastState {
  baseDate: string;
  horizon: number;
  weights: PredictionRecord['weights'];
  /** 'waiting': its day has not come; 'overdue': it has, and no close has been met. */
  state: 'matched' | 'waiting' | 'overdue' | PredictionVoid['reason'];
  /** The date of the close that it met, or on which it was found void. */
  settled?: string;
}

/** What the store held of a window on its last day. */
export interface TrackRecord {
  issued: IssuedForecastState[];
  matched: MatchedForecast[];
  /** Rows that cannot be read back. */
  unreadable: number;
}

const DAY_MS = 86_400_000;

/**
 * Returns the forecasts of a window and what was known of them on its last day: closes of later days, later voids and forecasts issued
 * later are left out, so that an old window looks the same for ever.
 */
export async function readRecord(
  { store, market, logger }: StoringContext,
  { codes, horizons, from, to, signal }: RecordRange,
): Promise<TrackRecord> {
  const record: TrackRecord = { issued: [], matched: [], unreadable: 0 };
  const lost = new Set<string>();
  const onCorruptRow = (error: ForecastError) => {
    logger?.warn('scorecard: a row cannot be read back', { error });
    lost.add(error.actual ?? error.message);
  };
  const wanted = codes && new Set(codes);
  const isWanted = ({ code, horizon }: { code: string; horizon: number }) =>
    (wanted === undefined || wanted.has(code)) && (horizons === undefined || horizons.includes(horizon));
  /** By the exchange's date and by UTC's, in which a backtest's evenings lie. Only instants near the last day need their zone. */
  const isLater = (instant: Date) =>
    instant.getTime() >= (toEpochDay(to) + 1) * DAY_MS && dateInZone(instant, market.timeZone) > to;
  const isIssuedLater = ({ earlier, issuedAt }: PredictionRecord) => isLater(earlier?.issuedAt ?? issuedAt);
  const query = {
    fromBaseDate: from,
    toBaseDate: to,
    onCorruptRow,
    ...(codes?.length === 1 && { code: codes[0] }),
    ...(horizons?.length === 1 && { horizon: horizons[0] }),
  };
  const met = new Map<string, string>();
  for await (const page of matchedForecasts(store, { ...query, toActualDate: to })) {
    signal?.throwIfAborted();
    for (const row of page) {
      if (!isWanted(row.prediction) || isIssuedLater(row.prediction)) continue;
      met.set(keyText(row.prediction), row.outcome.actualDate);
      record.matched.push(row);
    }
  }
  for await (const page of pagedPredictions(store, query)) {
    signal?.throwIfAborted();
    for (const prediction of page) {
      if (!isWanted(prediction) || isIssuedLater(prediction)) continue;
      const { baseDate, horizon, weights, targetDate, void: found } = prediction;
      const actualDate = met.get(keyText(prediction));
      const issued = { baseDate, horizon, weights };
      if (actualDate !== undefined) record.issued.push({ ...issued, state: 'matched', settled: actualDate });
      else if (found !== undefined && !isLater(found.voidedAt)) {
        record.issued.push({ ...issued, state: found.reason, settled: dateInZone(found.voidedAt, market.timeZone) });
      } else record.issued.push({ ...issued, state: targetDate <= to ? 'overdue' : 'waiting' });
    }
  }
  record.unreadable = lost.size;
  return record;
}
