import { ascendingOrder, normalQuantile } from '../stats/index.js';
import type { BaselineForecast } from './baseline-forecast.js';

/** Fewer past outcomes of a step than this say too little of its shape: its quantiles are Gaussian. */
export const LEAST_OUTCOMES = 30;

/** The first origins, whose volatility still rests on its starting value, are left out while enough remain. */
const WARM_UP = 20;

/** Where the volatility of the future comes from. */
export interface VolatilityPath {
  /**
   * Returns `sigma`, [closes], and a `scale`, whose product is the standard deviation of the log return over `step` days as
   * forecast at each close. Two parts, so that √step costs nothing.
   */
  sigmaAt(step: number): { sigma: Float64Array; scale: number };
  /** Expected log return per day; 0 if missing. */
  drift?: number;
}

/**
 * Returns quantile forecasts of steps 1..horizon by filtered historical simulation.
 *
 * For a step of h days every past h-day log return (overlapping ones too) is divided by the volatility that was forecast for it
 * at its start; the quantiles of the newest `window` of these standardised outcomes, times the volatility forecast at the
 * last close, are the quantiles of the next h-day return. A step with fewer than 30 past outcomes gets Gaussian quantiles
 * around its drift instead.
 *
 * @param options options.steps: the only steps that are computed, the others are NaN; all unless given
 * @see Barone-Adesi, Giannopoulos & Vosper 1999, "VaR without correlations for portfolios of derivative securities"
 */
export function filteredQuantiles(
  logCloses: Float64Array,
  { sigmaAt, drift = 0 }: VolatilityPath,
  {
    horizon,
    levels,
    window,
    lastClose,
    steps,
  }: {
    horizon: number;
    levels: readonly number[];
    window: number;
    lastClose: number;
    steps?: readonly number[] | undefined;
  },
): BaselineForecast {
  const width = levels.length;
  const perStep = (size: number) => new Float64Array(horizon * size).fill(Number.NaN);
  const forecast: BaselineForecast = {
    median: perStep(1),
    q10: perStep(1),
    q90: perStep(1),
    levels: [...levels],
    quantiles: perStep(width),
    sigma: perStep(1),
  };
  const last = logCloses.length - 1;
  for (let step = 1; step <= horizon; step++) {
    if (steps?.includes(step) === false) continue;
    const { sigma, scale } = sigmaAt(step);
    const now = sigma[last] * scale;
    const shift = drift * step;
    const shape = standardizedQuantile(sortedOutcomes(logCloses, sigma, { scale, step, shift, window }));
    const price = (level: number) => lastClose * Math.exp(shift + now * shape(level));
    const row = (step - 1) * width;
    for (let i = 0; i < width; i++) forecast.quantiles[row + i] = price(levels[i]);
    forecast.median[step - 1] = lastClose * Math.exp(shift);
    forecast.q10[step - 1] = price(0.1);
    forecast.q90[step - 1] = price(0.9);
    forecast.sigma[step - 1] = now;
  }
  return forecast;
}

/** Returns the standardised outcomes of the newest origins, ascending; an origin without volatility has none. */
function sortedOutcomes(
  logCloses: Float64Array,
  sigma: Float64Array,
  { scale, step, shift, window }: { scale: number; step: number; shift: number; window: number },
): Float64Array {
  const end = logCloses.length - step;
  const warm = end - WARM_UP >= LEAST_OUTCOMES ? WARM_UP : 0;
  const start = Math.max(warm, end - window);
  const outcomes = new Float64Array(Math.max(0, end - start));
  let count = 0;
  for (let t = start; t < end; t++) {
    if (sigma[t] > 0) outcomes[count++] = (logCloses[t + step] - logCloses[t] - shift) / (sigma[t] * scale);
  }
  const order = ascendingOrder(outcomes.subarray(0, count));
  const sorted = new Float64Array(count);
  for (let i = 0; i < count; i++) sorted[i] = outcomes[order[i]];
  return sorted;
}

function standardizedQuantile(sorted: Float64Array): (level: number) => number {
  if (sorted.length < LEAST_OUTCOMES) return normalQuantile;
  return (level) => {
    const position = level * (sorted.length - 1);
    const below = Math.floor(position);
    const low = sorted[below];
    return below + 1 < sorted.length ? low + (position - below) * (sorted[below + 1] - low) : low;
  };
}
