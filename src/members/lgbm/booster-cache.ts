import type { ModelReader } from '../../ensemble/index.js';
import { type Booster, parseModel } from '../../lgbm/index.js';

/** Turns stored texts into boosters, each text once for as long as it stays the same under its key. */
export interface BoosterCache {
  /** @throws ForecastError `INVALID_MODEL` for a corrupt text */
  parse(key: string, text: string): Booster;
}

/** Returns a cache that holds at most `capacity` parsed models, the least recently used going first. */
export function createBoosterCache(capacity: number): BoosterCache {
  const parsed = new Map<string, { text: string; booster: Booster }>();
  return {
    parse(key, text) {
      const known = parsed.get(key);
      parsed.delete(key);
      const entry = known?.text === text ? known : { text, booster: parseModel(text) };
      parsed.set(key, entry);
      if (parsed.size > capacity) parsed.delete(parsed.keys().next().value!);
      return entry.booster;
    },
  };
}

/** Returns the texts under the keys as one generation wrote them: in one read where the store can, undefined for a key that is not there. */
export async function readTogether(models: ModelReader, keys: readonly string[]): Promise<(string | undefined)[]> {
  if (models.getMany) return models.getMany(keys);
  return Promise.all(keys.map((key) => models.get(key)));
}
