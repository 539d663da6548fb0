import { pinballLoss } from '../../scoring/index.js';

/** The levels at which forecasts are compared. */
export const DECILES: readonly number[] = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];

/** Returns the mean pinball loss of quantiles at the deciles, in the unit of `actual`. */
export function decileLoss(actual: number, deciles: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < DECILES.length; i++) sum += pinballLoss(actual, deciles[i], DECILES[i]);
  return sum / DECILES.length;
}
