import type { Distribution } from '../../ensemble/index.js';
import { decilesOf } from '../outcomes/deciles.js';
import type { MatchedForecast } from '../outcomes/score-forecasts.js';

/** A forecast of a close as scoring tools want it; prices. */
export interface ScorableForecast {
  /** At the levels 0.1 to 0.9. */
  quantiles: number[];
  low: number;
  high: number;
  point: number;
  /** [down, flat, up]. */
  probs: [number, number, number];
}

/** One line of a backtest's output. */
export interface BacktestRecord extends ScorableForecast {
  code: string;
  baseDate: string;
  horizon: number;
  baseClose: number;
  actualDate: string;
  actualClose: number;
  /** By name. */
  members: Record<string, ScorableForecast>;
}

/** Returns a matched forecast as one flat record, the members' forecasts beside the ensemble's. */
export function backtestRecord({ prediction, outcome }: MatchedForecast): BacktestRecord {
  const { code, baseDate, horizon, baseClose } = prediction;
  const members = Object.fromEntries(
    Object.entries(prediction.members).map(([name, member]) => [name, scorable(member)]),
  );
  const { actualDate, actualClose } = outcome;
  return { code, baseDate, horizon, baseClose, actualDate, actualClose, ...scorable(prediction), members };
}

function scorable(forecast: Distribution): ScorableForecast {
  const { ciLow, ciHigh, pointClose, probDown, probFlat, probUp } = forecast;
  const quantiles = decilesOf(forecast);
  return { quantiles, low: ciLow, high: ciHigh, point: pointClose, probs: [probDown, probFlat, probUp] };
}
