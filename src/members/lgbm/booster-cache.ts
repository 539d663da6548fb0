import type { ForecastRequest, ModelReader } from '../../ensemble/index.js';
import { isForecastError } from '../../errors.js';
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

/** A compact form that could not be used, and why. */
export interface UnusableForm {
  readonly key: string;
  readonly error: unknown;
}

/**
 * Returns what the compact forms that were read under the keys hold: undefined for a key without one, or whose form is damaged, foreign or of
 * another version. The text is there for those.
 *
 * @param decode throws `INVALID_MODEL` for a form that cannot be used
 * @param unusable told of the latter
 */
export function decodeForms<T>(
  keys: readonly string[],
  forms: readonly (Uint8Array | undefined)[],
  { decode, unusable }: { decode: (form: Uint8Array, place: number) => T; unusable: UnusableForm[] },
): (T | undefined)[] {
  return keys.map((key, i) => {
    const form = forms[i];
    if (form === undefined) return undefined;
    try {
      return decode(form, i);
    } catch (error) {
      if (!isForecastError(error, 'INVALID_MODEL')) throw error;
      unusable.push({ key, error });
      return undefined;
    }
  });
}

/** Tells the host's log of forms that could not be used, once for all of them. */
export function reportUnusable(name: string, unusable: readonly UnusableForm[], warn: ForecastRequest['warn']): void {
  if (unusable.length === 0) return;
  const [{ key, error }] = unusable;
  warn?.(`${name}: ${unusable.length} models were read from their texts, since their compact forms cannot be used`, {
    key,
    error,
  });
}
