import type {
  ForecastRequest,
  Member,
  MemberAnswer,
  MemberInput,
  ModelReader,
  StepAnswer,
} from '../../ensemble/index.js';
import { invalid, refuseUnknown } from '../../errors.js';
import { fromEpochDay, toEpochDay } from '../../series/index.js';
import { readTogether } from '../lgbm/booster-cache.js';
import { modelKey, pooledKey } from '../lgbm/model-key.js';
import { causalVolatility } from '../pooled/causal-volatility.js';
import { checkDrivers, type DriverOptions, type DriverSessions, type DriverSettings, readSessions } from './driver.js';
import { type DriverEffect, parseEffect } from './driver-effect.js';
import { currentMove, type DriverMove, driverWindow, type NoMove } from './driver-moves.js';
import { moveStatement } from './move-statement.js';
import { retrainDrivers } from './retrain-drivers.js';

/** A driver's volatility is settled after so many days. */
const LOOK_BACK_DAYS = 600;

/**
 * Returns the member with what other markets did since the close: sessions of the drivers that ended after the base bar's close, before the next
 * session's open and not after the clock move its distribution, and narrow it by what they explain.
 *
 * An instrument's slopes are learned when the member is retrained, drawn to the pool's and to zero, nil where validation days say so, and stored
 * under '{code}_h{H}_drv' and '_pooled_h{H}_drivers' (behind '_{member}_' unless that is 'lgbm'). A forecast issued at the close, when the
 * other market has not traded yet, is the member's own. `notes` of the forecast say what moved it, and which driver was left out, and why.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option at fault
 * @example
 * withDrivers(pooledLgbm(), { drivers: [{ code: 'IVV', prices: yahooPrices(), market: us }] });
 */
export function withDrivers(member: Member, options: DriverOptions): Member {
  const where = 'withDrivers';
  if (typeof member?.forecast !== 'function') throw invalid('INVALID_ARGUMENT', where, 'member', 'a member', member);
  refuseUnknown(where, options, ['drivers', 'timeoutMs', 'trainingBars', 'validationShare']);
  const { timeoutMs = 30_000, trainingBars = 1250, validationShare = 0.2 } = options;
  if (!(typeof timeoutMs === 'number' && timeoutMs > 0)) {
    throw invalid('INVALID_ARGUMENT', where, 'timeoutMs', 'milliseconds > 0', timeoutMs);
  }
  if (!(Number.isInteger(trainingBars) && trainingBars >= 1)) {
    throw invalid('INVALID_ARGUMENT', where, 'trainingBars', 'a whole number of bars >= 1', trainingBars);
  }
  if (!(validationShare > 0 && validationShare < 1)) {
    throw invalid('INVALID_ARGUMENT', where, 'validationShare', 'in (0, 1)', validationShare);
  }
  const named = checkDrivers(where, options?.drivers);
  const first = named.filter(({ code }, i) => named.findIndex((other) => other.code === code) === i);
  const twice = [...new Set(named.filter((driver) => !first.includes(driver)).map(({ code }) => code))];
  const settings: DriverSettings = { drivers: first, timeoutMs, trainingBars, validationShare };
  const { name, prior } = member;
  return {
    name,
    prior,
    drivers: first.map(({ code, market }) => ({ code, market })),
    async forecast(batch, request) {
      const moving = movesOf(batch, request, settings);
      // It is awaited after the member has answered, or not at all.
      moving.catch(() => {});
      const answers = await member.forecast(batch, request);
      if (!Array.isArray(answers) || answers.length !== batch.length) return answers;
      const moves = await moving;
      const effects = await readEffects(name, batch, request);
      return batch.map(({ code, series }, i) => {
        const answer: MemberAnswer = answers[i];
        const found = moves.get(series.dates[series.length - 1]);
        if (!(answer instanceof Map) || found === undefined) return answer;
        const sigma = causalVolatility(series.close)[series.length - 1];
        return new Map(
          [...answer].map(([horizon, step]: [number, StepAnswer]) => {
            const effect = effects(code, horizon);
            if (effect === undefined || typeof step !== 'object' || step === null || 'error' in step) {
              return [horizon, step];
            }
            return [horizon, moveStatement(step, effect, { moves: found, unit: sigma * Math.sqrt(horizon), twice })];
          }),
        );
      });
    },
    // what drivers move is told in the notes of the forecast
    ...(member.explain && { explain: member.explain.bind(member) }),
    retrain: (job) => retrainDrivers(member, job, settings),
  };
}

/** What each driver did, by its code; by base date, only those days for which some driver has something to say. */
type Moves = ReadonlyMap<string, ReadonlyMap<string, DriverMove | NoMove>>;

async function movesOf(
  batch: readonly MemberInput[],
  { market, now: clock, signal }: ForecastRequest,
  { drivers, timeoutMs }: DriverSettings,
): Promise<Moves> {
  const now = clock();
  const dates = [...new Set(batch.map(({ series }) => series.dates[series.length - 1]))].sort();
  const moves = new Map(dates.map((date) => [date, new Map<string, DriverMove | NoMove>()]));
  if (dates.length === 0) return moves;
  const from = fromEpochDay(toEpochDay(dates[0]) - LOOK_BACK_DAYS);
  await Promise.all(
    drivers.map(async (driver) => {
      let sessions: Promise<DriverSessions> | undefined;
      for (const date of dates) {
        const window = driverWindow(market, date);
        // Before any session can have ended nothing is fetched.
        if (now.getTime() <= window.closedAt) {
          moves.get(date)!.set(driver.code, { reason: undefined });
          continue;
        }
        try {
          sessions ??= readSessions(driver, { now, from, timeoutMs, signal });
          const move = currentMove(await sessions, { market: driver.market, window, now: now.getTime() });
          moves.get(date)!.set(driver.code, move);
        } catch (error) {
          signal.throwIfAborted();
          moves.get(date)!.set(driver.code, { reason: error instanceof Error ? error.message : String(error) });
        }
      }
    }),
  );
  return moves;
}

/** Returns what reads the effect learned for an instrument and horizon: its own, else the pool's; undefined before any was. */
async function readEffects(
  name: string,
  batch: readonly MemberInput[],
  { horizons, models }: ForecastRequest,
): Promise<(code: string, horizon: number) => DriverEffect | undefined> {
  if (models === undefined) return () => undefined;
  const keys = horizons.flatMap((horizon) => [
    pooledKey(name, horizon, 'drivers'),
    ...batch.map(({ code }) => modelKey(name, { code, horizon, kind: 'drv' })),
  ]);
  const effects = await parseAll(models, keys);
  return (code, horizon) =>
    effects.get(modelKey(name, { code, horizon, kind: 'drv' })) ?? effects.get(pooledKey(name, horizon, 'drivers'));
}

async function parseAll(models: ModelReader, keys: readonly string[]): Promise<Map<string, DriverEffect>> {
  const texts = await readTogether(models, keys);
  const effects = new Map<string, DriverEffect>();
  for (const [i, key] of keys.entries()) {
    const text = texts[i];
    if (text !== undefined) effects.set(key, parseEffect(text, key));
  }
  return effects;
}
