import type { ChronosModel } from '../../src/chronos/index.js';
import { type PriceSeries, sliceSeries } from '../../src/series/index.js';
import { LEVELS } from './forecast.js';
import { replayRandomWalk, replayRange } from './replay.js';
import type { ChronosAnswer } from './request.js';
import { type Met, scoreOf } from './score.js';

/** Series of one run, after which progress is told. */
const BATCH = 25;

/**
 * Returns what a Chronos model says of the days after the last bar, and how it would have done on the base days of the replay, each seen
 * with the bars up to it alone.
 *
 * @throws ForecastError `SERIES_TOO_SHORT` where the replay is too short; what the model throws
 */
export async function askChronos(
  model: ChronosModel,
  { series, horizon }: { series: PriceSeries; horizon: number },
  onProgress: (share: number) => void,
): Promise<ChronosAnswer> {
  const { first, end } = replayRange(series, horizon);
  const contextUntil = (bars: number) => sliceSeries(series, Math.max(0, bars - model.contextLength), bars);
  const options = { horizon, levels: LEVELS, numSamples: 1 };
  const [newest] = await model.forecast([contextUntil(series.length)], options);
  const rowOf = (quantiles: Float64Array, step: number) =>
    quantiles.subarray((step - 1) * LEVELS.length, step * LEVELS.length);
  const met: Met[] = [];
  for (let from = first; from < end; from += BATCH) {
    const days = Array.from({ length: Math.min(BATCH, end - from) }, (_, i) => from + i);
    const answers = await model.forecast(
      days.map((t) => contextUntil(t + 1)),
      options,
    );
    days.forEach((t, i) => {
      const base = series.close[t];
      met.push({
        date: series.dates[t],
        actual: series.close[t + horizon] / base - 1,
        quantiles: Array.from(rowOf(answers[i].quantiles, horizon), (price) => price / base - 1),
      });
    });
    onProgress(met.length / (end - first));
  }
  return {
    forecast: {
      forecaster: 'Chronos',
      steps: Array.from({ length: horizon }, (_, k) => k + 1),
      quantiles: Array.from({ length: horizon }, (_, k) => [...rowOf(newest.quantiles, k + 1)]),
    },
    score: scoreOf('Chronos', horizon, met, replayRandomWalk(series, horizon)),
  };
}
