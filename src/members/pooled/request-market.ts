import { mapConcurrently } from '../../concurrency/index.js';
import type { ForecastRequest } from '../../ensemble/index.js';
import { type MarketReference, type MarketStates, marketStates } from './market-state.js';
import { instrumentHistory } from './pooled-rows.js';

/** Prices of so many reference instruments are fetched at a time. */
const FETCH_CONCURRENCY = 8;

/** The market as its reference instruments show it today, and what is to be told of those that are missing. */
export interface RequestMarket {
  readonly states: MarketStates;
  readonly notes: readonly string[];
}

/**
 * Returns the market's states from the newest bars of its reference instruments, whatever else is in the batch: an instrument's forecast is the
 * same in any batch. A reference without prices is left out and told.
 *
 * @throws the signal's reason when aborted
 */
export async function requestMarket(
  codes: readonly string[],
  { history, signal }: Pick<ForecastRequest, 'history' | 'signal'>,
): Promise<RequestMarket> {
  const missing: string[] = [];
  const references = await mapConcurrently(codes, FETCH_CONCURRENCY, async (code): Promise<MarketReference[]> => {
    try {
      if (history === undefined) throw new TypeError('no prices of other instruments');
      const series = await history(code);
      signal.throwIfAborted();
      return [{ dates: series.dates, ...instrumentHistory(series) }];
    } catch (error) {
      signal.throwIfAborted();
      missing.push(`${code} left out of the market: ${error instanceof Error ? error.message : String(error)}`);
      return [];
    }
  });
  return { states: marketStates(references.flat(), codes.length), notes: missing.sort() };
}
