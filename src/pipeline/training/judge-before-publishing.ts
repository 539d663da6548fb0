import type { TrainedEntry } from '../../ensemble/index.js';
import { isForecastError } from '../../errors.js';
import type { ModelStore } from '../../store/model-store.js';
import type { Context } from '../context.js';
import { isStoreDown } from '../store-down.js';
import { figuresOf, judgeTraining, type TrainingJudgement } from './judge-training.js';
import { logged } from './rollback.js';

/** Returns what the judge says; undefined where nothing is in force, or where it cannot judge: what it stumbles over keeps no model from being published. */
export async function judged(
  context: Context & { readonly models: ModelStore },
  entries: readonly TrainedEntry[],
  on: Parameters<typeof judgeTraining>[2],
): Promise<TrainingJudgement | undefined> {
  const { name } = on.member;
  try {
    const judgement = await judgeTraining(context, entries, on);
    if (judgement === undefined) return undefined;
    const { verdict, passes, champion } = judgement;
    const detail = { champion, ...figuresOf(judgement) };
    if (passes) context.logger?.info(`retrain: ${name} beside the models in force: ${verdict}`, detail);
    else
      context.logger?.warn(
        `retrain: ${name} of ${on.generation} is ${verdict === 'silent' ? 'silent' : 'worse'}: the models in force stay`,
        detail,
      );
    return judgement;
  } catch (error) {
    on.signal?.throwIfAborted();
    if (isStoreDown(error)) throw error;
    context.logger?.warn(`retrain: ${name} could not be judged, and is published`, { error });
    return undefined;
  }
}

/** Beside each model stands what it did. */
export function judgedEntry(entry: TrainedEntry, judgement: TrainingJudgement | undefined): TrainedEntry {
  if (judgement === undefined) return entry;
  const { champion, verdict, codes, horizons } = judgement;
  return { ...entry, meta: { ...entry.meta, judgement: { champion, verdict, codes: codes.length, horizons } } };
}

/** One line a member among the store's job runs: of many instruments' models, means and counts. */
export async function recordJudgements(
  context: Pick<Context, 'store' | 'clock' | 'logger'>,
  member: string,
  all: readonly TrainingJudgement[],
): Promise<void> {
  const own = all.filter((judgement) => judgement.member === member);
  if (own.length === 0) return;
  const refused = own.filter(({ passes }) => !passes).length;
  const verdicts = [...new Set(own.map(({ verdict }) => verdict))].map(
    (verdict) => `${own.filter((one) => one.verdict === verdict).length} ${verdict}`,
  );
  const figures = meanFigures(own.map(figuresOf));
  const summary = `${own.length} judged: ${verdicts.join(', ')}; ${refused} turned down`;
  try {
    await logged(context, `judge ${member}`, async () => ({
      result: undefined,
      summary,
      figures: { ...figures, judged: own.length, refused },
    }));
  } catch (error) {
    // Another line of this moment, as where workers train an instrument each: what was trained stays trained.
    if (!isForecastError(error, 'STORE_BUSY')) throw error;
    context.logger?.info(`retrain: judge ${member}: ${summary}`, figures);
  }
}

function meanFigures(all: readonly Record<string, number>[]): Record<string, number> {
  const names = [...new Set(all.flatMap((figures) => Object.keys(figures)))];
  return Object.fromEntries(
    names.map((name) => {
      const values = all.flatMap((figures) => figures[name] ?? []);
      return [name, values.reduce((sum, value) => sum + value, 0) / values.length];
    }),
  );
}
