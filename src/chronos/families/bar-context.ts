import { invalid } from '../../errors.js';
import type { SeriesTransform } from '../checkpoint/checkpoint-config.js';
import type { ChronosBars, ChronosSeries } from '../chronos-model.js';
import { type ModelCall, type Place, within } from './model-call.js';
import { toSeries } from './series-transform.js';

/** How far, relative to the price, a high may lie below (a low above) open or close: the rounding step of a source, no wrong bar. */
const ORDER_TOLERANCE = 1e-6;

/** The four columns of a context as natural logarithms, `[days]` each. A missing day is NaN in all four, others in none. */
export interface LogBars {
  readonly open: Float64Array;
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly close: Float64Array;
}

/** What a call reads of its contexts. */
export interface ContextRequest {
  readonly call: ModelCall;
  /** Values of a context that are read, from its end. */
  readonly contextLength: number;
}

/**
 * Returns the last closes of each context, its own or those of its bars, as the series of a network of closes.
 *
 * @throws ForecastError as toSeries does, and INVALID_ARGUMENT when the columns of bars are of unequal lengths
 */
export function readContexts(
  contexts: readonly ChronosSeries[],
  { call, contextLength }: ContextRequest,
  input: SeriesTransform['input'],
): Float64Array[] {
  return contexts.map((context, i) => {
    const place = { call, field: `series[${i}]` };
    return toSeries(closesOf(context, place), contextLength, input, isBars(context) ? within(place, '.close') : place);
  });
}

function closesOf(context: ChronosSeries, place: Place): ArrayLike<number> {
  if (isBars(context)) return checkColumns(context, place).close;
  if (typeof context !== 'object' || context === null || typeof context.length !== 'number')
    throw invalid(
      'INVALID_ARGUMENT',
      place.call,
      place.field,
      'an array of closes or { open, high, low, close }',
      context,
    );
  return context;
}

/**
 * Returns the last days of each context as logarithms, fit for a network of bars.
 *
 * Closes alone stand for all four prices of their days; so does the close of a day on which another price is missing. A day
 * without a close is missing. High and low are drawn out to open and close where rounding left them inside.
 *
 * @throws ForecastError EMPTY_SERIES when there is no close at all; INVALID_ARGUMENT for unequal columns and for a price that is not finite
 *   and above 0; INVALID_BAR when high or low lies on the wrong side of open or close
 */
export function readBars(contexts: readonly ChronosSeries[], { call, contextLength }: ContextRequest): LogBars[] {
  return contexts.map((context, i) => toLogBars(context, contextLength, { call, field: `series[${i}]` }));
}

function toLogBars(context: ChronosSeries, contextLength: number, place: Place): LogBars {
  if (!isBars(context)) {
    const close = toSeries(closesOf(context, place), contextLength, 'log', place);
    return observed({ open: close, high: close, low: close, close }, place);
  }
  const column = (field: keyof ChronosBars) =>
    toSeries(context[field], contextLength, 'log', within(place, `.${field}`));
  checkColumns(context, place);
  const bars = { open: column('open'), high: column('high'), low: column('low'), close: column('close') };
  const skipped = context.close.length - bars.close.length;
  for (let day = 0; day < bars.close.length; day++)
    completeDay(bars, day, place.call, (field) => `${place.field}.${field}[${skipped + day}]`);
  return observed(bars, place);
}

function isBars(context: ChronosSeries): context is ChronosBars {
  return typeof context === 'object' && context !== null && 'close' in context;
}

function checkColumns(bars: ChronosBars, { call, field: where }: Place): ChronosBars {
  const days = bars.close?.length;
  for (const field of ['open', 'high', 'low', 'close'] as const) {
    const column: ArrayLike<number> | undefined = bars[field];
    if (typeof column !== 'object' || column === null || typeof column.length !== 'number')
      throw invalid('INVALID_ARGUMENT', call, `${where}.${field}`, 'an array of prices', column);
    if (column.length !== days)
      throw invalid('INVALID_ARGUMENT', call, `${where}.${field}`, `of length ${days}, as close`, column.length);
  }
  return bars;
}

function completeDay(
  { open, high, low, close }: LogBars,
  day: number,
  call: ModelCall,
  place: (field: string) => string,
): void {
  const last = close[day];
  if (Number.isNaN(open[day] + high[day] + low[day] + last)) {
    open[day] = high[day] = low[day] = last;
    return;
  }
  const top = Math.max(open[day], last);
  const bottom = Math.min(open[day], last);
  if (high[day] < top - ORDER_TOLERANCE)
    throw invalid('INVALID_BAR', call, place('high'), `at least ${Math.exp(top)}`, Math.exp(high[day]));
  if (low[day] > bottom + ORDER_TOLERANCE)
    throw invalid('INVALID_BAR', call, place('low'), `at most ${Math.exp(bottom)}`, Math.exp(low[day]));
  high[day] = Math.max(high[day], top);
  low[day] = Math.min(low[day], bottom);
}

function observed(bars: LogBars, { call, field }: Place): LogBars {
  if (bars.close.every(Number.isNaN))
    throw invalid('EMPTY_SERIES', call, field, 'at least one close', 'missing days only');
  return bars;
}
