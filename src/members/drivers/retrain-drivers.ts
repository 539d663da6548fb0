import { letOthersRun } from '../../concurrency/index.js';
import type { Member, RetrainItem, RetrainJob, TrainedEntry } from '../../ensemble/index.js';
import type { Market } from '../../markets/index.js';
import { fromEpochDay, type PriceSeries, toEpochDay } from '../../series/index.js';
import { modelKey, pooledKey } from '../lgbm/model-key.js';
import { wasPublished } from '../lgbm/was-published.js';
import { causalVolatility } from '../pooled/causal-volatility.js';
import { type DriverSessions, type DriverSettings, readSessions } from './driver.js';
import { effectToText } from './driver-effect.js';
import { driverMove, driverWindow } from './driver-moves.js';
import { type DriverRow, learnEffects } from './learn-effects.js';

/** The first bars of a series, whose volatility is not settled yet, are no rows. */
const WARM_UP_BARS = 60;

/** The drivers are read from so many days before the first bar on. */
const LEAD_DAYS = 150;

/** How the effects of one horizon fared: the ratio of validation losses, or why there is none. */
type DriverTraining =
  | { readonly ratio: number; readonly isPublished: boolean }
  | { readonly error: unknown }
  | 'resumed';

/**
 * Learns what the drivers do to each instrument at each horizon and publishes it at once; then retrains the member itself, and adds
 * to what it reports the ratio of validation losses (`lossRatios.drivers`), or why the drivers could not be learned from.
 *
 * Where they could not, what was learned before stays. A code without prices is left out, for the member to report.
 */
export async function retrainDrivers(member: Member, job: RetrainJob, settings: DriverSettings): Promise<void> {
  const outcomes = await learnAll(member.name, job, settings);
  const withOutcome = (item: RetrainItem): RetrainItem => {
    const outcome = outcomes.get(item.horizon);
    if (outcome === undefined || outcome === 'resumed') return item;
    if ('error' in outcome) return item.error === undefined ? { ...item, error: outcome.error } : item;
    return { ...item, lossRatios: { ...item.lossRatios, drivers: outcome.ratio } };
  };
  if (member.retrain !== undefined) {
    await member.retrain({ ...job, report: (items) => job.report(items.map(withOutcome)) });
    return;
  }
  for (const horizon of job.horizons) {
    const outcome = outcomes.get(horizon)!;
    const status = statusOf(outcome);
    job.report(job.codes.map((code) => withOutcome({ code, horizon, status })));
  }
}

function statusOf(outcome: DriverTraining): RetrainItem['status'] {
  if (outcome === 'resumed') return outcome;
  if ('error' in outcome) return 'failed';
  return outcome.isPublished ? 'published' : 'kept';
}

async function learnAll(name: string, job: RetrainJob, settings: DriverSettings): Promise<Map<number, DriverTraining>> {
  const outcomes = new Map<number, DriverTraining>();
  const due: number[] = [];
  for (const horizon of job.horizons) {
    if (await wasPublished(job, pooledKey(name, horizon, 'drivers'))) outcomes.set(horizon, 'resumed');
    else due.push(horizon);
  }
  if (due.length === 0) return outcomes;
  try {
    const histories = await readHistories(job, settings.trainingBars);
    const { codes, movesOn } = await readMoves(histories, job, settings);
    const entries: TrainedEntry[] = [];
    const ratios = new Map<number, number>();
    for (const horizon of due) {
      const pool = new Map([...histories].map(([code, series]) => [code, rowsOf(series, horizon, movesOn)]));
      const learned = learnEffects(pool, { drivers: codes, validationShare: settings.validationShare });
      const { lossRatio, rows } = learned;
      const meta = { horizon, drivers: codes, rows, lossRatio, trainedAt: job.now().toISOString() };
      entries.push(
        ...[...learned.own].map(([code, effect]) => ({
          key: modelKey(name, { code, horizon, kind: 'drv' }),
          text: effectToText(effect),
          meta,
        })),
        { key: pooledKey(name, horizon, 'drivers'), text: effectToText(learned.pool), meta },
      );
      ratios.set(horizon, lossRatio);
      await letOthersRun();
    }
    const isPublished = await job.publish(entries);
    for (const [horizon, ratio] of ratios) outcomes.set(horizon, { ratio, isPublished });
  } catch (error) {
    job.signal.throwIfAborted();
    for (const horizon of due) if (!outcomes.has(horizon)) outcomes.set(horizon, { error });
  }
  return outcomes;
}

async function readHistories(job: RetrainJob, bars: number): Promise<Map<string, PriceSeries>> {
  const histories = new Map<string, PriceSeries>();
  for (const code of job.codes) {
    try {
      histories.set(code, await job.history(code, bars));
    } catch {
      job.signal.throwIfAborted();
    }
    await letOthersRun();
  }
  return histories;
}

/** Returns the drivers that could be read, and each one's move after the close of a day; undefined where none moved. */
async function readMoves(
  histories: ReadonlyMap<string, PriceSeries>,
  { market, now, signal }: RetrainJob,
  { drivers, timeoutMs }: DriverSettings,
): Promise<{ codes: string[]; movesOn: (date: string) => readonly number[] | undefined }> {
  const firsts = [...histories.values()].map(({ dates }) => dates[0]).sort();
  if (firsts.length === 0) return { codes: drivers.map(({ code }) => code), movesOn: () => undefined };
  const from = fromEpochDay(toEpochDay(firsts[0]) - LEAD_DAYS);
  const read = await Promise.allSettled(
    drivers.map((driver) => readSessions(driver, { now: now(), from, timeoutMs, signal })),
  );
  signal.throwIfAborted();
  const known = read.flatMap((result, i) =>
    result.status === 'fulfilled' ? [{ code: drivers[i].code, sessions: result.value }] : [],
  );
  if (known.length === 0) throw (read[0] as PromiseRejectedResult).reason;
  const moves = movesByDate(
    market,
    known.map(({ sessions }) => sessions),
  );
  return { codes: known.map(({ code }) => code), movesOn: moves };
}

function movesByDate(market: Market, drivers: readonly DriverSessions[]) {
  const known = new Map<string, readonly number[] | undefined>();
  return (date: string): readonly number[] | undefined => {
    if (known.has(date)) return known.get(date);
    const window = driverWindow(market, date);
    const moves = drivers.map((sessions) => driverMove(sessions, window)?.sigmas);
    const found = moves.every((move) => move === undefined) ? undefined : moves.map((move) => move ?? 0);
    known.set(date, found);
    return found;
  };
}

function rowsOf(
  { dates, close, length }: PriceSeries,
  horizon: number,
  movesOn: (date: string) => readonly number[] | undefined,
): DriverRow[] {
  const sigma = causalVolatility(close);
  const rows: DriverRow[] = [];
  for (let bar = WARM_UP_BARS; bar + horizon < length; bar++) {
    const moves = sigma[bar] > 0 ? movesOn(dates[bar]) : undefined;
    if (moves === undefined) continue;
    const outcome = Math.log(close[bar + horizon] / close[bar]) / (sigma[bar] * Math.sqrt(horizon));
    rows.push({ date: dates[bar], targetDate: dates[bar + horizon], outcome, moves });
  }
  return rows;
}
