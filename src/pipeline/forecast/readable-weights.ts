import { type ForecastError, isForecastError } from '../../errors.js';
import { groupBy } from '../../stats/index.js';
import type { WeightsRecord } from '../../store/records.js';
import { type LoadedWeights, loadWeights, weightsOfRow } from '../../weights/inside.js';
import type { Context } from '../context.js';
import { isStoreDown } from '../store-down.js';
import type { Warning } from './forecast.js';

/** What weights are read for: an instrument, a horizon, and the day up to which they may have been learned. */
export interface WeightsKey {
  code: string;
  horizon: number;
  asOf: string;
}

/** Returns the weights under a key. @param warnings to which what was left out is added */
export type WeightsReader = (key: WeightsKey, warnings: Warning[]) => Promise<LoadedWeights>;

/**
 * Returns what reads the weights under these keys: those of one day in one call, where the store can. If it refuses that, for one code or for a
 * row that cannot be read back, each is read by itself, so that no other instrument goes without.
 */
export async function weightsReader(context: Context, keys: readonly WeightsKey[]): Promise<WeightsReader> {
  const { store, members } = context;
  const oneByOne: WeightsReader = (key, warnings) => readableWeights(context, key, warnings);
  if (store?.getManyWeights === undefined) return oneByOne;
  const known = new Map<string, WeightsRecord | undefined>();
  try {
    for (const [asOf, ofDay] of groupBy(keys, (key) => key.asOf)) {
      const rows = await store.getManyWeights(ofDay, asOf);
      for (const [i, key] of ofDay.entries()) known.set(nameOf(key), rows[i]);
    }
  } catch (error) {
    // a store that is gone or stays busy would let each of them wait as long again
    if (isStoreDown(error) || isForecastError(error, 'STORE_BUSY')) return () => Promise.reject(error);
    return oneByOne;
  }
  return async (key) => weightsOfRow(known.get(nameOf(key)), members);
}

const nameOf = ({ code, horizon, asOf }: WeightsKey) => `${asOf} ${horizon} ${code}`;

/** More than a row a day of a lifetime. */
const ALL_ROWS = 100_000;

/**
 * Returns the weights of one instrument and horizon. A stored row that cannot be read back is left out and told by its key: the newest one that can
 * be read counts, else the priors.
 *
 * @param warnings to which what was left out is added
 * @throws whatever else the store throws
 */
async function readableWeights(
  { store, members, logger }: Context,
  key: WeightsKey,
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
