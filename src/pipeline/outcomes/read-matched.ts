import { keyText } from '../../store/order.js';
import type { OutcomeRecord, PredictionKey, PredictionRecord } from '../../store/records.js';
import type { OutcomeQuery, Store } from '../../store/store.js';
import { pagedOutcomes } from '../paged.js';
import type { MatchedForecast } from './score-forecasts.js';

/**
 * Yields outcomes with their predictions, page by page, ascending by (baseDate, code, horizon). With `onCorruptRow` in the query, rows of
 * either kind that cannot be read back are told to it and left out.
 */
export async function* matchedForecasts(store: Store, query: OutcomeQuery = {}): AsyncGenerator<MatchedForecast[]> {
  for await (const outcomes of pagedOutcomes(store, query)) {
    const predictions = await predictionsOf(store, outcomes, query);
    yield outcomes.flatMap((outcome) => {
      const prediction = predictions.get(keyText(outcome));
      return prediction ? [{ prediction, outcome }] : [];
    });
  }
}

/** Returns the predictions of a page of outcomes; both lists run in the same order, so they lie in one range of base dates. */
async function predictionsOf(
  store: Store,
  outcomes: readonly OutcomeRecord[],
  { onCorruptRow }: OutcomeQuery,
): Promise<Map<string, PredictionRecord>> {
  const wanted = new Set(outcomes.map(keyText));
  const predictions = new Map<string, PredictionRecord>();
  const range = {
    fromBaseDate: outcomes[0].baseDate,
    toBaseDate: outcomes[outcomes.length - 1].baseDate,
    state: 'matched' as const,
    ...(onCorruptRow && { onCorruptRow }),
  };
  let after: PredictionKey | undefined;
  while (predictions.size < wanted.size) {
    const page = await store.listPredictions({ ...range, ...(after && { after }) });
    if (page.length === 0) break;
    for (const prediction of page)
      if (wanted.has(keyText(prediction))) predictions.set(keyText(prediction), prediction);
    after = page[page.length - 1];
  }
  return predictions;
}
