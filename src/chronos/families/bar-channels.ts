import { portableExp, portableLog } from '../../stats/index.js';
import type { BarChannelsConfig } from '../checkpoint/checkpoint-config.js';
import { BAR_CHANNELS } from '../graph/bolt-ends.js';
import type { LogBars } from './bar-context.js';

/** Where a series' output is measured from, and in what units. */
export interface BarScale {
  /** The size of a day's move, in log returns: what the channels and the network's output are in units of. */
  readonly scale: number;
  /** The last observed log close, from which forecasts are measured. */
  readonly anchor: number;
}

/** The feeds of one run, as a network of bars takes them. */
export interface BarFeeds {
  /** `[series, patches, (channels + 1) × patchSize]`: each channel's days, then the mask's, which is 1 where the day and an earlier one have a close. */
  readonly data: Float32Array;
  /** `[series, patches]`: 1 where the patch has an observed day. */
  readonly mask: Float32Array;
  /** One a series. */
  readonly scales: readonly BarScale[];
}

/**
 * Reads contexts as the four channels of a network of bars, in units of each context's scale; 0 on a day that is not observed.
 *
 * Return and night lead from the last observed close to the day's close and open. A day's variance is its squared night and Rogers and
 * Satchell's estimate of its session; its width is Parkinson's estimate. The scale is a mean of the root of (squared return +
 * variance) / 2, in which a day counts less with age: no square of a single jump decides it.
 *
 * @see Rogers & Satchell 1991, Annals of Applied Probability 1(4); Parkinson 1980, Journal of Business 53(1)
 */
export class BarReader {
  readonly #config: BarChannelsConfig;
  readonly #patchSize: number;
  /** decay^age: what a day counts in a context's scale by its age. */
  readonly #weightOfAge: Float64Array;
  /** `[days]` each, of the context at hand: written and read within `read`. */
  readonly #move: Float64Array;
  readonly #night: Float64Array;
  readonly #variance: Float64Array;
  readonly #width: Float64Array;
  readonly #observed: Uint8Array;

  /** @param contextLength the longest context that will be read */
  constructor(config: BarChannelsConfig, { patchSize, contextLength }: { patchSize: number; contextLength: number }) {
    this.#config = config;
    this.#patchSize = patchSize;
    // not decay ** age: engines round powers differently
    const logDecay = portableLog(config.decay);
    this.#weightOfAge = Float64Array.from({ length: contextLength }, (_, age) => portableExp(age * logDecay));
    this.#move = new Float64Array(contextLength);
    this.#night = new Float64Array(contextLength);
    this.#variance = new Float64Array(contextLength);
    this.#width = new Float64Array(contextLength);
    this.#observed = new Uint8Array(contextLength);
  }

  /** Returns the feeds of series that fill `patches` patches; a series is filled up on the left with missing days. */
  read(series: readonly LogBars[], patches: number): BarFeeds {
    const size = patches * (BAR_CHANNELS + 1) * this.#patchSize;
    const data = new Float32Array(series.length * size);
    const mask = new Float32Array(series.length * patches);
    const scales = series.map((bars, row) => {
      const scale = this.#measure(bars);
      this.#write(data.subarray(row * size, (row + 1) * size), mask.subarray(row * patches), {
        days: bars.close.length,
        padding: patches * this.#patchSize - bars.close.length,
        scale: scale.scale,
      });
      return scale;
    });
    return { data, mask, scales };
  }

  /** Measures every day of a context, in log returns. */
  #measure({ open, high, low, close }: LogBars): BarScale {
    const [move, night, variance, width] = [this.#move, this.#night, this.#variance, this.#width];
    const [observed, weightOfAge] = [this.#observed, this.#weightOfAge];
    const days = close.length;
    let anchor = Number.NaN;
    let weights = 0;
    let sizes = 0;
    for (let day = 0; day < days; day++) {
      const last = close[day];
      observed[day] = Number.isNaN(last) || Number.isNaN(anchor) ? 0 : 1;
      if (observed[day] === 1) {
        const first = open[day];
        const up = high[day] - first;
        const down = low[day] - first;
        const body = last - first;
        const range = high[day] - low[day];
        const overnight = first - anchor;
        const gain = last - anchor;
        const spread = overnight * overnight + Math.max(0, up * (up - body) + down * (down - body));
        move[day] = gain;
        night[day] = overnight;
        variance[day] = spread;
        width[day] = (range * range) / (4 * Math.LN2);
        const weight = weightOfAge[days - 1 - day];
        weights += weight;
        sizes += weight * Math.sqrt((gain * gain + spread) / 2);
      }
      if (!Number.isNaN(last)) anchor = last;
    }
    return { scale: Math.max(weights > 0 ? sizes / weights : 0, this.#config.minScale), anchor };
  }

  /** Writes the days that were measured where a run of one series takes them; `padding`: missing days before the first. */
  #write(
    data: Float32Array,
    mask: Float32Array,
    { days, padding, scale }: { days: number; padding: number; scale: number },
  ): void {
    const { returnClip, nightClip, variance: ofVariance, width: ofWidth } = this.#config;
    const [move, night, variance, width, observed] = [
      this.#move,
      this.#night,
      this.#variance,
      this.#width,
      this.#observed,
    ];
    const [leastReturn, greatestReturn] = returnClip;
    const [leastNight, greatestNight] = nightClip;
    // Closes alone have no width on any day.
    const leastWidth = clippedLog(0, ofWidth);
    const step = this.#patchSize;
    for (let day = 0; day < days; ) {
      const patch = Math.floor((padding + day) / step);
      let place = patch * (BAR_CHANNELS + 1) * step + ((padding + day) % step);
      for (const end = Math.min(days, (patch + 1) * step - padding); day < end; day++, place++) {
        if (observed[day] === 0) continue;
        data[place] = Math.min(greatestReturn, Math.max(leastReturn, move[day] / scale));
        data[place + step] = Math.min(greatestNight, Math.max(leastNight, night[day] / scale));
        data[place + 2 * step] = clippedLog(variance[day] / scale / scale, ofVariance);
        data[place + 3 * step] = width[day] === 0 ? leastWidth : clippedLog(width[day] / scale / scale, ofWidth);
        data[place + 4 * step] = 1;
        mask[patch] = 1;
      }
    }
  }
}

function clippedLog(x: number, { floor, max }: { floor: number; max: number }): number {
  return Math.min(max, portableLog(x + floor));
}
