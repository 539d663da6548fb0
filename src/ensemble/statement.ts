import { type ForecastError, invalid } from '../errors.js';
import { type QuantileFunction, quantileFunction } from '../stats/index.js';
import { labelDirection, normalizeDirection, sharesOf } from './direction.js';
import type { DirectionProbabilities, Distribution } from './forecast.js';

/** What a member says of one close; `completeStatement` makes a `Distribution` of it. Prices. */
export interface Statement {
  /** Strictly ascending, each in (0, 1), at least two. */
  readonly levels: readonly number[];
  /** The close at each level, finite and > 0; sorted where they cross. */
  readonly quantiles: ArrayLike<number>;
  /** Point forecast; default the quantile at 0.5. One outside the 80 % interval is moved to its nearer end. */
  readonly pointClose?: number | undefined;
  /** Shares of the directions, where the member knows more of them than its quantiles say; default read off those. Scaled to sum 1. */
  readonly shares?: DirectionProbabilities | undefined;
  /** What made it, for `sourcesUsed`; default the member's name. */
  readonly source?: string | undefined;
  /** What a reader should know of how it came about: "IVV -1.8 %: point moved by -0.6 %". */
  readonly notes?: readonly string[] | undefined;
}

/** The close that returns start from, and the band of returns that count as flat. */
export interface Base {
  /** In price, > 0. */
  readonly baseClose: number;
  /** Half-width as a simple return, >= 0. */
  readonly flatBand: number;
}

/**
 * Returns what a member says as a whole distribution, every invariant of `Distribution` true.
 *
 * @param where names the member in messages
 * @throws ForecastError `INVALID_FORECAST` for levels that do not ascend in (0, 1), quantiles or a point that are no prices, or shares
 *   that are none
 */
export function completeStatement(where: string, statement: Statement, base: Base): Distribution {
  checkStatement(where, statement);
  const known = quantileFunction(statement.levels, statement.quantiles);
  const ciLow = priceAt(known, 0.1);
  const ciHigh = priceAt(known, 0.9);
  const pointClose = Math.min(ciHigh, Math.max(ciLow, statement.pointClose ?? known.at(0.5)));
  if (ciHigh === Infinity) throw refuse(where, 'quantiles', 'a finite price at 0.9', ciHigh);
  const { probUp, probFlat, probDown } = statement.shares
    ? normalizeDirection(statement.shares)
    : sharesOf(known, base);
  const expectedReturn = pointClose / base.baseClose - 1;
  // no spread: it takes as long as all that is computed here
  const distribution: Distribution = {
    pointClose,
    levels: listOf(statement.levels),
    quantiles: listOf(known.quantiles),
    ciLow,
    ciHigh,
    probUp,
    probFlat,
    probDown,
    direction: labelDirection({ probUp, probFlat, probDown }, expectedReturn),
    expectedReturn,
  };
  if (statement.notes?.length) distribution.notes = statement.notes.map(String);
  return distribution;
}

/** Returns the numbers as a list. `Array.from` takes ten times as long for a handful. */
function listOf(numbers: ArrayLike<number>): number[] {
  const list: number[] = [];
  for (let i = 0; i < numbers.length; i++) list.push(numbers[i]);
  return list;
}

/** The lower tail of a distribution of prices ends here, in shares of its lowest stated quantile: no close is forecast at or below 0. */
const LEAST_SHARE = 0.01;

/** Returns the price at a level; beyond the lowest stated one no less than a hundredth of that. */
export function priceAt(known: QuantileFunction, level: number): number {
  return noLowerThan(known.at(level), known.quantiles[0]);
}

/** Returns a price, or where that is higher the end of the lower tail. @param lowest the quantile at the lowest stated level */
export function noLowerThan(price: number, lowest: number): number {
  return Math.max(price, LEAST_SHARE * lowest);
}

function checkStatement(where: string, { levels, quantiles, pointClose, shares }: Statement): void {
  if (!isList(levels) || levels.length < 2) throw refuse(where, 'levels', 'at least two levels', levels);
  if (!isList(quantiles) || quantiles.length !== levels.length) {
    const came = isList(quantiles) ? `${quantiles.length} quantiles` : quantiles;
    throw refuse(where, 'quantiles', `one for each of ${levels.length} levels`, came);
  }
  for (let i = 0; i < levels.length; i++) {
    if (!(levels[i] > (i === 0 ? 0 : levels[i - 1]) && levels[i] < 1)) {
      throw refuse(where, `levels[${i}]`, 'ascending and in (0, 1)', levels[i]);
    }
    if (!isPrice(quantiles[i])) throw refuse(where, `quantiles[${i}]`, 'a finite price > 0', quantiles[i]);
  }
  if (pointClose !== undefined && !isPrice(pointClose)) {
    throw refuse(where, 'pointClose', 'a finite price > 0', pointClose);
  }
  if (shares === undefined) return;
  for (const name of ['probUp', 'probFlat', 'probDown'] as const) {
    if (!(shares[name] >= 0 && shares[name] < Infinity)) throw refuse(where, name, 'a share >= 0', shares[name]);
  }
  if (!(shares.probUp + shares.probFlat + shares.probDown > 0)) throw refuse(where, 'shares', 'not all 0', 0);
}

function isList(value: unknown): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

function isPrice(value: number): boolean {
  return typeof value === 'number' && value > 0 && value < Infinity;
}

function refuse(where: string, field: string, expected: string, actual: unknown): ForecastError {
  return invalid('INVALID_FORECAST', where, field, expected, actual);
}
