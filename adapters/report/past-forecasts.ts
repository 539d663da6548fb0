import type { Bar } from '../../src/series/index.js';
import type { OutcomeRecord, PredictionRecord } from '../../src/store/records.js';
import { matchForecasts } from './matched-forecasts.js';

/** A past forecast on the scale of the bars that it is shown with. */
export interface PastForecast {
  readonly baseDate: string;
  /** The bar that it was matched with, else the day it was for. */
  readonly date: string;
  readonly point: number;
  readonly low: number;
  readonly high: number;
  /** Absent while it is open. */
  readonly side?: 'inside' | 'above' | 'below';
  readonly close?: number;
}

/**
 * Returns the forecasts of one horizon whose day is among the bars, by date. Prices are brought to the scale of the bars, which
 * differs from the forecast's after a split.
 */
export function pastForecasts(
  bars: readonly Bar[],
  {
    predictions,
    outcomes,
    horizon,
  }: {
    predictions: readonly PredictionRecord[];
    outcomes: readonly OutcomeRecord[];
    horizon: number;
  },
): PastForecast[] {
  const closes = new Map(bars.map(({ date, close }) => [date, close]));
  const own = predictions.filter((prediction) => prediction.horizon === horizon);
  const matched = new Map(matchForecasts(own, outcomes).map((pair) => [pair.prediction, pair]));
  const past = own.flatMap((prediction): PastForecast[] => {
    const pair = matched.get(prediction);
    const date = pair?.outcome.actualDate ?? prediction.targetDate;
    const close = closes.get(date);
    if (close === undefined) return [];
    const baseClose = closes.get(prediction.baseDate) ?? prediction.baseClose;
    const scale = pair ? (close / pair.outcome.actualClose) * pair.scale : baseClose / prediction.baseClose;
    const shape = {
      baseDate: prediction.baseDate,
      date,
      point: prediction.pointClose * scale,
      low: prediction.ciLow * scale,
      high: prediction.ciHigh * scale,
    };
    return [pair === undefined ? shape : { ...shape, side: pair.side, close }];
  });
  return past.sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}
