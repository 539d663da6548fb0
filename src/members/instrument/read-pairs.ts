import type { ModelReader } from '../../ensemble/index.js';
import { ForecastError } from '../../errors.js';
import type { Booster } from '../../lgbm/index.js';
import { decodeOwned } from '../../lgbm/inside.js';
import { type BoosterCache, decodeForms, readTogether, type UnusableForm } from '../lgbm/booster-cache.js';
import { modelKey } from '../lgbm/model-key.js';
import { decodeSpread, type InstrumentSpread, parseSpread } from './instrument-spread.js';

/** The models of one code and horizon. */
export interface Pair {
  /** Of the regressor, the classifier and the spread, as far as they are read. */
  readonly keys: readonly string[];
  /** Each is parsed when it is asked for. @throws ForecastError `INVALID_MODEL` for a corrupt text */
  regressor(): Booster;
  classifier(): Booster;
  /** How far the two are trusted; undefined where they are taken at their word. */
  readonly spread: InstrumentSpread | undefined;
}

/** What pairs are read with. */
export interface PairReading {
  /** The member's name. */
  readonly name: string;
  /** Whether the spread is read beside the pair. */
  readonly withSpread: boolean;
  readonly models: ModelReader;
  readonly boosters: BoosterCache;
  /** Told of forms that could not be used. */
  readonly unusable: UnusableForm[];
}

/** A pair, or why it cannot be had. */
export type PairRead = Pair | { readonly error: unknown };

/** What is read of a horizon, in the order of its keys. */
const PARTS = ['reg', 'cls', 'spr'] as const;
const [REG, CLS, SPR] = [0, 1, 2];

/** An instrument's pairs by horizon, or why none can be had. */
export type PairsRead = ReadonlyMap<number, PairRead> | { readonly error: unknown };

/** The compact forms of so many instruments are read in one call, and held until it is their turn. */
const READ_TOGETHER = 16;

/**
 * Yields each instrument's pairs, in order; see `readPairs`. The compact forms of several instruments are read in one call; if the store refuses
 * that, each is read by itself, so that none takes the others along.
 */
export async function* readPairsOfAll(
  codes: readonly string[],
  horizons: readonly number[],
  reading: PairReading,
): AsyncGenerator<PairsRead, void> {
  for (let start = 0; start < codes.length; start += READ_TOGETHER) {
    const some = codes.slice(start, start + READ_TOGETHER);
    const forms = await formsOf(some, horizons, reading);
    const count = horizons.length * partsOf(reading).length;
    for (const [i, code] of some.entries()) {
      try {
        yield await readPairs(code, horizons, reading, forms?.slice(i * count, (i + 1) * count));
      } catch (error) {
        yield { error };
      }
    }
  }
}

/** Returns the compact forms of the instruments' pairs, one after another; undefined where the store has none or refuses. */
async function formsOf(codes: readonly string[], horizons: readonly number[], reading: PairReading) {
  try {
    return await reading.models.getCompact?.(codes.flatMap((code) => keysOf(code, horizons, reading)));
  } catch {
    return undefined;
  }
}

function partsOf({ withSpread }: PairReading) {
  return withSpread ? PARTS : PARTS.slice(0, SPR);
}

function keysOf(code: string, horizons: readonly number[], reading: PairReading): string[] {
  const parts = partsOf(reading);
  return horizons.flatMap((horizon) => parts.map((kind) => modelKey(reading.name, { code, horizon, kind })));
}

/**
 * Returns an instrument's pairs by horizon as one training published them; a horizon that was never trained is missing.
 *
 * Compact forms are read first, those of all horizons at once. Where one of them is missing or cannot be used while there is its text, all are
 * read as texts, at once again: a text read after the forms may be of a later training than they are.
 *
 * @param known the forms, where they were read already
 */
export async function readPairs(
  code: string,
  horizons: readonly number[],
  reading: PairReading,
  known?: readonly (Uint8Array | undefined)[],
): Promise<Map<number, PairRead>> {
  const { withSpread, models, boosters, unusable } = reading;
  const count = partsOf(reading).length;
  const keys = keysOf(code, horizons, reading);
  const decode = (form: Uint8Array, place: number) =>
    place % count === SPR ? decodeSpread(form, keys[place]) : decodeOwned(form);
  const forms = known ?? (await models.getCompact?.(keys)) ?? [];
  const compact = decodeForms(keys, forms, { decode, unusable });
  const missing = keys.filter((_, i) => compact[i] === undefined);
  let texts: readonly (string | undefined)[] = missing.length === 0 ? [] : await readTogether(models, missing);
  const isCompact = missing.length < keys.length && texts.every((text) => text === undefined);
  if (!isCompact && missing.length < keys.length) texts = await readTogether(models, keys);
  const pairs = new Map<number, PairRead>();
  for (const [i, horizon] of horizons.entries()) {
    const first = count * i;
    const own = keys.slice(first, first + count);
    const isMissing = own.map((_, k) => (isCompact ? compact : texts)[first + k] === undefined);
    if (!isMissing.includes(false)) continue;
    const boosterAt = (part: number) => () =>
      isCompact ? (compact[first + part] as Booster) : boosters.parse(own[part], texts[first + part]!);
    try {
      if (isMissing.includes(true)) throw incomplete(own, own[isMissing.indexOf(true)]);
      const spreadAt = () =>
        isCompact ? (compact[first + SPR] as InstrumentSpread) : parseSpread(texts[first + SPR]!, own[SPR]);
      pairs.set(horizon, {
        keys: own,
        regressor: boosterAt(REG),
        classifier: boosterAt(CLS),
        spread: withSpread ? spreadAt() : undefined,
      });
    } catch (error) {
      pairs.set(horizon, { error });
    }
  }
  return pairs;
}

function incomplete(keys: readonly string[], missing: string): ForecastError {
  return new ForecastError('MODEL_INCOMPLETE', `instrumentLgbm: ${missing} is missing beside its pair`, {
    field: 'models',
    expected: keys.join(' and '),
    actual: `no ${missing}`,
  });
}
