import type { IssuedForecast, PredictionRecord } from './records.js';

/**
 * Returns the row that stands after a forecast is put where one stood: asked for by a user once means for good, and a forecast issued before
 * the open keeps the one issued at the close as its `earlier`, whichever comes first. Joining rows one after another, or first with each other and then with
 * what stood, comes to the same. A void row that is put again is due.
 */
export function joinPrediction(stored: PredictionRecord | undefined, incoming: PredictionRecord): PredictionRecord {
  if (stored === undefined) return dueAgain(incoming);
  const userTriggered = stored.userTriggered || incoming.userTriggered;
  if (incoming.issue === stored.issue) {
    const earlier = incoming.earlier ?? stored.earlier;
    return { ...dueAgain(incoming), userTriggered, ...(earlier && { earlier }) };
  }
  if (incoming.issue === 'open') {
    return { ...dueAgain(incoming), userTriggered, earlier: incoming.earlier ?? issuedForecastOf(stored) };
  }
  return { ...dueAgain(stored), userTriggered, earlier: issuedForecastOf(incoming) };
}

function dueAgain(record: PredictionRecord): PredictionRecord {
  if (record.void === undefined) return record;
  const { void: _, ...due } = record;
  return due;
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
