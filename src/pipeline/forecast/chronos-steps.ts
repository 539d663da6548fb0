import type { ChronosForecast } from '../../chronos/index.js';
import type { ChronosStep } from '../../ensemble/index.js';
import type { PriceSeries } from '../../series/index.js';
import type { ForecastContext } from '../context.js';
import { pathSeed } from './path-seed.js';

/** Chronos' steps by horizon, or why there are none; undefined without Chronos. */
export type ChronosOutcome = { steps: Map<number, ChronosStep> } | { error: unknown } | undefined;

/**
 * Runs Chronos over all series in one batch. Returns a look-up by code: its steps, or the error, or undefined without Chronos.
 *
 * A batch that fails is tried again one by one, so that one bad series cannot take the others along.
 */
export async function chronosSteps(
  items: readonly { code: string; series: PriceSeries }[],
  horizons: readonly number[],
  context: ForecastContext,
): Promise<(code: string) => ChronosOutcome> {
  const { chronos, signal, numSamples } = context;
  if (chronos === undefined || items.length === 0) return () => undefined;
  const run = (part: typeof items) =>
    chronos.forecast(
      part.map(({ series }) => series.close),
      {
        horizon: Math.max(...horizons),
        seed: part.map(({ code, series }) => pathSeed(code, series.dates[series.length - 1])),
        ...(numSamples !== undefined && { numSamples }),
        ...(signal && { signal }),
      },
    );
  const outcomes = new Map<string, ChronosOutcome>();
  try {
    const forecasts = await run(items);
    items.forEach(({ code }, i) => void outcomes.set(code, { steps: stepsOf(forecasts[i], horizons) }));
  } catch (error) {
    signal?.throwIfAborted();
    if (items.length === 1) return () => ({ error });
    for (const item of items) {
      try {
        const [forecast] = await run([item]);
        outcomes.set(item.code, { steps: stepsOf(forecast, horizons) });
      } catch (cause) {
        signal?.throwIfAborted();
        outcomes.set(item.code, { error: cause });
      }
    }
  }
  return (code) => outcomes.get(code);
}

function stepsOf(forecast: ChronosForecast, horizons: readonly number[]): Map<number, ChronosStep> {
  const { median, q10, q90, levels, quantiles, samples } = forecast;
  const length = median.length;
  return new Map(
    horizons.map((horizon) => {
      const step = horizon - 1;
      const paths = Float64Array.from({ length: samples.length / length }, (_, path) => samples[path * length + step]);
      const row = quantiles.subarray(step * levels.length, horizon * levels.length);
      return [
        horizon,
        { median: median[step], q10: q10[step], q90: q90[step], samples: paths, levels, quantiles: row },
      ];
    }),
  );
}
