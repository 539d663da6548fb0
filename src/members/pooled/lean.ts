import { MARKET_LOCATION, type MarketStates } from './market-state.js';
import type { PooledRow } from './pooled-rows.js';

/** A view on which way, learned from where closes lay in their days' ranges. */
export interface Lean {
  /** By how many forecast volatilities × √horizon a close that lay a whole range higher than the market's closes moves the forecast. */
  readonly weight: number;
  /** How many standard errors it lies from nothing on the training days, and on the validation days. */
  readonly t: { readonly training: number; readonly validation: number };
}

/** The weight is drawn to zero as if by so many rows without any view. */
const PRIOR_ROWS = 2000;

/** How many standard errors the slope must lie from nothing, and from how many days that can be told. */
const LEAST_T = { training: 2, validation: 1 };
const LEAST_DAYS = 40;

/** A return beyond so many volatilities counts as this: one crash says nothing about closes. */
const MOST_SIGMAS = 4;

/** Returns where a close lay beside the market's closes of the day: what they have in common is no news of one of them. 0 where the market is unknown. */
export function besideMarket(location: number, state: Float64Array | undefined): number {
  return state === undefined ? 0 : location - state[MARKET_LOCATION];
}

/** Rows, and what came of them in forecast volatilities × √horizon. */
export interface LeanRows {
  readonly rows: readonly PooledRow[];
  readonly perUnit: Float64Array;
}

/**
 * Returns how far closes near the high or low of their day move the next ones, per unit of forecast volatility: least squares through the origin on training and
 * validation rows, drawn to zero. Undefined unless the training days tell it from nothing by more than two standard errors, and the validation days alone say the same by more
 * than one: a view that is not earned twice is none.
 */
export function learnLean(
  { training, validation }: { training: LeanRows; validation: LeanRows },
  { horizon, states }: { horizon: number; states: MarketStates },
): Lean | undefined {
  const [learned, again, all] = [[training], [validation], [training, validation]].map((halves) =>
    slopeOf(halves, { horizon, states }),
  );
  const isEarned =
    Math.abs(learned.t) > LEAST_T.training && Math.sign(learned.t) * again.t > LEAST_T.validation && all.slope !== 0;
  if (!isEarned) return undefined;
  const rows = training.rows.length + validation.rows.length;
  return { weight: all.slope / (1 + PRIOR_ROWS / rows), t: { training: learned.t, validation: again.t } };
}

/**
 * Returns the slope of the returns on the closes' places, and how many standard errors it lies from nothing: instruments of one day are one, overlapping returns count
 * 1 / horizon each; 0 with fewer than 40 days.
 */
function slopeOf(
  halves: readonly LeanRows[],
  { horizon, states }: { horizon: number; states: MarketStates },
): { slope: number; t: number } {
  const days = new Map<string, { product: number; square: number }>();
  for (const { rows, perUnit } of halves) {
    rows.forEach((row, i) => {
      const date = row.instrument.dates[row.bar];
      const location = locationOf(row, states);
      const day = days.get(date) ?? { product: 0, square: 0 };
      days.set(date, day);
      day.product += location * Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, perUnit[i]));
      day.square += location ** 2;
    });
  }
  const all = [...days.values()];
  const square = all.reduce((sum, day) => sum + day.square, 0);
  if (!(square > 0) || all.length < LEAST_DAYS) return { slope: 0, t: 0 };
  const slope = all.reduce((sum, day) => sum + day.product, 0) / square;
  const scatter = all.reduce((sum, day) => sum + (day.product - slope * day.square) ** 2, 0);
  return scatter > 0 ? { slope, t: (slope * square) / Math.sqrt(scatter * horizon) } : { slope, t: 0 };
}

function locationOf({ instrument, bar }: PooledRow, states: MarketStates): number {
  return besideMarket(instrument.location[bar], states.get(instrument.dates[bar]));
}
