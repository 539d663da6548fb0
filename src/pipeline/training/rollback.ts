import { ForecastError, invalid, refuseUnknown } from '../../errors.js';
import type { Store } from '../../store/store.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireContext } from '../context.js';
import {
  generationsIn,
  inTurn,
  isLive,
  KEPT_GENERATIONS,
  keptEntry,
  putAll,
  requireKeeping,
  requireLearner,
  type Version,
  versionsAt,
  versionsOf,
} from './generations.js';

export interface RollbackOptions extends CallOptions {
  /** The member's name. */
  member: string;
  /** The generation to go back to, as `keptGenerations` names it. */
  to: string;
}

export interface RollbackReport {
  member: string;
  to: string;
  /** Keys of the models that were put back. */
  restored: string[];
  /** Keys of models that were trained first by a later generation: there is nothing to go back to, and they stay. */
  newer: string[];
}

/** One training run of a member, of which models are kept. */
export interface KeptGeneration {
  /** When the run began, ISO 8601. */
  generation: string;
  /** How many models are kept as it published them, and how many of those are in force. */
  models: number;
  live: number;
}

/** For how long a rollback holds its line of the log against another one of the same moment. */
const LEASE_MS = 60_000;

/**
 * Returns the generations of a member's models that `rollback` can go back to, the newest first.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for a member that the context has not, or that does not learn; for a store of models without metas
 */
export async function keptGenerations(
  context: Context,
  options: CallOptions & { member: string },
): Promise<KeptGeneration[]> {
  const where = 'keptGenerations';
  const checked = requireContext(where, context, options);
  refuseUnknown(where, options, [...CALL_OPTIONS, 'member']);
  requireLearner(where, checked, options.member);
  const byKey = await versionsOf(requireKeeping(where, checked), options.member);
  const versions = [...byKey.values()].flat();
  return generationsIn(byKey).map((generation) => {
    const own = versions.filter((version) => version.generation === generation);
    return { generation, models: own.length, live: own.filter(isLive).length };
  });
}

/**
 * Puts a member's models back as they stood once a generation was published: all of them or none, where the store of models can.
 *
 * What is replaced is kept as any generation is, so that one can go forward again. It holds until the member is retrained. Where the context has a
 * store, the way back is among its job runs, as 'rollback {member}'.
 *
 * @throws ForecastError `UNKNOWN_GENERATION` where `to` is not kept, or not of every model; `INVALID_ARGUMENT` for a member that the context has
 *   not, or that does not learn, and for a store of models without metas; `STORE_BUSY` where another rollback of the member began at this moment
 * @example
 * const [newest, before] = await keptGenerations(context, { member: 'lgbm' });
 * await rollback(context, { member: 'lgbm', to: before.generation });
 */
export async function rollback(context: Context, options: RollbackOptions): Promise<RollbackReport> {
  const where = 'rollback';
  const checked = requireContext(where, context, options);
  refuseUnknown(where, options, [...CALL_OPTIONS, 'member', 'to']);
  const { member, to, signal } = options;
  requireLearner(where, checked, member);
  if (typeof to !== 'string') throw invalid('INVALID_ARGUMENT', where, 'to', 'the name of a generation', to);
  const models = requireKeeping(where, checked);
  return logged(checked, `rollback ${member}`, async () => {
    const report = await inTurn(models, () => putBack(checked, { member, to, signal }));
    const { restored, newer } = report;
    checked.logger?.info(`rollback: ${member} is back at ${to}`, { restored: restored.length, newer: newer.length });
    return { result: report, summary: `back at ${to}`, figures: { restored: restored.length, newer: newer.length } };
  });
}

async function putBack(
  context: Context,
  { member, to, signal }: Pick<RollbackOptions, 'member' | 'to' | 'signal'>,
): Promise<RollbackReport> {
  const models = requireKeeping('rollback', context);
  const byKey = await versionsOf(models, member);
  const then = versionsAt('rollback', byKey, to);
  const publishedAt = context.clock().toISOString();
  const entries = [];
  const restored: string[] = [];
  for (const [key, version] of then) {
    if (isLive(version)) continue;
    signal?.throwIfAborted();
    const [newest] = byKey.get(key)!;
    const [text, replaced] = [await textOf(models, version), await models.get(key)];
    const { generation } = version;
    const publication = { member, generation, nth: newest.nth + 1, publishedAt };
    entries.push({ key, text, meta: { ...version.meta, publication } });
    if (replaced !== undefined) {
      entries.push(...keptEntry(key, { text: replaced, meta: newest.meta, nth: newest.nth }, KEPT_GENERATIONS));
    }
    restored.push(key);
  }
  if (entries.length > 0) await putAll(models, entries);
  return { member, to, restored, newer: [...byKey.keys()].filter((key) => !then.has(key)) };
}

async function textOf(models: { get(key: string): Promise<string | undefined> }, { place }: Version): Promise<string> {
  const text = await models.get(place);
  if (text !== undefined) return text;
  throw new ForecastError('MODEL_INCOMPLETE', `rollback: ${place} was removed meanwhile`, {
    field: 'models',
    expected: place,
    actual: 'none',
  });
}

/** Runs the work with a line of its own among the store's job runs, where there is a store. */
export async function logged<T>(
  { store, clock }: Pick<Context, 'store' | 'clock'>,
  job: string,
  work: () => Promise<{ result: T; summary: string; figures: Record<string, number> }>,
): Promise<T> {
  if (store === undefined) return (await work()).result;
  const scheduledFor = clock();
  const run = { job, scheduledFor, owner: job };
  if (!(await store.claimJobRun({ ...run, now: scheduledFor, leaseMs: LEASE_MS }))) {
    const message = `${job}: another one began at ${scheduledFor.toISOString()}`;
    throw new ForecastError('STORE_BUSY', message, { field: 'clock', actual: scheduledFor.toISOString() });
  }
  const end = (end: Omit<Parameters<Store['finishJobRun']>[0], keyof typeof run | 'finishedAt'>) =>
    store.finishJobRun({ ...run, finishedAt: clock(), ...end });
  try {
    const { result, summary, figures } = await work();
    await end({ status: 'done', summary, figures });
    return result;
  } catch (error) {
    await end({ status: 'failed', summary: error instanceof Error ? error.message : String(error) });
    throw error;
  }
}
