import type { IssuedForecast, PredictionRecord } from './records.js';

/**
 * Returns the row that stands after a forecast is put where one stood: asked for by a user once means for good, and a forecast issued before
 * the open keeps the one issued at the close as its `earlier`, whichever comes first.
 */
export function joinPrediction(stored: PredictionRecord | undefined, incoming: PredictionRecord): PredictionRecord {
  if (stored === undefined) return incoming;
  const userTriggered = stored.userTriggered || incoming.userTriggered;
  if (incoming.issue === stored.issue) {
    const earlier = incoming.earlier ?? stored.earlier;
    return { ...incoming, userTriggered, ...(earlier && { earlier }) };
  }
  if (incoming.issue === 'open') return { ...incoming, userTriggered, earlier: issuedForecastOf(stored) };
  const { void: _, ...due } = stored;
  return { ...due, userTriggered, earlier: issuedForecastOf(incoming) };
}

function issuedForecastOf(record: PredictionRecord): IssuedForecast {
  const { pointClose, levels, quantiles, ciLow, ciHigh, probUp, probFlat, probDown, direction, expectedReturn } =
    record;
  const { issuedAt, weights, members, sourcesUsed, calibration } = record;
  return {
    ...{ pointClose, levels, quantiles, ciLow, ciHigh, probUp, probFlat, probDown, direction, expectedReturn },
    ...{ issuedAt, weights, members, sourcesUsed },
    ...(calibration && { calibration }),
  };
}
