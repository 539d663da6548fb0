import { mapConcurrently } from '../../concurrency/index.js';
import type { Member, ModelReader, TrainedEntry } from '../../ensemble/index.js';
import { ForecastError, invalid } from '../../errors.js';
import { untraced } from '../../host/traced.js';
import type { ModelEntry, ModelStore } from '../../store/model-store.js';
import type { Context } from '../context.js';

/** What the meta of a model says of how it came to be where it is, under 'publication'. */
export interface Publication {
  readonly member: string;
  /** When the run that trained it began, or was due, ISO 8601: what a generation is called by. */
  readonly generation: string;
  /** How often its key was published, this time included. */
  readonly nth: number;
  /** When it came into force, ISO 8601: by training, or by `rollback`. */
  readonly publishedAt: string;
}

/** A model's text as some generation had it. */
export interface Version extends Publication {
  /** The key under which forecasts look for it, and the one where it lies: the same for the one in force. */
  readonly key: string;
  readonly place: string;
  readonly meta: object;
}

/** A store of models that can tell what a model was. */
export type KeepingModels = ModelStore & Required<Pick<ModelStore, 'getMeta'>>;

/** Metas are read so many at a time. */
const READ_CONCURRENCY = 8;

/** So many generations are kept behind the one in force, for `rollback`. */
export const KEPT_GENERATIONS = 3;

const KEPT_KEY = /^_kept\.\d+\.(.+)$/;

/**
 * Puts a generation's entries, all or none where the store can; what they take the place of is kept beside them, the newest `keep` of each key.
 *
 * Kept texts lie under '_kept.{place}.{key}', whose places are used in turn: a store need not be able to delete. A store without
 * metas keeps nothing. Of two processes that publish one key at the same moment, one may not see the other's text, and so not keep it.
 */
export async function publishGeneration(
  models: ModelStore,
  entries: readonly TrainedEntry[],
  as: Omit<Publication, 'nth'> & { keep: number },
): Promise<void> {
  if (models.getMeta === undefined) return putAll(models, entries);
  return inTurn(models, () => replaceAndKeep(models as KeepingModels, entries, as));
}

/** By store of models: the last change of what is in force. */
const turns = new WeakMap<object, Promise<unknown>>();

/** Does the work after what other calls in this process do to the models in force: it reads what it takes the place of. */
export function inTurn<T>(models: ModelStore, work: () => Promise<T>): Promise<T> {
  const store = untraced(models);
  const result = (turns.get(store) ?? Promise.resolve()).then(work);
  turns.set(
    store,
    result.catch(() => {}),
  );
  return result;
}

async function replaceAndKeep(
  models: KeepingModels,
  entries: readonly TrainedEntry[],
  { keep, ...as }: Omit<Publication, 'nth'> & { keep: number },
): Promise<void> {
  const before = await mapConcurrently(entries, READ_CONCURRENCY, async ({ key }) => {
    const text = await models.get(key);
    return text === undefined ? undefined : { text, meta: await models.getMeta(key) };
  });
  const all = entries.flatMap((entry, i): ModelEntry[] => {
    const old = before[i];
    const known = old && publicationOf(old.meta);
    // A training that is done twice, as after a kill, is one generation: the second time takes the first's place.
    const isSame = known?.generation === as.generation;
    // One from before generations were kept counts as the first, though nothing says which it was.
    const nth = old === undefined ? 1 : (known?.nth ?? 1) + (isSame ? 0 : 1);
    const fresh = { ...entry, meta: { ...entry.meta, publication: { ...as, nth } } };
    return known === undefined || isSame
      ? [fresh]
      : [fresh, ...keptEntry(entry.key, { ...old!, nth: known.nth }, keep)];
  });
  await putAll(models, all);
}

/** Returns the entry that keeps a text that another takes the place of; none where nothing is kept. */
export function keptEntry(
  key: string,
  { text, meta, nth }: { text: string; meta: object | undefined; nth: number },
  keep: number,
): ModelEntry[] {
  return keep === 0 ? [] : [{ key: `_kept.${nth % keep}.${key}`, text, ...(meta && { meta }) }];
}

/** Puts the entries, all or none where the store can, else in their order. */
export async function putAll(models: ModelStore, entries: readonly ModelEntry[]): Promise<void> {
  if (models.putMany) return models.putMany(entries);
  for (const { key, text, meta } of entries) await models.put(key, text, meta);
}

/** Returns the versions of each of a member's keys, the newest publication first. */
export async function versionsOf(models: KeepingModels, member: string): Promise<Map<string, Version[]>> {
  const byKey = new Map<string, Version[]>();
  const places = await models.list();
  const metas = await mapConcurrently(places, READ_CONCURRENCY, (place) => models.getMeta(place));
  for (const [i, place] of places.entries()) {
    const publication = publicationOf(metas[i]);
    if (publication?.member !== member) continue;
    const key = KEPT_KEY.exec(place)?.[1] ?? place;
    const version = { ...publication, key, place, meta: metas[i]! };
    byKey.set(key, [...(byKey.get(key) ?? []), version]);
  }
  for (const versions of byKey.values()) versions.sort((a, b) => b.nth - a.nth);
  return byKey;
}

/** Returns whether a version is the one that forecasts are made with. */
export function isLive({ key, place }: Version): boolean {
  return key === place;
}

/**
 * Returns, by key, the version that was in force once generation `to` was published; a key that did not exist yet is missing.
 *
 * @throws ForecastError `UNKNOWN_GENERATION` where `to` is none that is kept, or not of every key
 */
export function versionsAt(where: string, byKey: ReadonlyMap<string, Version[]>, to: string): Map<string, Version> {
  const kept = generationsIn(byKey);
  const unknown = (actual: string) =>
    new ForecastError('UNKNOWN_GENERATION', `${where}: ${actual}; kept are ${kept.join(', ') || 'none'}`, {
      field: 'to',
      expected: kept.join(' or ') || 'a generation, of which none is kept',
      actual: to,
    });
  if (!kept.includes(to)) throw unknown(`no generation ${to} is kept`);
  const then = new Map<string, Version>();
  for (const [key, versions] of byKey) {
    const early = versions.filter(({ generation }) => generation <= to);
    const chosen = early.reduce<Version | undefined>(
      (best, one) => (best === undefined || one.generation > best.generation ? one : best),
      undefined,
    );
    if (chosen === undefined) {
      // Its first publication is kept, and came later.
      if (versions.at(-1)!.nth === 1) continue;
      throw unknown(`${key} is not kept as far back as ${to}`);
    }
    const next = versions.some(({ nth }) => nth === chosen.nth + 1);
    if (chosen.generation !== to && !isLive(chosen) && !next) throw unknown(`${key} is not kept as it was at ${to}`);
    then.set(key, chosen);
  }
  return then;
}

/** Returns the generations that some version is of, the newest first. */
export function generationsIn(byKey: ReadonlyMap<string, readonly Version[]>): string[] {
  const all = [...byKey.values()].flatMap((versions) => versions.map(({ generation }) => generation));
  return [...new Set(all)].sort().reverse();
}

/** Returns what reads the models as these versions have them, under their keys. */
export function readerOf(models: ModelReader, versions: ReadonlyMap<string, Version>): ModelReader {
  const get = async (key: string) => {
    const version = versions.get(key);
    return version === undefined ? undefined : models.get(version.place);
  };
  return { get };
}

/** @throws ForecastError `INVALID_ARGUMENT` for a context without a store of models that keeps what they were */
export function requireKeeping(where: string, { models }: Context): KeepingModels {
  if (models?.getMeta !== undefined) return models as KeepingModels;
  const came = models === undefined ? undefined : 'one without getMeta()';
  throw invalid('INVALID_ARGUMENT', where, 'context.models', 'a store of models with getMeta()', came);
}

/** @throws ForecastError `INVALID_ARGUMENT` for a name that no member that learns has */
export function requireLearner(where: string, { members }: Context, name: string): Member {
  const learners = members.filter((member) => member.retrain !== undefined);
  const found = learners.find((learner) => learner.name === name);
  if (found !== undefined) return found;
  const expected = `a member that learns (${learners.map((learner) => learner.name).join(', ')})`;
  throw invalid('INVALID_ARGUMENT', where, 'member', expected, name);
}

/** Returns the generation that a model's meta says it is of, where it says so. */
export function generationIn(meta: object | undefined): string | undefined {
  return publicationOf(meta)?.generation;
}

function publicationOf(meta: object | undefined): Publication | undefined {
  const publication = (meta as { publication?: Partial<Publication> } | undefined)?.publication;
  const { member, generation, publishedAt, nth } = publication ?? {};
  const texts = [member, generation, publishedAt].every((text) => typeof text === 'string');
  return texts && Number.isInteger(nth) ? (publication as Publication) : undefined;
}
