import { combine, type MemberFailure, type MemberName, type NaiveStep } from '../../ensemble/index.js';
import { ForecastError, isForecastError } from '../../errors.js';
import { addTradingDays, FLAT_BAND, krxCalendar, type PriceSeries } from '../../series/index.js';
import { DEFAULT_WEIGHTS } from '../../weights/index.js';
import type { ForecastContext } from '../context.js';
import { checkRecipe } from '../training/lgbm-recipe.js';
import { modelKey, pooledKey } from '../training/model-key.js';
import type { BoosterCache } from './booster-cache.js';
import type { ChronosOutcome } from './chronos-steps.js';
import { type LgbmForecast, lgbmForecast } from './lgbm-forecast.js';
import { type NaiveForecaster, naiveSteps } from './naive-steps.js';
import { newestBar } from './newest-bar.js';
import type { Prediction, PredictionStep } from './prediction.js';

/** One instrument's part of the work: its prices, and what is already known of Chronos. */
export interface Work {
  code: string;
  series: PriceSeries;
  horizons: number[];
  chronos: ChronosOutcome;
  boosters: BoosterCache | undefined;
}

/**
 * Returns one instrument's forecast: asks the members, reads the weights, pools each horizon.
 *
 * @throws ForecastError `NO_FORECAST`; whatever the store throws
 */
export async function composePrediction(work: Work, context: ForecastContext): Promise<Prediction> {
  const { code, series, horizons, chronos } = work;
  const { clock = () => new Date(), calendar = krxCalendar, flatBand = FLAT_BAND, store, logger } = context;
  checkRecipe('predict', context.lgbmRecipe);
  const baseDate = series.dates[series.length - 1];
  const baseClose = series.close[series.length - 1];
  const failures: MemberFailure[] = [];
  if (chronos && 'error' in chronos) failures.push(failure('chronos', horizons, chronos.error));
  const lgbm = await lgbmSteps(work, context, failures);
  const naive = naiveOf(work, { flatBand, naive: context.naive }, failures);
  for (const { member, horizons: failed, message } of failures) {
    logger?.warn(`${code}: ${member} has no forecast`, { horizons: failed, message });
  }

  const steps: PredictionStep[] = [];
  for (const horizon of horizons) {
    const members = {
      chronos: chronos && 'steps' in chronos ? chronos.steps.get(horizon) : undefined,
      lgbm: lgbm.get(horizon),
      naive: naive?.get(horizon),
    };
    if (!members.chronos && !members.lgbm) throw noForecast(work, horizon, context, failures);
    const learned = await store?.getWeights(code, horizon, baseDate);
    const calibration = learned?.calibration;
    const weights = learned?.weights ?? DEFAULT_WEIGHTS;
    steps.push({
      ...combine({ baseClose, horizon, weights, calibration, flatBand, ...members }),
      targetDate: addTradingDays(baseDate, horizon, calendar),
      ...(calibration && { calibration }),
    });
  }
  return { code, baseDate, baseClose, issuedAt: clock(), horizons, steps, sourcesUsed: sourcesOf(steps), failures };
}

async function lgbmSteps(
  { code, series, horizons, boosters }: Work,
  context: ForecastContext,
  failures: MemberFailure[],
): Promise<Map<number, LgbmForecast>> {
  const steps = new Map<number, LgbmForecast>();
  if (boosters === undefined) return steps;
  let newest: ReturnType<typeof newestBar>;
  try {
    newest = newestBar(series, context);
  } catch (error) {
    failures.push(failure('lgbm', horizons, error));
    return steps;
  }
  const { lgbmRecipe, flatBand } = context;
  for (const horizon of horizons) {
    try {
      const step = await lgbmForecast(boosters, { code, horizon, newest, lgbmRecipe, flatBand });
      if (step) steps.set(horizon, step);
    } catch (error) {
      context.signal?.throwIfAborted();
      failures.push(failure('lgbm', [horizon], error));
    }
  }
  return steps;
}

function naiveOf(
  { series, horizons }: Work,
  options: { flatBand: number; naive: NaiveForecaster | undefined },
  failures: MemberFailure[],
) {
  try {
    return naiveSteps(series, horizons, options);
  } catch (error) {
    failures.push(failure('naive', horizons, error));
    return undefined as Map<number, NaiveStep> | undefined;
  }
}

function failure(member: MemberName, horizons: readonly number[], error: unknown): MemberFailure {
  const message = error instanceof Error ? error.message : String(error);
  return { member, horizons: [...horizons], code: isForecastError(error) ? error.code : 'UNEXPECTED', message };
}

function noForecast({ code, boosters }: Work, horizon: number, context: ForecastContext, failures: MemberFailure[]) {
  const failed = (member: MemberName) =>
    failures.find((candidate) => candidate.member === member && candidate.horizons.includes(horizon))?.message;
  const chronos = failed('chronos') ?? (context.chronos ? 'it gave nothing' : 'no model was handed in');
  const key = context.lgbmRecipe === 'pooled' ? pooledKey(horizon, 'scale') : modelKey(code, horizon, 'reg');
  const lgbm = failed('lgbm') ?? (boosters ? `no model ${key} yet` : 'no model store was handed in');
  return new ForecastError(
    'NO_FORECAST',
    `predict(${code}): no member has a forecast for horizon ${horizon} (chronos: ${chronos}; lgbm: ${lgbm})`,
    { field: 'members', expected: 'chronos or lgbm', actual: 'neither' },
  );
}

function sourcesOf(steps: readonly PredictionStep[]): string[] {
  const chronos = steps.some((step) => step.members.chronos) ? ['chronos'] : [];
  const lgbm = steps.flatMap((step) => (step.members.lgbm ? [`lgbm_h${step.horizon}`] : []));
  const naive = steps.some((step) => step.weights.naive > 0) ? ['naive'] : [];
  return [...chronos, ...lgbm, ...naive];
}
