import { ForecastError, invalid } from '../errors.js';
import { quantileFunction } from '../stats/index.js';
import { labelDirection, normalizeDirection, sharesOf } from './direction.js';
import {
  type Calibration,
  type DirectionProbabilities,
  type Distribution,
  FORECAST_LEVELS,
  type Weights,
  YARDSTICK,
} from './forecast.js';
import { effectiveWeights } from './member-weights.js';
import { noLowerThan, priceAt } from './statement.js';

export interface CombineInput {
  /** Close of the base bar, in price; > 0. */
  baseClose: number;
  /** Half-width of the flat band as a simple return; default 0.003. */
  flatBand?: number | undefined;
  /** Shares of the members by name, together 1; one without a forecast leaves its share to the others. */
  weights: Weights;
  /** What each member says, by name. */
  members: Readonly<Record<string, Distribution>>;
  /** Learned stretch of the whole distribution about its point. */
  calibration?: Calibration | undefined;
}

/** The ensemble's forecast of one close. */
export interface Combined extends Distribution {
  /** The weights in force, after missing members were left out; together 1. */
  weights: Weights;
}

/** Makes one forecast of the members'. */
export type Combine = (input: CombineInput) => Combined;

/**
 * Returns the linear pool of the members' quantiles: at each of 13 levels, and for the point, the weighted sum of theirs.
 *
 * The distribution is then stretched about its point by the calibration, and the direction shares are read off it, so that they never
 * contradict it.
 *
 * @throws ForecastError `NO_FORECAST` without members; `INVALID_ARGUMENT` for weights that are no shares, a calibration that is not
 *   positive, a base close that is no price
 * @see Ratcliff (1979), Group reaction time distributions and an analysis of distribution statistics (averaging quantiles);
 *   Lichtendahl, Grushka-Cockayne, Winkler (2013), Is it better to average probabilities or quantiles?, Management Science 59(7)
 */
export function combine(input: CombineInput): Combined {
  const { pool, base, weights } = poolMembers(input);
  const shares = sharesOf(quantileFunction(pool.levels, pool.quantiles), base);
  return { ...distributionOf(pool, shares, base.baseClose), weights };
}

/**
 * Returns the pool as the system first asked for has it: point and quantiles as `combine`, but each member has one vote on the
 * direction, whatever its weight, and the yardstick has none.
 *
 * @throws ForecastError as `combine`; `NO_FORECAST` also with the yardstick alone
 */
export function combineByVotes(input: CombineInput): Combined {
  const votes = Object.keys(input.members).filter((name) => name !== YARDSTICK);
  if (votes.length === 0) throw noForecast(Object.keys(input.members));
  const { pool, base, weights } = poolMembers(input);
  const mean = (field: keyof DirectionProbabilities) =>
    votes.reduce((sum, name) => sum + input.members[name][field], 0) / votes.length;
  const shares = { probUp: mean('probUp'), probFlat: mean('probFlat'), probDown: mean('probDown') };
  return { ...distributionOf(pool, normalizeDirection(shares), base.baseClose, { byVotes: true }), weights };
}

interface Pool {
  pointClose: number;
  levels: number[];
  quantiles: number[];
}

function poolMembers({ baseClose, flatBand = 0.003, weights, members, calibration }: CombineInput) {
  if (!(Number.isFinite(baseClose) && baseClose > 0)) {
    throw invalid('INVALID_ARGUMENT', 'combine', 'baseClose', 'a finite price > 0', baseClose);
  }
  if (!(flatBand >= 0 && flatBand < 1)) throw invalid('INVALID_ARGUMENT', 'combine', 'flatBand', 'in [0, 1)', flatBand);
  const present = Object.keys(members);
  if (present.length === 0) throw noForecast(present);
  const effective = effectiveWeights(weights, present);
  const counted = present
    .filter((name) => effective[name] > 0)
    .map((name) => ({
      weight: effective[name],
      pointClose: members[name].pointClose,
      prices: forecastPrices(members[name]),
    }));
  const pool: Pool = { pointClose: 0, levels: FORECAST_LEVELS.slice(), quantiles: FORECAST_LEVELS.map(() => 0) };
  for (const { weight, pointClose, prices } of counted) {
    pool.pointClose += weight * pointClose;
    for (let i = 0; i < prices.length; i++) pool.quantiles[i] += weight * prices[i];
  }
  if (calibration !== undefined) stretch(pool, calibration);
  return { pool: ordered(pool), base: { baseClose, flatBand }, weights: effective };
}

/** Returns a member's prices at `FORECAST_LEVELS`. */
function forecastPrices({ levels, quantiles }: Distribution): number[] {
  // stated at just these levels, as most are, it needs no function
  if (isForecastGrid(levels) && isAscending(quantiles)) {
    return quantiles.map((price) => noLowerThan(price, quantiles[0]));
  }
  const known = quantileFunction(levels, quantiles);
  return FORECAST_LEVELS.map((level) => priceAt(known, level));
}

function isForecastGrid(levels: readonly number[]): boolean {
  if (levels.length !== FORECAST_LEVELS.length) return false;
  for (let i = 0; i < levels.length; i++) if (levels[i] !== FORECAST_LEVELS[i]) return false;
  return true;
}

function isAscending(prices: readonly number[]): boolean {
  for (let i = 1; i < prices.length; i++) if (prices[i - 1] > prices[i]) return false;
  return true;
}

/** Multiplies the log distances of the quantiles from the point, so that every price stays above 0. */
function stretch(pool: Pool, { low, high }: Calibration): void {
  for (const [name, factor] of Object.entries({ low, high })) {
    if (!(factor > 0 && factor < Infinity)) {
      throw invalid('INVALID_ARGUMENT', 'combine', `calibration.${name}`, 'a finite number > 0', factor);
    }
  }
  const { pointClose } = pool;
  pool.quantiles = pool.quantiles.map(
    (price) => pointClose * Math.exp((price < pointClose ? low : high) * Math.log(price / pointClose)),
  );
}

/** Returns the pool with rounding's last bit mended: quantiles never fall, and the point lies inside the interval. */
function ordered({ pointClose, levels, quantiles }: Pool): Pool {
  for (let i = 1; i < quantiles.length; i++) quantiles[i] = Math.max(quantiles[i], quantiles[i - 1]);
  return { pointClose, levels, quantiles };
}

function distributionOf(
  { pointClose: stated, levels, quantiles }: Pool,
  shares: DirectionProbabilities,
  baseClose: number,
  { byVotes = false } = {},
): Distribution {
  const ciLow = quantiles[levels.indexOf(0.1)];
  const ciHigh = quantiles[levels.indexOf(0.9)];
  const pointClose = Math.min(ciHigh, Math.max(ciLow, stated));
  const expectedReturn = pointClose / baseClose - 1;
  const direction = byVotes ? labelDirection(shares) : labelDirection(shares, expectedReturn);
  const { probUp, probFlat, probDown } = shares;
  return { pointClose, levels, quantiles, ciLow, ciHigh, probUp, probFlat, probDown, direction, expectedReturn };
}

function noForecast(present: readonly string[]): ForecastError {
  return new ForecastError('NO_FORECAST', 'combine: no member has a forecast', {
    field: 'members',
    expected: 'a forecast of at least one member',
    actual: present.join(', ') || 'none',
  });
}
