import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';

/** A forecast beside what came of it. */
export interface MatchedForecast {
  readonly prediction: PredictionRecord;
  readonly outcome: OutcomeRecord;
  /** Brings the forecast's prices to the scale of the outcome's: not 1 after a split. */
  readonly scale: number;
  /** Where the close fell. */
  readonly side: 'inside' | 'above' | 'below';
}

/** Returns the pairs of forecasts and outcomes with the same key, by base date and horizon ascending. */
export function matchForecasts(
  predictions: readonly PredictionRecord[],
  outcomes: readonly OutcomeRecord[],
): MatchedForecast[] {
  const byKey = new Map(predictions.map((prediction) => [keyOf(prediction), prediction]));
  const pairs = outcomes.flatMap((outcome) => {
    const prediction = byKey.get(keyOf(outcome));
    if (prediction === undefined) return [];
    const scale = outcome.baseClose / prediction.baseClose;
    const above = outcome.actualClose > prediction.pointClose * scale;
    return [{ prediction, outcome, scale, side: outcome.covered ? 'inside' : above ? 'above' : 'below' } as const];
  });
  return pairs.sort((a, b) => compare(a.outcome.baseDate, b.outcome.baseDate) || a.outcome.horizon - b.outcome.horizon);
}

const keyOf = ({ code, baseDate, horizon }: { code: string; baseDate: string; horizon: number }) =>
  `${baseDate} ${horizon} ${code}`;

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
