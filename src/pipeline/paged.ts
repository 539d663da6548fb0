import { letOthersRun } from '../concurrency/index.js';
import type { MatchedRecord, OutcomeRecord, PredictionKey, PredictionRecord } from '../store/records.js';
import type { OutcomeQuery, PredictionQuery, Store } from '../store/store.js';

const itself = <T>(row: T): T => row;

/** Rows read at a time: a store of millions is never loaded whole. */
const PAGE_ROWS = 1000;

/** Yields the predictions that the query selects, page by page, in the store's order. */
export function pagedPredictions(store: Store, query: PredictionQuery): AsyncGenerator<PredictionRecord[]> {
  return paged((page) => store.listPredictions({ ...query, ...page }), itself);
}

/** Yields the outcomes that the query selects, page by page, in the store's order. */
export function pagedOutcomes(store: Store, query: OutcomeQuery): AsyncGenerator<OutcomeRecord[]> {
  return paged((page) => store.listOutcomes({ ...query, ...page }), itself);
}

/** Yields the outcomes that the query selects, each with its prediction, page by page, in the store's order. */
export function pagedMatched(store: Store, query: OutcomeQuery): AsyncGenerator<MatchedRecord[]> {
  return paged(
    (page) => store.listMatched({ ...query, ...page }),
    ({ outcome }) => outcome,
  );
}

async function* paged<T>(
  read: (page: { after?: PredictionKey; limit: number }) => Promise<T[]>,
  keyOf: (row: T) => PredictionKey,
): AsyncGenerator<T[]> {
  let after: PredictionKey | undefined;
  for (;;) {
    const rows = await read({ limit: PAGE_ROWS, ...(after && { after }) });
    if (rows.length > 0) yield rows;
    if (rows.length < PAGE_ROWS) return;
    await letOthersRun();
    const { code, baseDate, horizon } = keyOf(rows[rows.length - 1]);
    after = { code, baseDate, horizon };
  }
}
