import { CALENDAR_FEATURES } from './calendar-position.js';
import { CANDLE_FEATURES } from './candle.js';
import type { DocumentedFeature } from './feature.js';
import { MOMENTUM_FEATURES } from './momentum.js';
import { RANGE_VOLATILITY_FEATURES } from './range-volatility.js';
import { RETURN_FEATURES } from './returns.js';
import { TREND_FEATURES } from './trend.js';
import { VOLATILITY_FEATURES } from './volatility.js';
import { VOLUME_FEATURES } from './volume.js';

/**
 * Every feature of the library, in matrix order; formulas, warm-up and sources in docs/features.md.
 *
 * The order and the names are part of a stored model's meaning: new features go to the end of their family in a new version only.
 */
export const DEFAULT_FEATURES: readonly DocumentedFeature[] = Object.freeze([
  ...RETURN_FEATURES,
  ...MOMENTUM_FEATURES,
  ...TREND_FEATURES,
  ...VOLATILITY_FEATURES,
  ...RANGE_VOLATILITY_FEATURES,
  ...VOLUME_FEATURES,
  ...CANDLE_FEATURES,
  ...CALENDAR_FEATURES,
]);
