import { invalid, refuseUnknown } from '../errors.js';
import { quantile } from '../stats/index.js';
import { byDay } from './by-day.js';
import type { ScoredQuantiles } from './scored-quantiles.js';

/** Shares of members by name, one at each level. */
export interface LevelWeights {
  readonly levels: readonly number[];
  /** By name [levels], each in [0, 1]; at each level together 1. */
  readonly shares: { readonly [name: string]: readonly number[] };
  /** Codes whose forecasts were left out, at least once, for a number that is none or a sigma that is not > 0. */
  readonly leftOut: readonly string[];
}

/** How weights by level are learned. */
export interface LevelWeightsOptions {
  /** Horizon of the forecasts in trading days, >= 1: those of h days overlap, so each counts 1 / h. */
  readonly horizon: number;
  /** Names; their order is that of the shares. A member may be missing from any forecast. */
  readonly members: readonly string[];
  /** Common levels of all quantiles, ascending, each in (0, 1). */
  readonly levels: readonly number[];
  /** Shares before anything was learned, > 0, one for each member, together 1; equal if missing. */
  readonly prior?: { readonly [name: string]: number } | undefined;
  /** What a day's evidence is worth a day later, in (0, 1]; default 0.998. */
  readonly forgetting?: number | undefined;
  /** Log-odds that a loss lower by one sigma for one day gains; default 10. */
  readonly rate?: number | undefined;
  /** Levels nearer than about this share their evidence, as a difference of levels, > 0; default 0.2. */
  readonly bandwidth?: number | undefined;
}

/**
 * Most log-odds that one instrument can ask for, whatever happens to it. Adding one to n that were there all along moves no share by more
 * than INSTRUMENT_BOUND / (n + 1) at the default rate. It also moves the pool at which the others' losses are linearised; at rates a hundred times
 * as high that may double it.
 */
export const INSTRUMENT_BOUND = 3;

/** Most sigmas of regret that one forecast counts for on its day. */
const DAY_BOUND = 0.25;

/** A sigma counts as no less than this share of the day's median: quieter instruments weigh by what they move. */
const LEAST_SIGMA = 0.25;

/**
 * Returns weights by level, learned from matched forecasts of one horizon.
 *
 * At each level, day by day: every forecast gives each member the pinball loss that it undercuts the pool by (linearised at the pool of
 * the day before). An instrument adds up what its own forecasts gave, forgetting, into log-odds that are bounded; the pool's are the mean over the instruments,
 * smoothed over the levels. So many instruments that agree move the shares far, and one alone, however odd, hardly: a unit of loss does not
 * vanish with an instrument's volatility, a day's regret is bounded, and so is all of an instrument's together.
 *
 * A member missing from a forecast is asleep there: it neither gains nor loses, and what was learned of it fades towards the prior.
 *
 * @param forecasts any order; sorted here by actualDate
 * @throws ForecastError `INVALID_ARGUMENT` for options out of range; `INVALID_HORIZON`
 * @see Wintenberger (2017), Machine Learning 106, for the linearised loss; Freund, Schapire, Singer & Warmuth (1997), STOC, for sleeping members
 */
export function learnLevelWeights(forecasts: readonly ScoredQuantiles[], options: LevelWeightsOptions): LevelWeights {
  const learner = levelLearner(options);
  for (const day of byDay(forecasts)) learner.learn(day);
  return learner.weights();
}

/** Weights by level that learn a day at a time. */
export interface LevelLearner {
  /** Takes one day's outcomes, all with the same actualDate, later than those before. */
  learn(day: readonly ScoredQuantiles[]): void;
  weights(): LevelWeights;
}

/** One instrument's memory. */
interface Voice {
  /** [members × levels], log-odds. */
  readonly odds: Float64Array;
  /** Days on which it was heard, forgetting. */
  days: number;
}

/** Returns a learner that knows nothing yet; see learnLevelWeights, which feeds one. */
export function levelLearner(options: LevelWeightsOptions): LevelLearner {
  const { horizon, members, levels, forgetting, rate, kernel, logPrior } = checkedOptions(options);
  const width = levels.length;
  const size = members.length * width;
  const voices = new Map<string, Voice>();
  const leftOut = new Set<string>();
  let days = 0;
  let shares = softShares(new Float64Array(size));

  function softShares(odds: Float64Array): Float64Array {
    const result = new Float64Array(size);
    for (let level = 0; level < width; level++) {
      let total = 0;
      const smooth = members.map((_, k) => {
        let sum = logPrior[k];
        for (let other = 0; other < width; other++) sum += kernel[level * width + other] * odds[k * width + other];
        return sum;
      });
      const top = Math.max(...smooth);
      for (let k = 0; k < members.length; k++) total += Math.exp(smooth[k] - top);
      for (let k = 0; k < members.length; k++) result[k * width + level] = Math.exp(smooth[k] - top) / total;
    }
    return result;
  }

  /** Adds one forecast's regrets to its instrument's log-odds. */
  function hear({ code, actual, sigma, members: stated }: ScoredQuantiles, leastSigma: number): void {
    const awake = members.map((_, k) => k).filter((k) => stated[members[k]] !== undefined);
    const regrets = new Float64Array(size);
    const unit = sigma / Math.max(sigma, leastSigma);
    let largest = 0;
    for (let level = 0; level < width; level++) {
      let [pooled, total] = [0, 0];
      for (const k of awake) {
        total += shares[k * width + level];
        pooled += shares[k * width + level] * stated[members[k]]![level];
      }
      pooled /= total;
      const gradient = (actual < pooled ? 1 : 0) - levels[level];
      for (const k of awake) {
        const regret = unit * gradient * (pooled - stated[members[k]]![level]);
        regrets[k * width + level] = regret;
        largest = Math.max(largest, Math.abs(regret));
      }
    }
    const bounded = (rate / horizon) * Math.min(1, DAY_BOUND / largest);
    const voice = voices.get(code) ?? { odds: new Float64Array(size), days: 0 };
    voices.set(code, voice);
    voice.days++;
    if (largest > 0) for (let i = 0; i < size; i++) voice.odds[i] += bounded * regrets[i];
  }

  return {
    learn(day) {
      const sound = day.filter((forecast) => isSound(forecast, members, width));
      for (const { code } of day.filter((forecast) => !isSound(forecast, members, width))) leftOut.add(code);
      if (sound.length === 0) return;
      const leastSigma =
        LEAST_SIGMA *
        quantile(
          sound.map(({ sigma }) => sigma),
          0.5,
        );
      days = days * forgetting + 1;
      for (const voice of voices.values()) {
        voice.days *= forgetting;
        for (let i = 0; i < size; i++) voice.odds[i] *= forgetting;
      }
      for (const forecast of sound) hear(forecast, leastSigma);
      const odds = new Float64Array(size);
      let heard = 0;
      for (const voice of voices.values()) {
        // One that was there for a part of the time has that part of a voice.
        const presence = Math.min(1, voice.days / days);
        const most = INSTRUMENT_BOUND * presence;
        heard += presence;
        for (let i = 0; i < size; i++) {
          voice.odds[i] = Math.max(-most, Math.min(most, voice.odds[i]));
          odds[i] += voice.odds[i];
        }
      }
      for (let i = 0; i < size; i++) odds[i] /= heard;
      shares = softShares(odds);
    },
    weights: () => ({
      levels: [...levels],
      shares: Object.fromEntries(
        members.map((name, k) => [name, [...shares.subarray(k * width, (k + 1) * width)]] as const),
      ),
      leftOut: [...leftOut].sort(),
    }),
  };
}

/** Whether every number of a forecast is one, and at least one member is awake. */
function isSound(
  { actual, sigma, members: stated }: ScoredQuantiles,
  members: readonly string[],
  width: number,
): boolean {
  if (!(sigma > 0 && sigma < Infinity && Number.isFinite(actual))) return false;
  let awake = 0;
  for (const name of members) {
    const quantiles = stated[name];
    if (quantiles === undefined) continue;
    awake++;
    if (quantiles.length !== width) return false;
    for (let level = 0; level < width; level++) if (!Number.isFinite(quantiles[level])) return false;
  }
  return awake > 0;
}

const OPTIONS = ['horizon', 'members', 'levels', 'prior', 'forgetting', 'rate', 'bandwidth'];

function checkedOptions(options: LevelWeightsOptions) {
  const where = 'learnLevelWeights';
  refuseUnknown(where, options, OPTIONS);
  const { horizon, members, levels, prior, forgetting = 0.998, rate = 10, bandwidth = 0.2 } = options;
  if (!Number.isInteger(horizon) || horizon < 1) {
    throw invalid('INVALID_HORIZON', where, 'horizon', 'a whole number of trading days >= 1', horizon);
  }
  if (members.length === 0 || new Set(members).size !== members.length) {
    throw invalid('INVALID_ARGUMENT', where, 'members', 'at least one name, each once', members);
  }
  for (let i = 0; i < Math.max(1, levels.length); i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw invalid('INVALID_ARGUMENT', where, `levels[${i}]`, 'ascending and in (0, 1)', levels[i]);
    }
  }
  if (!(forgetting > 0 && forgetting <= 1)) {
    throw invalid('INVALID_ARGUMENT', where, 'forgetting', 'in (0, 1]', forgetting);
  }
  if (!(rate > 0 && rate < Infinity)) throw invalid('INVALID_ARGUMENT', where, 'rate', 'a finite number > 0', rate);
  if (!(bandwidth > 0)) throw invalid('INVALID_ARGUMENT', where, 'bandwidth', '> 0', bandwidth);
  const start = members.map((name) => (prior === undefined ? 1 / members.length : prior[name]));
  start.forEach((share, k) => {
    if (!(share > 0 && share <= 1)) {
      throw invalid('INVALID_ARGUMENT', where, `prior.${members[k]}`, 'a share in (0, 1]', share);
    }
  });
  const total = start.reduce((sum, share) => sum + share, 0);
  if (Math.abs(total - 1) > 1e-9)
    throw invalid('INVALID_ARGUMENT', where, 'prior', 'shares of the members that sum to 1', total);
  return {
    horizon,
    members,
    levels,
    forgetting,
    rate,
    kernel: smoother(levels, bandwidth),
    logPrior: start.map(Math.log),
  };
}

/** [levels × levels], each row a mean over the levels with Gaussian weights in their distance. */
function smoother(levels: readonly number[], bandwidth: number): Float64Array {
  const kernel = new Float64Array(levels.length ** 2);
  levels.forEach((level, row) => {
    const weights = levels.map((other) => Math.exp(-0.5 * ((level - other) / bandwidth) ** 2));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    kernel.set(
      weights.map((weight) => weight / total),
      row * levels.length,
    );
  });
  return kernel;
}
