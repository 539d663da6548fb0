import { isForecastError } from '../errors.js';
import { isStoreDown } from './store-down.js';

/** What became of a write: what the calls returned that the store accepted, and why it refused the other items. */
export interface WrittenTogether<Item, Result> {
  results: Result[];
  refused: Map<Item, unknown>;
}

/**
 * Writes all items in one call of the store; if it refuses them, each by itself, so that one cannot take the others along.
 *
 * A store that stays busy refuses them all: each by itself would wait as long again.
 *
 * @throws the signal's reason when aborted; the store's error when the store is gone
 */
export async function writeTogether<Item, Result>(
  items: readonly Item[],
  write: (items: readonly Item[]) => Promise<Result>,
  signal: AbortSignal | undefined,
): Promise<WrittenTogether<Item, Result>> {
  signal?.throwIfAborted();
  const written: WrittenTogether<Item, Result> = { results: [], refused: new Map() };
  if (items.length === 0) return written;
  try {
    written.results.push(await write(items));
  } catch (error) {
    signal?.throwIfAborted();
    if (isStoreDown(error)) throw error;
    if (items.length === 1 || isForecastError(error, 'STORE_BUSY')) {
      for (const item of items) written.refused.set(item, error);
      return written;
    }
    for (const item of items) {
      const { results, refused } = await writeTogether([item], write, signal);
      written.results.push(...results);
      for (const [one, reason] of refused) written.refused.set(one, reason);
    }
  }
  return written;
}
