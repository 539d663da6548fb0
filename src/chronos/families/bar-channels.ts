import { portableExp, portableLog } from '../../stats/index.js';
import type { BarChannelsConfig } from '../checkpoint/checkpoint-config.js';
import { BAR_CHANNELS } from '../graph/bolt-ends.js';
import type { LogBars } from './bar-context.js';

/** A context as a network of bars reads it. */
export interface BarChannels {
  /** `[channels × days]`, row-major: return, night, variance, width; 0 on a day that is not observed. */
  readonly values: Float64Array;
  /** `[days]`: 1 where the day and an earlier one have a close. */
  readonly observed: Uint8Array;
  /** The size of a day's move, in log returns: what the channels and the network's output are in units of. */
  readonly scale: number;
  /** The last observed log close, from which forecasts are measured. */
  readonly anchor: number;
}

/**
 * Returns the four channels of every day, in units of the context's scale.
 *
 * Return and night lead from the last observed close to the day's close and open. A day's variance is its squared night and Rogers and
 * Satchell's estimate of its session; its width is Parkinson's estimate. The scale is a mean of the root of (squared return +
 * variance) / 2, in which a day counts less with age: no square of a single jump decides it.
 *
 * @param weightOfAge from decayWeights, for at least as many days: the same for many contexts
 * @see Rogers & Satchell 1991, Annals of Applied Probability 1(4); Parkinson 1980, Journal of Business 53(1)
 */
export function barChannels(
  { open, high, low, close }: LogBars,
  config: BarChannelsConfig,
  weightOfAge: Float64Array,
): BarChannels {
  const days = close.length;
  const observed = new Uint8Array(days);
  const [move, night, variance, width] = Array.from({ length: 4 }, () => new Float64Array(days));
  let anchor = Number.NaN;
  let weights = 0;
  let sizes = 0;
  for (let day = 0; day < days; day++) {
    const last = close[day];
    if (Number.isNaN(last)) continue;
    if (!Number.isNaN(anchor)) {
      const up = high[day] - open[day];
      const down = low[day] - open[day];
      const body = last - open[day];
      observed[day] = 1;
      move[day] = last - anchor;
      night[day] = open[day] - anchor;
      variance[day] = night[day] * night[day] + Math.max(0, up * (up - body) + down * (down - body));
      width[day] = ((high[day] - low[day]) * (high[day] - low[day])) / (4 * Math.LN2);
      const weight = weightOfAge[days - 1 - day];
      weights += weight;
      sizes += weight * Math.sqrt((move[day] * move[day] + variance[day]) / 2);
    }
    anchor = last;
  }
  const scale = Math.max(weights > 0 ? sizes / weights : 0, config.minScale);
  const [[leastReturn, greatestReturn], [leastNight, greatestNight]] = [config.returnClip, config.nightClip];
  const clipped = (x: number, least: number, greatest: number) => Math.min(greatest, Math.max(least, x / scale));
  const logarithm = ({ floor, max }: { floor: number; max: number }) => {
    // Closes alone have no width on any day.
    const least = Math.min(max, portableLog(floor));
    return (x: number) => (x === 0 ? least : Math.min(max, portableLog(x / scale / scale + floor)));
  };
  const [varianceOf, widthOf] = [logarithm(config.variance), logarithm(config.width)];
  const values = new Float64Array(BAR_CHANNELS * days);
  for (let day = 0; day < days; day++) {
    if (!observed[day]) continue;
    values[day] = clipped(move[day], leastReturn, greatestReturn);
    values[days + day] = clipped(night[day], leastNight, greatestNight);
    values[2 * days + day] = varianceOf(variance[day]);
    values[3 * days + day] = widthOf(width[day]);
  }
  return { values, observed, scale, anchor };
}

/** Returns what a day counts in a context's scale by its age, `[days]`: decay^age. */
export function decayWeights(decay: number, days: number): Float64Array {
  // not decay ** age: engines round powers differently
  const logDecay = portableLog(decay);
  return Float64Array.from({ length: days }, (_, age) => portableExp(age * logDecay));
}

/** The feeds of one run, as a network of bars takes them. */
export interface BarFeeds {
  /** `[series, patches, (channels + 1) × patchSize]`: each channel's days, then the mask's. */
  readonly data: Float32Array;
  /** `[series, patches]`: 1 where the patch has an observed day. */
  readonly mask: Float32Array;
}

/** Returns the feeds of series that fill `patches` patches; a series is filled up on the left with missing days. */
export function barFeeds(
  series: readonly BarChannels[],
  { patches, patchSize }: { patches: number; patchSize: number },
): BarFeeds {
  const width = (BAR_CHANNELS + 1) * patchSize;
  const data = new Float32Array(series.length * patches * width);
  const mask = new Float32Array(series.length * patches);
  series.forEach(({ values, observed }, row) => {
    const days = observed.length;
    const padding = patches * patchSize - days;
    for (let day = 0; day < days; ) {
      const patch = row * patches + Math.floor((padding + day) / patchSize);
      const first = patch * width + ((padding + day) % patchSize) - day;
      for (const end = Math.min(days, day + patchSize - ((padding + day) % patchSize)); day < end; day++) {
        if (observed[day] === 0) continue;
        let place = first + day;
        for (let at = day; at < values.length; at += days, place += patchSize) data[place] = values[at];
        data[place] = 1;
        mask[patch] = 1;
      }
    }
  });
  return { data, mask };
}
