import { letOthersRun } from '../concurrency/index.js';
import type { OutcomeRecord, PredictionKey, PredictionRecord } from '../store/records.js';
import type { OutcomeQuery, PredictionQuery, Store } from '../store/store.js';

/** Rows read at a time: a store of millions is never loaded whole. */
const PAGE_ROWS = 1000;

/** Yields the predictions that the query selects, page by page, in the store's order. */
export function pagedPredictions(store: Store, query: PredictionQuery): AsyncGenerator<PredictionRecord[]> {
  return paged((page) => store.listPredictions({ ...query, ...page }));
}

/** Yields the outcomes that the query selects, page by page, in the store's order. */
export function pagedOutcomes(store: Store, query: OutcomeQuery): AsyncGenerator<OutcomeRecord[]> {
  return paged((page) => store.listOutcomes({ ...query, ...page }));
}

async function* paged<T extends PredictionKey>(
  read: (page: { after?: PredictionKey; limit: number }) => Promise<T[]>,
): AsyncGenerator<T[]> {
  let after: PredictionKey | undefined;
  for (;;) {
    const rows = await read({ limit: PAGE_ROWS, ...(after && { after }) });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) return;
    await letOthersRun();
    const { code, baseDate, horizon } = rows[rows.length - 1];
    after = { code, baseDate, horizon };
  }
}
