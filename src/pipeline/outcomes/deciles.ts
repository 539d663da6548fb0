import { type MemberForecast, twoPieceQuantiles } from '../../ensemble/index.js';

/** The levels that forecasters are compared on. */
export const DECILES: readonly number[] = Object.freeze([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9]);

/**
 * Returns a forecast's quantiles at 0.1 to 0.9, in price: its own where it states them all, else those that its point and
 * interval stand for (`twoPieceQuantiles`).
 */
export function decilesOf(
  forecast: Pick<MemberForecast, 'pointClose' | 'ciLow' | 'ciHigh' | 'levels' | 'quantiles'>,
): number[] {
  return ownDeciles(forecast) ?? twoPieceQuantiles(forecast, DECILES);
}

/** Returns the quantiles at 0.1 to 0.9 that a member states itself, or undefined if one is missing. */
export function ownDeciles({ levels, quantiles }: Pick<MemberForecast, 'levels' | 'quantiles'>): number[] | undefined {
  if (levels === undefined || quantiles === undefined) return undefined;
  const at = DECILES.map((decile) => levels.findIndex((level) => Math.abs(level - decile) < 1e-9));
  return at.includes(-1) ? undefined : at.map((index) => quantiles[index]);
}
