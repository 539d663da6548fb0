import { type ForecastError, isForecastError } from '../../errors.js';
import type { WeightsRecord } from '../../store/records.js';
import { type LoadedWeights, loadWeights } from '../../weights/inside.js';
import type { Context } from '../context.js';
import type { Warning } from './forecast.js';

/** More than a row a day of a lifetime. */
const ALL_ROWS = 100_000;

/**
 * Returns the weights of one instrument and horizon. A stored row that cannot be read back is left out and told by its key: the newest one that can
 * be read counts, else the priors.
 *
 * @param warnings to which what was left out is added
 * @throws whatever else the store throws
 */
export async function readableWeights(
  { store, members, logger }: Context,
  key: { code: string; horizon: number; asOf: string },
  warnings: Warning[],
): Promise<LoadedWeights> {
  try {
    return await loadWeights(store, key, members);
  } catch (error) {
    if (store === undefined || !isForecastError(error, 'CORRUPT_ROW')) throw error;
    const { code, horizon, asOf } = key;
    const corrupt: ForecastError[] = [];
    const onCorruptRow = (one: ForecastError) => void corrupt.push(one);
    const rows = await store.listWeights({ code, horizon, toAsOf: asOf, limit: ALL_ROWS, onCorruptRow });
    const newest: WeightsRecord | undefined = rows[rows.length - 1];
    const instead = newest === undefined ? 'the priors' : `those of ${newest.asOf}`;
    const message = `h = ${horizon}: weights that cannot be read back are left out, ${instead} count (${error.message})`;
    logger?.warn(`${code}: ${message}`, { error, corrupt: corrupt.length });
    warnings.push({ kind: 'weights', message });
    return loadWeights({ getWeights: async () => newest }, key, members);
  }
}
