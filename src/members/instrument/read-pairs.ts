import type { ModelReader } from '../../ensemble/index.js';
import { ForecastError } from '../../errors.js';
import type { Booster } from '../../lgbm/index.js';
import { type BoosterCache, readCompact, readTogether, type UnusableForm } from '../lgbm/booster-cache.js';
import { modelKey } from '../lgbm/model-key.js';

/** The models of one code and horizon. */
export interface Pair {
  readonly regressor: Booster;
  readonly classifier: Booster;
}

/** What pairs are read with. */
export interface PairReading {
  /** The member's name. */
  readonly name: string;
  readonly models: ModelReader;
  readonly boosters: BoosterCache;
  /** Told of forms that could not be used. */
  readonly unusable: UnusableForm[];
}

/** Returns the keys of a pair: the regressor's, the classifier's. */
export function pairKeys(name: string, code: string, horizon: number): readonly [string, string] {
  return [modelKey(name, { code, horizon, kind: 'reg' }), modelKey(name, { code, horizon, kind: 'cls' })];
}

/**
 * Returns an instrument's pairs by horizon, or why one cannot be had; a horizon that was never trained is missing. Compact forms are read first,
 * those of all horizons at once; a pair without both is read as texts.
 */
export async function readPairs(
  code: string,
  horizons: readonly number[],
  reading: PairReading,
): Promise<Map<number, Pair | { readonly error: unknown }>> {
  const { name, models, unusable } = reading;
  const pairs = new Map<number, Pair | { readonly error: unknown }>();
  try {
    const keys = horizons.flatMap((horizon) => pairKeys(name, code, horizon));
    const compact = await readCompact(models, keys, unusable);
    for (const [i, horizon] of horizons.entries()) {
      const [regressor, classifier] = compact.slice(2 * i, 2 * i + 2);
      const pair = regressor && classifier ? { regressor, classifier } : await readTexts(code, horizon, reading);
      if (pair) pairs.set(horizon, pair);
    }
  } catch (error) {
    for (const horizon of horizons) if (!pairs.has(horizon)) pairs.set(horizon, { error });
  }
  return pairs;
}

async function readTexts(
  code: string,
  horizon: number,
  { name, models, boosters }: PairReading,
): Promise<Pair | { error: unknown } | undefined> {
  const keys = pairKeys(name, code, horizon);
  try {
    const [regressor, classifier] = await readTogether(models, keys);
    if (regressor === undefined && classifier === undefined) return undefined;
    if (regressor !== undefined && classifier !== undefined) {
      return { regressor: boosters.parse(keys[0], regressor), classifier: boosters.parse(keys[1], classifier) };
    }
    const missing = keys[regressor === undefined ? 0 : 1];
    throw new ForecastError('MODEL_INCOMPLETE', `instrumentLgbm: ${missing} is missing beside its pair`, {
      field: 'models',
      expected: keys.join(' and '),
      actual: `no ${missing}`,
    });
  } catch (error) {
    return { error };
  }
}
