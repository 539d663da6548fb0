import type { OutcomeRecord, PredictionRecord } from '../../store/records.js';

/** Two closes closer than this, relative to each other, are the same one. */
const SAME = 1e-6;

/** Splits, their like, and what share counts of bonus issues are made of: numbers up to this. */
const LARGEST_TERM = 20;

/** How near a ratio must come to one of small whole numbers; prices are rounded to ticks. */
const NEAR = 2e-3;

/** A single close is not mended by more than this. */
const LARGEST_CORRECTION = 0.15;

/**
 * Returns why the base close that a forecast was made from is not the one that the source shows today, or undefined if it is.
 *
 * 'adjusted': a split or dividend moved it and every close before it, by one ratio. 'corrected': the source mended that close alone. Where
 * closes before it are known from other forecasts, they tell; else a ratio of small whole numbers, or a change beyond 15 %, is an adjustment.
 *
 * @param closeToday what the source shows on a day, undefined without a bar
 * @param others the instrument's forecasts with other base dates
 */
export function baseChangeOf(
  { baseDate, baseClose }: Pick<PredictionRecord, 'baseDate' | 'baseClose'>,
  closeToday: (date: string) => number | undefined,
  others: readonly Pick<PredictionRecord, 'baseDate' | 'baseClose'>[],
): OutcomeRecord['baseChange'] {
  const today = closeToday(baseDate);
  if (today === undefined) return undefined;
  const ratio = today / baseClose;
  if (Math.abs(ratio - 1) < SAME) return undefined;
  const earlier = others
    .filter((other) => other.baseDate < baseDate)
    .sort((a, b) => (a.baseDate < b.baseDate ? 1 : -1))
    .flatMap((other) => {
      const close = closeToday(other.baseDate);
      return close === undefined ? [] : [close / other.baseClose];
    });
  if (earlier.length > 0) return Math.abs(earlier[0] / ratio - 1) < NEAR ? 'adjusted' : 'corrected';
  return Math.abs(ratio - 1) > LARGEST_CORRECTION || isRatioOfSmallNumbers(ratio) ? 'adjusted' : 'corrected';
}

function isRatioOfSmallNumbers(ratio: number): boolean {
  for (let below = 1; below <= LARGEST_TERM; below++) {
    const above = Math.round(ratio * below);
    if (above < 1 || above > LARGEST_TERM || above === below) continue;
    if (Math.abs(above / below / ratio - 1) < NEAR) return true;
  }
  return false;
}
