import { type Booster, parseModel } from '../../lgbm/index.js';
import type { ModelStore } from '../../store/model-store.js';

/** Reads models from a store and parses each text once, for as long as the text stays the same. */
export interface BoosterCache {
  /** @throws ForecastError `INVALID_MODEL` for a corrupt text; whatever the store throws */
  get(key: string): Promise<Booster | undefined>;
  /** Returns a text that is no booster, as stored. */
  text(key: string): Promise<string | undefined>;
}

/** Returns a cache over `models` that holds at most `capacity` parsed models, the least recently used going first. */
export function createBoosterCache(models: ModelStore, capacity = 512): BoosterCache {
  const parsed = new Map<string, { text: string; booster: Booster }>();
  return {
    text: (key) => models.get(key),
    async get(key) {
      const text = await models.get(key);
      const known = parsed.get(key);
      parsed.delete(key);
      if (text === undefined) return undefined;
      const entry = known?.text === text ? known : { text, booster: parseModel(text) };
      parsed.set(key, entry);
      if (parsed.size > capacity) parsed.delete(parsed.keys().next().value!);
      return entry.booster;
    },
  };
}
