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

/** A pair, or why it cannot be had. */
export type PairRead = Pair | { readonly error: unknown };

/**
 * Returns an instrument's pairs by horizon as one training published them; a horizon that was never trained is missing.
 *
 * Compact forms are read first, those of all horizons at once. Where one of them is missing or cannot be used while there is its text, all are
 * read as texts, at once again: a text read after the forms may be of a later training than they are.
 */
export async function readPairs(
  code: string,
  horizons: readonly number[],
  { name, models, boosters, unusable }: PairReading,
): Promise<Map<number, PairRead>> {
  const keys = horizons.flatMap((horizon) => pairKeys(name, code, horizon));
  const compact = await readCompact(models, keys, unusable);
  const missing = keys.filter((_, i) => compact[i] === undefined);
  let texts: readonly (string | undefined)[] = missing.length === 0 ? [] : await readTogether(models, missing);
  const isCompact = missing.length < keys.length && texts.every((text) => text === undefined);
  if (!isCompact && missing.length < keys.length) texts = await readTogether(models, keys);
  const pairs = new Map<number, PairRead>();
  for (const [i, horizon] of horizons.entries()) {
    const known = (k: number) => (isCompact ? compact[k] : texts[k]) !== undefined;
    const boosterAt = (k: number) => (isCompact ? compact[k]! : boosters.parse(keys[k], texts[k]!));
    const [reg, cls] = [2 * i, 2 * i + 1];
    if (!known(reg) && !known(cls)) continue;
    try {
      if (!known(reg)) throw incomplete(keys, reg, cls);
      if (!known(cls)) throw incomplete(keys, cls, reg);
      pairs.set(horizon, { regressor: boosterAt(reg), classifier: boosterAt(cls) });
    } catch (error) {
      pairs.set(horizon, { error });
    }
  }
  return pairs;
}

function incomplete(keys: readonly string[], missing: number, beside: number): ForecastError {
  const message = `instrumentLgbm: ${keys[missing]} is missing beside its pair`;
  const expected = [Math.min(missing, beside), Math.max(missing, beside)].map((at) => keys[at]).join(' and ');
  return new ForecastError('MODEL_INCOMPLETE', message, {
    field: 'models',
    expected,
    actual: `no ${keys[missing]}`,
  });
}
