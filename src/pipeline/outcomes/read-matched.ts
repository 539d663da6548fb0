import type { OutcomeQuery, Store } from '../../store/store.js';
import { pagedMatched } from '../paged.js';
import type { MatchedForecast } from './score-forecasts.js';

/**
 * Yields outcomes with their predictions, page by page, ascending by (baseDate, code, horizon). With `onCorruptRow` in the query, rows of
 * either kind that cannot be read back are told to it and left out.
 */
export function matchedForecasts(store: Store, query: OutcomeQuery = {}): AsyncGenerator<MatchedForecast[]> {
  return pagedMatched(store, query);
}
