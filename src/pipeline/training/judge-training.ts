import { letOthersRun } from '../../concurrency/index.js';
import type { Member, ModelReader, TrainedEntry } from '../../ensemble/index.js';
import { YARDSTICK } from '../../ensemble/inside.js';
import { sessionClose, sessionOpen } from '../../markets/index.js';
import { type DatedLoss, type LossSkill, lossSkill, type Verdict } from '../../scoring/index.js';
import { addTradingDays, type PriceSeries } from '../../series/index.js';
import type { Context } from '../context.js';
import { fetchingOnce } from '../fetch-series.js';
import { generationIn } from './generations.js';
import { forecastOn, lossOf, overall, rowKey } from './replay.js';

/** What a newly trained generation did beside the one in force, before it took its place or did not. */
export interface TrainingJudgement {
  readonly member: string;
  /** What was trained, and the newest generation among what it was held to, as far as the store of models tells. */
  readonly generation: string;
  readonly champion?: string | undefined;
  /** Instruments whose recent days were forecast once more. */
  readonly codes: readonly string[];
  /**
   * By horizon: how many base dates, the new models' skill beside those in force and beside the random walk, and that of those in force beside the
   * random walk; absent with too few days to tell (`lossSkill`).
   */
  readonly horizons: readonly {
    readonly horizon: number;
    readonly days: number;
    readonly skill?: LossSkill | undefined;
    readonly besideWalk?: LossSkill | undefined;
    readonly championBesideWalk?: LossSkill | undefined;
  }[];
  /**
   * Beside the models in force, over the horizons: 'worse' at some and better at none; likewise 'better'. 'silent': it says nothing, or what is no forecast, on more
   * than half of the days that those in force forecast.
   */
  readonly verdict: Verdict | 'too few days' | 'silent';
  /** Whether the new models may take their place. */
  readonly passes: boolean;
}

/** Base dates that are forecast once more, and instruments of a pool that stand for it, evenly spaced in order of their codes. */
const JUDGED_DAYS = 60;
const JUDGED_CODES = 24;

/** When drivers are known: this long before the next session. */
const BEFORE_OPEN_MS = 30 * 60_000;

/**
 * Holds newly trained models to those in force, and both to the yardstick, on the newest 60 base dates whose close is known; undefined where no model is in force
 * under any of the keys: there is nothing that the new ones could be worse than.
 *
 * They pass unless they are worse than what is in force, or worse than the random walk where that is not, each by more than the 95 % interval of
 * `lossSkill`, or say nothing where it forecasts. With too few days to tell they pass. A member with drivers forecasts as before the open, when it knows them.
 *
 * Both generations held these days out alike if the member validates on its newest days: nothing is left out for the judge. What learned from them
 * is favoured, so that a good model is not kept out; a champion never is.
 *
 * @param of codes whose models the entries are
 */
export async function judgeTraining(
  context: Context & { readonly models: ModelReader },
  entries: readonly TrainedEntry[],
  {
    member,
    generation,
    of,
    horizons,
    signal,
  }: {
    member: Member;
    generation: string;
    of: readonly string[];
    horizons: readonly number[];
    signal: AbortSignal | undefined;
  },
): Promise<TrainingJudgement | undefined> {
  const { models } = context;
  const keys = entries.map(({ key }) => key);
  const inForce = await textsOf(models, keys);
  if (inForce.every((text) => text === undefined)) return undefined;
  const champions = await Promise.all(keys.map(async (key) => generationIn(await models.getMeta?.(key))));
  const champion = champions
    .filter((one) => one !== undefined)
    .sort()
    .at(-1);

  const wholeOf = fetchingOnce(context, {
    limit: context.historyBars + JUDGED_DAYS + horizons[horizons.length - 1],
    signal,
  });
  const judges = new Map<string, PriceSeries>();
  for (const code of evenly(of, JUDGED_CODES)) {
    try {
      judges.set(code, await wholeOf(code));
    } catch (error) {
      signal?.throwIfAborted();
      context.logger?.warn(`retrain: ${code} is no judge of ${member.name}: its prices failed`, { error });
    }
    await letOthersRun();
  }
  const days = judgedDays(judges, horizons);
  const walk = context.members.filter(({ name }) => name === YARDSTICK && name !== member.name);
  // One generation after the other: members keep the models that they parsed last.
  const replay = async (members: readonly Member[], reader: ModelReader) => {
    const said = new Map<string, Map<string, Map<string, number[]>>>();
    for (const [baseDate, codes] of days) {
      const clock = () => momentOf(context, member, baseDate);
      const asked = { ...context, members, models: reader, clock, logger: undefined };
      said.set(baseDate, await forecastOn(asked, { baseDate, codes, horizons }, { where: 'retrain', wholeOf, signal }));
      await letOthersRun();
      signal?.throwIfAborted();
    }
    return said;
  };
  const [fresh, standing] = [
    await replay([member], withEntries(models, entries)),
    await replay([member, ...walk], models),
  ];

  let [asked, silent] = [0, 0];
  const found = horizons.map((horizon) => {
    const rows: { date: string; fresh: number; standing: number; walk: number | undefined }[] = [];
    for (const [baseDate, codes] of days) {
      for (const code of codes) {
        const actual = outcomeOf(judges.get(code)!, baseDate, horizon);
        const at = (said: Map<string, number[]> | undefined) => said?.get(rowKey(horizon, code));
        const [ours, theirs] = [
          at(fresh.get(baseDate)!.get(member.name)),
          at(standing.get(baseDate)!.get(member.name)),
        ];
        if (actual === undefined || theirs === undefined) continue;
        asked++;
        if (ours === undefined) {
          silent++;
          continue;
        }
        const walked = at(standing.get(baseDate)!.get(YARDSTICK));
        rows.push({
          date: baseDate,
          fresh: lossOf(ours, actual),
          standing: lossOf(theirs, actual),
          walk: walked && lossOf(walked, actual),
        });
      }
    }
    const beside = (own: 'fresh' | 'standing', other: 'standing' | 'walk') => {
      const both = rows.flatMap((row): DatedLoss[] => {
        const reference = row[other];
        return reference === undefined ? [] : [{ date: row.date, loss: row[own], reference }];
      });
      return both.length === 0 ? undefined : lossSkill(both, horizon);
    };
    return {
      horizon,
      days: new Set(rows.map(({ date }) => date)).size,
      skill: beside('fresh', 'standing'),
      besideWalk: beside('fresh', 'walk'),
      championBesideWalk: beside('standing', 'walk'),
    };
  });
  const isSilent = silent > asked / 2;
  const told = found.some(({ skill }) => skill !== undefined);
  const verdict = isSilent ? 'silent' : told ? overall(found) : 'too few days';
  const walkOf = (which: 'besideWalk' | 'championBesideWalk') => overall(found.map((one) => ({ skill: one[which] })));
  const fallsBehindWalk = walkOf('besideWalk') === 'worse' && walkOf('championBesideWalk') !== 'worse';
  const passes = verdict !== 'worse' && !isSilent && !fallsBehindWalk;
  return {
    member: member.name,
    generation,
    champion,
    codes: [...judges.keys()],
    horizons: found,
    verdict,
    passes,
  };
}

/** Returns a judgement in a few numbers, for a job run: days, and per horizon the skill beside what is in force and beside the walk. */
export function figuresOf({ horizons, codes, passes }: TrainingJudgement): Record<string, number> {
  return {
    codes: codes.length,
    days: Math.max(0, ...horizons.map(({ days }) => days)),
    refused: passes ? 0 : 1,
    ...Object.fromEntries(
      horizons.flatMap(({ horizon, skill, besideWalk }) => [
        ...(skill ? [[`h${horizon}`, skill.estimate] as const] : []),
        ...(besideWalk ? [[`h${horizon}_walk`, besideWalk.estimate] as const] : []),
      ]),
    ),
  };
}

/** Returns the newest base dates from which the close of every horizon is known, each with the codes that have a bar on it. */
function judgedDays(judges: ReadonlyMap<string, PriceSeries>, horizons: readonly number[]): Map<string, string[]> {
  const codesOn = new Map<string, string[]>();
  const longest = horizons[horizons.length - 1];
  for (const [code, { dates, length }] of judges) {
    for (let bar = Math.max(0, length - longest - JUDGED_DAYS); bar + longest < length; bar++) {
      const codes = codesOn.get(dates[bar]);
      if (codes === undefined) codesOn.set(dates[bar], [code]);
      else codes.push(code);
    }
  }
  return new Map([...codesOn].sort(([a], [b]) => (a < b ? -1 : 1)).slice(-JUDGED_DAYS));
}

function outcomeOf({ dates, close, length }: PriceSeries, baseDate: string, horizon: number): number | undefined {
  const bar = dates.indexOf(baseDate);
  return bar === -1 || bar + horizon >= length ? undefined : Math.log(close[bar + horizon] / close[bar]);
}

/** When a forecast from the bar of that date is issued: at its close, or before the next open where drivers are to be known. */
function momentOf({ market }: Pick<Context, 'market'>, { drivers }: Member, baseDate: string): Date {
  if (!drivers?.length) return sessionClose(market, baseDate);
  const next = addTradingDays(baseDate, 1, market.calendar);
  return new Date(sessionOpen(market, next).getTime() - BEFORE_OPEN_MS);
}

function evenly(codes: readonly string[], most: number): string[] {
  const sorted = [...codes].sort();
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, i) => sorted[Math.floor((i * sorted.length) / most)]);
}

async function textsOf(models: ModelReader, keys: readonly string[]): Promise<readonly (string | undefined)[]> {
  return models.getMany ? models.getMany(keys) : Promise.all(keys.map((key) => models.get(key)));
}

/** Returns what reads the models as they would be with these entries in force. */
function withEntries(models: ModelReader, entries: readonly TrainedEntry[]): ModelReader {
  const fresh = new Map(entries.map((entry) => [entry.key, entry]));
  const both = async <T>(
    keys: readonly string[],
    own: (entry: TrainedEntry) => T,
    read: (rest: readonly string[]) => Promise<readonly T[]>,
  ): Promise<T[]> => {
    const rest = keys.filter((key) => !fresh.has(key));
    const others = rest.length === 0 ? [] : await read(rest);
    let next = 0;
    return keys.map((key) => {
      const entry = fresh.get(key);
      return entry === undefined ? others[next++] : own(entry);
    });
  };
  return {
    get: async (key) => (fresh.has(key) ? fresh.get(key)!.text : models.get(key)),
    getMany: (keys) =>
      both<string | undefined>(
        keys,
        ({ text }) => text,
        (rest) => textsOf(models, rest),
      ),
    ...(models.getMeta && {
      getMeta: async (key: string) => (fresh.has(key) ? fresh.get(key)!.meta : models.getMeta!(key)),
    }),
    ...(models.getCompact && {
      getCompact: (keys: readonly string[]) =>
        both<Uint8Array | undefined>(
          keys,
          ({ compact }) => compact,
          (rest) => models.getCompact!(rest),
        ),
    }),
  };
}
