import { invalid } from '../../errors.js';
import { portableExp, portableLog } from '../../stats/index.js';
import type { SeriesTransform } from '../checkpoint/checkpoint-config.js';
import type { Place } from './model-call.js';

/**
 * Returns the last `contextLength` values of a context as the network's series: copied, and as logarithms for a model of
 * log prices. NaN stays NaN.
 *
 * @throws ForecastError EMPTY_SERIES, INVALID_ARGUMENT (an infinite value; for logarithms, a value <= 0)
 */
export function toSeries(
  context: ArrayLike<number>,
  contextLength: number,
  input: SeriesTransform['input'],
  { call, field }: Place,
): Float64Array {
  if (context.length === 0) throw invalid('EMPTY_SERIES', call, field, 'at least one value', 'none');
  const series = new Float64Array(Math.min(context.length, contextLength));
  const start = context.length - series.length;
  for (let i = 0; i < series.length; i++) {
    const value = context[start + i];
    if (typeof value !== 'number' || Math.abs(value) === Infinity)
      throw invalid(
        'INVALID_ARGUMENT',
        call,
        `${field}[${start + i}]`,
        'a finite number, or NaN for a missing one',
        value,
      );
    if (input === 'log' && value <= 0)
      throw invalid('INVALID_ARGUMENT', call, `${field}[${start + i}]`, 'above 0 for a model of log prices', value);
    series[i] = input === 'log' ? portableLog(value) : value;
  }
  return series;
}

/** Turns forecasts of the network's series back into the context's units, in place. */
export function fromSeries(values: Float64Array, input: SeriesTransform['input']): Float64Array {
  if (input === 'log') for (let i = 0; i < values.length; i++) values[i] = portableExp(values[i]);
  return values;
}

/** Returns what the scaled output is added to: the mean, or the last observed value (0 when none is observed). */
export function anchorOf(series: Float64Array, loc: number, anchor: SeriesTransform['anchor']): number {
  if (anchor === 'mean') return loc;
  for (let i = series.length - 1; i >= 0; i--) if (!Number.isNaN(series[i])) return series[i];
  return loc;
}
