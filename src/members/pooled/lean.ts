import { type DatedLoss, type LossSkill, lossSkill } from '../../scoring/index.js';
import type { PriceSeries } from '../../series/index.js';
import { decileLoss } from '../lgbm/decile-loss.js';
import { MARKET_LOCATION, type MarketStates } from './market-state.js';
import type { PooledRow } from './pooled-rows.js';

/** A view on which way, learned from where closes lay in their days' ranges. */
export interface Lean {
  /** By how many forecast volatilities × √horizon a close that lay a whole range higher than the market's closes moves the forecast. */
  readonly weight: number;
  /** What it saved on the validation rows. */
  readonly skill: LossSkill;
}

/** The weight is drawn to zero as if by so many rows without any view. */
const PRIOR_ROWS = 2000;

/** A return beyond so many volatilities counts as this: one crash says nothing about closes. */
const MOST_SIGMAS = 4;

/** Returns where each close lay in its day's range, from -0.5 at the low to 0.5 at the high; 0 in a day without range. */
export function closeLocations({ high, low, close, length }: PriceSeries): Float64Array {
  return Float64Array.from({ length }, (_, t) => {
    const range = high[t] - low[t];
    // Rounded prices can put the close a hair outside its range.
    return range > 0 ? Math.max(-0.5, Math.min(0.5, (close[t] - low[t]) / range - 0.5)) : 0;
  });
}

/** Returns where a close lay beside the market's closes of the day: what they have in common is no news of one of them. 0 where the market is unknown. */
export function besideMarket(location: number, state: Float64Array | undefined): number {
  return state === undefined ? 0 : location - state[MARKET_LOCATION];
}

/** Rows, and what came of them in forecast volatilities. */
export interface LeanRows {
  readonly rows: readonly PooledRow[];
  readonly perUnit: Float64Array;
}

/**
 * Returns how far closes near the high or low of their day move the next ones, per unit of forecast volatility: learned on the training rows, drawn to zero, and
 * kept only if the validation days say more than one standard error for it; then learned from both. Undefined where it earns nothing, or too few days tell.
 *
 * @param shape the quantiles at the deciles per unit of forecast volatility, without a view
 */
export function learnLean(
  { training, validation }: { training: LeanRows; validation: LeanRows },
  { horizon, states, shape }: { horizon: number; states: MarketStates; shape: readonly number[] },
): Lean | undefined {
  const tried = weightOf([training], states);
  const losses = validation.rows.map((row, i): DatedLoss => {
    const shift = tried * locationOf(row, states);
    const actual = validation.perUnit[i];
    return {
      date: row.instrument.dates[row.bar],
      // A forecast that is moved by `shift` loses what the unmoved one loses on an outcome that far back.
      loss: decileLoss(actual - shift, shape),
      reference: decileLoss(actual, shape),
    };
  });
  const skill = losses.length === 0 ? undefined : lossSkill(losses, horizon);
  const standardError = skill && (skill.high - skill.low) / 4;
  if (skill === undefined || !(skill.estimate > standardError!)) return undefined;
  return { weight: weightOf([training, validation], states), skill };
}

/** Least squares through the origin, of the part of each return that its day's closes do not have in common with the market's. */
function weightOf(halves: readonly LeanRows[], states: MarketStates): number {
  let [product, square, count] = [0, 0, 0];
  for (const { rows, perUnit } of halves) {
    rows.forEach((row, i) => {
      const location = locationOf(row, states);
      product += location * Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, perUnit[i]));
      square += location ** 2;
      count++;
    });
  }
  return square > 0 ? product / (square * (1 + PRIOR_ROWS / count)) : 0;
}

function locationOf({ instrument, bar }: PooledRow, states: MarketStates): number {
  return besideMarket(instrument.location[bar], states.get(instrument.dates[bar]));
}
