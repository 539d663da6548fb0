import { compensatedSum, mean } from '../stats/index.js';
import { checkQuantileRows, type QuantileRows } from './check-rows.js';

/**
 * Returns the pinball (quantile) loss of one quantile forecast: level × (actual - predicted) above it, (1 - level) × the distance below.
 *
 * At level 0.5 it is half the absolute error. No checks: NaN in, NaN out.
 *
 * @param level in (0, 1)
 * @returns >= 0, in the unit of `actual`
 * @see Koenker & Bassett 1978, "Regression Quantiles", Econometrica 46(1)
 */
export function pinballLoss(actual: number, predicted: number, level: number): number {
  const error = actual - predicted;
  return error >= 0 ? level * error : (level - 1) * error;
}

/**
 * Returns each row's pinball loss, averaged over its levels.
 *
 * @returns [rows], >= 0, in the unit of `actuals`
 * @throws ForecastError `EMPTY_SERIES` without rows; `INVALID_ARGUMENT` for lengths that do not fit, values that are not finite,
 * levels or quantiles that are not ascending
 */
export function pinballLosses(rows: QuantileRows): Float64Array {
  checkQuantileRows('pinballLosses', rows);
  const { actuals, levels, quantiles } = rows;
  const losses = new Float64Array(actuals.length);
  for (let row = 0; row < losses.length; row++) {
    let sum = 0;
    for (let i = 0; i < levels.length; i++)
      sum += pinballLoss(actuals[row], quantiles[row * levels.length + i], levels[i]);
    losses[row] = sum / levels.length;
  }
  return losses;
}

/** Returns the pinball loss averaged over rows and levels; throws as {@link pinballLosses}. */
export function meanPinball(rows: QuantileRows): number {
  return mean(pinballLosses(rows));
}

/**
 * Returns the weighted quantile loss: twice the pinball losses summed over rows, averaged over levels, per unit of Σ|actual|.
 *
 * @returns >= 0, without unit; Infinity or NaN if all actuals are 0
 * @throws ForecastError as {@link pinballLosses}
 * @see Park et al. 2022, "Learning Quantile Functions without Quantile Crossing for Distribution-free Time Series Forecasting",
 * section 5; GluonTS' `mean_weighted_sum_quantile_loss`
 */
export function weightedQuantileLoss(rows: QuantileRows): number {
  const losses = pinballLosses(rows);
  return (2 * compensatedSum(losses)) / compensatedSum(Float64Array.from(rows.actuals, Math.abs));
}
