import { letOthersRun } from '../../concurrency/index.js';
import type { Member } from '../../ensemble/index.js';
import { ForecastError, refuseUnknown } from '../../errors.js';
import { type DatedLoss, type LossSkill, lossSkill, type Verdict } from '../../scoring/index.js';
import type { PriceSeries } from '../../series/index.js';
import { dateInZone, tradingDaysBetween } from '../../series/inside.js';
import { groupBy } from '../../stats/index.js';
import type { IssuedForecast } from '../../store/records.js';
import { CALL_OPTIONS, type CallOptions, type Context, requireStoring, type StoringContext } from '../context.js';
import { fetchingOnce, todayOf } from '../fetch-series.js';
import { matchedForecasts } from '../outcomes/read-matched.js';
import {
  generationsIn,
  isLive,
  readerOf,
  requireKeeping,
  requireLearner,
  type Version,
  versionsAt,
  versionsOf,
} from './generations.js';
import { forecastOn, inLogs, lossOf, overall, rowKey } from './replay.js';
import { logged, type RollbackReport, rollback } from './rollback.js';

export interface JudgeOptions extends CallOptions {
  /** The member's name. */
  member: string;
  /** The champion: a generation as `keptGenerations` names it; default the newest before the one in force. */
  against?: string | undefined;
  /** Whether to go back to the champion where the generation in force is worse; default false. */
  rollBack?: boolean | undefined;
}

/** How a generation did beside the one that it took the place of. */
export interface Judgement {
  member: string;
  /** The generation in force, and the one that it is held to. */
  challenger: string;
  champion: string;
  /** By horizon: the rows that both forecast, and the challenger's skill beside the champion; absent with too few days to tell (`lossSkill`). */
  horizons: { horizon: number; count: number; skill?: LossSkill }[];
  /** 'worse': at some horizon, and better at none. 'better' likewise. */
  verdict: Verdict;
  /** Rows whose base bar the source no longer has, or for which the champion has no forecast. */
  leftOut: number;
  rolledBack?: RollbackReport;
}

/**
 * Holds the generation in force to an earlier one on matched outcomes: on every forecast that it issued and that has met its close, the champion
 * forecasts once more, from the bars that were known then. Neither knew those closes, so none is favoured, as a champion would be on the
 * validation days of a later training.
 *
 * The loss is the mean pinball at 0.1 to 0.9 of log returns, by day (`lossSkill`); forecasts issued before the open count as issued at the close.
 * The judgement is among the store's job runs, as 'judge {member}', the skill of each horizon in its figures.
 *
 * @throws ForecastError `UNKNOWN_GENERATION` where there is no such generation, or none before the one in force; `INVALID_ARGUMENT` for a member
 *   that the context has not, or that does not learn; whatever the store throws
 * @example
 * const { verdict } = await judgeGeneration(context, { member: 'lgbm', rollBack: true });
 */
export async function judgeGeneration(context: Context, options: JudgeOptions): Promise<Judgement> {
  const where = 'judgeGeneration';
  const storing = requireStoring(where, context, options);
  refuseUnknown(where, options, [...CALL_OPTIONS, 'member', 'against', 'rollBack']);
  requireKeeping(where, storing);
  const member = requireLearner(where, storing, options.member);
  const judgement = await logged(storing, `judge ${member.name}`, async () => {
    const result = await judge(storing, member, options);
    const { challenger, champion, verdict, horizons } = result;
    const figures = Object.fromEntries(
      horizons.flatMap(({ horizon, skill }) => (skill ? [[`h${horizon}`, skill.estimate]] : [])),
    );
    storing.logger?.info(`judgeGeneration: ${member.name} of ${challenger} is ${verdict}`, { champion, ...figures });
    return { result, summary: `${challenger} beside ${champion}: ${verdict}`, figures };
  });
  if (!(options.rollBack && judgement.verdict === 'worse')) return judgement;
  const { clock, signal } = options;
  const back = { member: member.name, to: judgement.champion, clock, signal };
  return { ...judgement, rolledBack: await rollback(context, back) };
}

async function judge(context: StoringContext, member: Member, { against, signal }: JudgeOptions): Promise<Judgement> {
  const where = 'judgeGeneration';
  const models = requireKeeping(where, context);
  const byKey = await versionsOf(models, member.name);
  const live = [...byKey.values()].flat().filter(isLive);
  const challenger = generationsIn(byKey).find((one) => live.some(({ generation }) => generation === one));
  const champion = against ?? generationsIn(byKey).find((one) => challenger !== undefined && one < challenger);
  if (challenger === undefined || champion === undefined) {
    throw new ForecastError(
      'UNKNOWN_GENERATION',
      `${where}: no generation of ${member.name} before the one in force is kept`,
      {
        field: 'against',
        expected: 'a generation kept by retrain',
        actual: generationsIn(byKey).join(', ') || 'none',
      },
    );
  }
  const then = versionsAt(where, byKey, champion);
  const reader = readerOf(models, then);
  const losses = new Map<number, DatedLoss[]>();
  let leftOut = 0;
  const rows = await issuedSince(context, { member: member.name, since: inForceSince(live), signal });
  const wholeOf = histories(context, rows, signal);
  for (const [baseDate, day] of groupBy(rows, ({ baseDate }) => baseDate)) {
    const asked = { ...context, members: [member], models: reader, clock: () => day[0].issuedAt };
    const horizons = [...new Set(day.map(({ horizon }) => horizon))].sort((a, b) => a - b);
    const past = { baseDate, codes: new Set(day.map(({ code }) => code)), horizons };
    const again = (await forecastOn(asked, past, { where, wholeOf, signal })).get(member.name)!;
    for (const { code, horizon, deciles, actual } of day) {
      const reference = again.get(rowKey(horizon, code));
      if (reference === undefined) {
        leftOut++;
        continue;
      }
      const own = losses.get(horizon) ?? [];
      losses.set(horizon, own);
      own.push({ date: baseDate, loss: lossOf(deciles, actual), reference: lossOf(reference, actual) });
    }
    await letOthersRun();
    signal?.throwIfAborted();
  }
  const horizons = [...losses]
    .sort(([a], [b]) => a - b)
    .map(([horizon, own]) => {
      const skill = lossSkill(own, horizon);
      return { horizon, count: own.length, ...(skill && { skill }) };
    });
  return { member: member.name, challenger, champion, horizons, verdict: overall(horizons), leftOut };
}

/** A forecast of the challenger's, and what came of it; log returns from the base close. */
interface IssuedRow {
  readonly code: string;
  readonly horizon: number;
  readonly baseDate: string;
  readonly issuedAt: Date;
  readonly deciles: readonly number[];
  readonly actual: number;
}

/** The moment from which on all forecasts were made with what is in force. */
function inForceSince(live: readonly Version[]): Date {
  return new Date(Math.max(...live.map(({ publishedAt }) => new Date(publishedAt).getTime())));
}

/** Returns what the member forecast since, as issued at the close, and what came of it. */
async function issuedSince(
  { store, market }: StoringContext,
  { member, since, signal }: { member: string; since: Date; signal: AbortSignal | undefined },
): Promise<IssuedRow[]> {
  const rows: IssuedRow[] = [];
  const fromActualDate = dateInZone(since, market.timeZone);
  for await (const page of matchedForecasts(store, { fromActualDate })) {
    signal?.throwIfAborted();
    for (const { prediction, outcome } of page) {
      const issued: IssuedForecast | undefined = prediction.issue === 'close' ? prediction : prediction.earlier;
      const said = issued?.members[member];
      if (issued === undefined || said === undefined || issued.issuedAt < since) continue;
      const { code, horizon, baseDate, baseClose } = prediction;
      rows.push({
        code,
        horizon,
        baseDate,
        issuedAt: issued.issuedAt,
        deciles: inLogs(said, baseClose),
        actual: Math.log(outcome.actualClose / outcome.baseClose),
      });
    }
  }
  return rows;
}

/** Returns what fetches an instrument's bars, each once, as far back as a forecast on the first of these days would have read. */
function histories(
  context: StoringContext,
  rows: readonly IssuedRow[],
  signal: AbortSignal | undefined,
): (code: string) => Promise<PriceSeries> {
  const first = rows.reduce((earliest, { baseDate }) => (baseDate < earliest ? baseDate : earliest), '9999');
  const today = todayOf(context);
  const since = first > today ? 0 : tradingDaysBetween(first, today, context.market.calendar);
  return fetchingOnce(context, { limit: context.historyBars + since, signal });
}
