import type { Calibration } from '../ensemble/index.js';
import { invalid, refuseUnknown } from '../errors.js';
import { quantile } from '../stats/index.js';
import { byDay } from './by-day.js';
import type { DatedInterval } from './scored-quantiles.js';

/** A stretch of the interval, and what it is made of: low = high = longRun × storm, bounded to [0.5, 3]. */
export interface StormCalibration extends Calibration {
  /** The stretch that held 80 % over the long run, the storms taken off. */
  readonly longRun: number;
  /** How much wilder than usual the last days were than their intervals allowed for; 1 if they were not. */
  readonly storm: number;
}

/** How a calibration follows a storm. */
export interface StormOptions {
  /** Horizon of the forecasts in trading days, >= 1. */
  readonly horizon: number;
  /** How far a storm stretches: the power of it, >= 0; default 0.25 / √horizon, 0 follows no storm. */
  readonly response?: number | undefined;
  /** What is left of a storm a day later, in [0, 1); default 0.7. */
  readonly memory?: number | undefined;
}

/** The share of outcomes beyond the interval. */
const MISS_SHARE = 0.2;

/**
 * A day of m instruments counts m / (m + this): what one or two did is mostly their own noise, what fifty did together is the day's. Chosen on the months
 * before the scored spans for pools of 1 to 24 (docs/decisions/0003).
 */
const NOISE = { longRun: 5, storm: 8 };

/**
 * The power at one day ahead, and what is left of a storm a day later: the longer a storm's outcomes take to come, the less of it is left when
 * they do. Members that see only closes ask for twice the power (docs/decisions/0003): the default ones see ranges, which follow a storm themselves.
 */
const RESPONSE = 0.25;
const MEMORY = 0.7;

/** Step of the long-run stretch: a share of 0.1 too many misses for a day stretches by a tenth of this, first more. */
const LONG_RUN_STEP = 0.02;
const FIRST_STEP = 0.15;

/** Days over which the usual wildness of a day is remembered. */
const USUAL_DAYS = 250;

const STRETCHES = [0.5, 3];
const MOST_LOG_SCORE = 4;
const MOST_SURPRISE = 1.5;

/** A half-width below this many sigmas is no interval to learn from. */
const MIN_HALF_WIDTH = 1e-6;

/**
 * Returns the stretch of the interval for a forecast made after the newest outcome given: a long-run stretch that holds 80 %, times one that
 * follows the last days.
 *
 * A storm hits all instruments at once, so the median over a day's instruments of how far outcomes lay from the point, in half-widths, tells
 * within a day what each one's own volatility learns in weeks. Its logarithm, beside its usual value, is averaged over the last days; that, to
 * a power, is the storm. The long run is tracked on the misses that are left: up a little where more than a fifth missed, down where
 * fewer did. A day counts the more, the more instruments it has. Each outcome is judged with the storm that was known on its base date, so nothing is used before it was known.
 *
 * @param forecasts matched forecasts of one horizon pooled over instruments, any order; sorted here by actualDate
 * @throws ForecastError `INVALID_HORIZON`; `INVALID_ARGUMENT` for options out of range
 * @see Gibbs & Candès (2021), Adaptive conformal inference under distribution shift, NeurIPS; Angelopoulos, Candès & Tibshirani (2023),
 *   Conformal PID control, arXiv:2307.16895: a tracker of misses with a forecast of the score beside it
 */
export function learnStormCalibration(forecasts: readonly DatedInterval[], options: StormOptions): StormCalibration {
  const tracker = stormTracker(options);
  for (const day of byDay(forecasts)) tracker.learn(day);
  return tracker.calibration();
}

/** A calibration that learns a day at a time. */
export interface StormTracker {
  /** Takes one day's outcomes, all with the same actualDate, later than those before. */
  learn(day: readonly DatedInterval[]): void;
  calibration(): StormCalibration;
}

/** Returns a tracker that knows nothing yet: its stretch is 1; see learnStormCalibration, which feeds one. */
export function stormTracker(options: StormOptions): StormTracker {
  const where = 'learnStormCalibration';
  refuseUnknown(where, options, ['horizon', 'response', 'memory']);
  const { horizon } = options;
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw invalid('INVALID_HORIZON', where, 'horizon', 'a whole number of trading days >= 1', horizon);
  }
  const { response = RESPONSE / Math.sqrt(horizon), memory = MEMORY } = options;
  if (!(response >= 0 && response < Infinity)) throw invalid('INVALID_ARGUMENT', where, 'response', '>= 0', response);
  if (!(memory >= 0 && memory < 1)) throw invalid('INVALID_ARGUMENT', where, 'memory', 'in [0, 1)', memory);
  const dates: string[] = [];
  const storms: number[] = [];
  let [storm, longRun, usual] = [0, 0, 0];

  /** The storm as known on a date. */
  function stormOn(date: string): number {
    let [low, high] = [0, dates.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (dates[middle] <= date) low = middle + 1;
      else high = middle;
    }
    return low === 0 ? 0 : storms[low - 1];
  }

  return {
    learn(day) {
      const known = day.filter((one) => Math.min(one.point - one.low, one.high - one.point) > MIN_HALF_WIDTH);
      if (known.length === 0) return;
      const scores = known.map(logScore);
      const trust = (noise: number) => scores.length / (scores.length + noise);
      const missed = known.filter((one, i) => scores[i] > longRun + response * stormOn(one.baseDate)).length;
      const count = dates.length + 1;
      const step = Math.max(LONG_RUN_STEP, FIRST_STEP / Math.sqrt(count)) / horizon;
      longRun = clamp(longRun + step * trust(NOISE.longRun) * (missed / known.length - MISS_SHARE), ...logStretches());
      const middle = quantile(scores, 0.5);
      // The first day has nothing to be compared with: it is the usual.
      if (count === 1) usual = middle;
      const surprise = clamp(middle - usual, -MOST_SURPRISE, MOST_SURPRISE);
      storm = memory * storm + (1 - memory) * trust(NOISE.storm) * surprise;
      usual += (middle - usual) / Math.min(count, USUAL_DAYS);
      dates.push(known[0].actualDate);
      storms.push(storm);
    },
    calibration() {
      const stretch = Math.exp(clamp(longRun + response * storm, ...logStretches()));
      return { low: stretch, high: stretch, longRun: Math.exp(longRun), storm: Math.exp(response * storm) };
    },
  };
}

function logScore({ actual, point, low, high }: DatedInterval): number {
  const score = actual < point ? (point - actual) / (point - low) : (actual - point) / (high - point);
  return clamp(Math.log(score), -MOST_LOG_SCORE, MOST_LOG_SCORE);
}

function logStretches(): [number, number] {
  return [Math.log(STRETCHES[0]), Math.log(STRETCHES[1])];
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
