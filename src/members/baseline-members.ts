import { type BaselineForecast, garchForecast, harRangeForecast } from '../baselines/index.js';
import { randomWalkSteps } from '../baselines/inside.js';
import type { Member, MemberAnswer } from '../ensemble/index.js';
import { YARDSTICK } from '../ensemble/inside.js';
import { refuseUnknown } from '../errors.js';
import type { PriceSeries } from '../series/index.js';

export interface BaselineMemberOptions {
  /** Default as the function says. */
  name?: string | undefined;
  /** Its share before anything is learned, relative to the other members'; default 0. */
  prior?: number | undefined;
}

/**
 * Returns the random walk: the last close stays, with filtered historical quantiles of its past returns around it. Named 'naive': it is
 * what the other members are measured against, and every context has one.
 *
 * @see randomWalkForecast in chronolight/baselines
 */
export function randomWalk(options: BaselineMemberOptions = {}): Member {
  return baselineMember('randomWalk', YARDSTICK, options, ({ close }, horizons) => randomWalkSteps(close, horizons));
}

/**
 * Returns the heterogeneous autoregression of daily, weekly and monthly range variances; 120 bars and more. `har({ name: 'naive' })` makes
 * it what the others are measured against.
 *
 * @see harRangeForecast in chronolight/baselines
 */
export function har(options: BaselineMemberOptions = {}): Member {
  return baselineMember('har', 'har', options, (series, horizons) =>
    harRangeForecast(series, { horizon: Math.max(...horizons) }),
  );
}

/**
 * Returns GARCH(1, 1) with Student innovations, fitted anew to each instrument's bars; 101 closes and more.
 *
 * @see garchForecast in chronolight/baselines
 */
export function garch(options: BaselineMemberOptions = {}): Member {
  return baselineMember('garch', 'garch', options, ({ close }, horizons) =>
    garchForecast(close, { horizon: Math.max(...horizons) }),
  );
}

function baselineMember(
  where: string,
  usual: string,
  options: BaselineMemberOptions,
  forecastOf: (series: PriceSeries, horizons: readonly number[]) => BaselineForecast,
): Member {
  refuseUnknown(where, options, ['name', 'prior']);
  const { name = usual, prior = 0 } = options;
  const answer = (series: PriceSeries, horizons: readonly number[]): MemberAnswer => {
    try {
      const { median, levels, quantiles } = forecastOf(series, horizons);
      return new Map(
        horizons.map((horizon) => {
          const row = quantiles.subarray((horizon - 1) * levels.length, horizon * levels.length);
          return [horizon, { levels, quantiles: row, pointClose: median[horizon - 1] }];
        }),
      );
    } catch (error) {
      return { error };
    }
  };
  return { name, prior, forecast: async (batch, { horizons }) => batch.map(({ series }) => answer(series, horizons)) };
}
