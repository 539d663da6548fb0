import { formatPrice } from '../../src/series/index.js';
import { LEVELS } from './forecast.js';

/** What the fan shows. */
export interface FanInput {
  /** The closes seen, oldest first, with their dates. */
  readonly closes: ArrayLike<number>;
  readonly dates: readonly string[];
  /** The days ahead that are spoken of, ascending, and the quantiles at `LEVELS` of each. */
  readonly steps: readonly number[];
  readonly quantiles: readonly (readonly number[])[];
  /** Dates of the days ahead, from step 1. */
  readonly ahead: readonly string[];
  /** In pixels: texts keep their size at every width. */
  readonly width: number;
  readonly height: number;
  readonly price: (value: number) => string;
}

/** The picture, and where its days are. */
export interface FanPicture {
  readonly svg: string;
  /** By day, the seen ones first: centre in pixels, and the close or median. */
  readonly days: readonly { readonly x: number; readonly y: number; readonly step: number; readonly index: number }[];
  /** Where a price lies, in pixels from above. */
  y(price: number): number;
}

const TOP = 12;
const BOTTOM = 26;

/** Labels that say the same, of prices that hardly move, get the decimals that tell them apart. */
function labelsOf(ticks: readonly number[], price: (value: number) => string): string[] {
  const labels = ticks.map(price);
  if (new Set(labels).size === labels.length) return labels;
  const digits = Math.min(20, Math.max(0, Math.ceil(-Math.log10(ticks[1] - ticks[0]))));
  return ticks.map((tick) => formatPrice(tick, { digits }));
}

/**
 * Returns an SVG of the closes and the fan after them: 50, 80 and 95 %. The days ahead are drawn wider than the days behind, so that
 * five days can be read beside a hundred. With a single step far ahead the fan is a whisker.
 */
export function fanPicture({ closes, dates, steps, quantiles, ahead, width, height, price }: FanInput): FanPicture {
  const seen = closes.length;
  const base = closes[seen - 1];
  const values = [...Array.from(closes), ...quantiles.flat()];
  const ticks = ticksOf(Math.min(...values), Math.max(...values), Math.max(3, Math.round(height / 65)));
  const labels = labelsOf(ticks, price);
  const left = 8 + 7.2 * Math.max(...labels.map((label) => label.length));
  const right = width - 10;
  const now = left + (right - left) * 0.62;
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  const y = (value: number) => TOP + ((high - value) / (high - low)) * (height - TOP - BOTTOM);
  const xSeen = (index: number) => left + ((now - left) * index) / Math.max(1, seen - 1);
  const single = steps[0] !== 1;
  const xAhead = (step: number) => now + ((right - now) * step) / ahead.length - (single ? 8 : 0);

  const parts = ticks.map(
    (tick, k) =>
      `<line class="grid" x1="${r(left)}" x2="${r(right)}" y1="${r(y(tick))}" y2="${r(y(tick))}"/>` +
      `<text x="${r(left - 6)}" y="${r(y(tick) + 4)}" text-anchor="end">${labels[k]}</text>`,
  );
  // three whole dates do not fit into a narrow picture
  const short = (date: string) => (width < 560 ? date.slice(5) : date);
  parts.push(dateLabel(dates[0], left, 'start', height), dateLabel(short(dates[seen - 1]), now, 'middle', height));
  parts.push(dateLabel(short(ahead[ahead.length - 1]), right, 'end', height));
  parts.push(`<line class="now" x1="${r(now)}" x2="${r(now)}" y1="${TOP}" y2="${height - BOTTOM}"/>`);
  parts.push(single ? whisker() : fan());
  const path = Array.from({ length: seen }, (_, i) => `${r(xSeen(i))},${r(y(closes[i]))}`);
  parts.push(`<polyline class="seen" points="${path.join(' ')}"/>`);
  const days = [
    ...Array.from({ length: seen }, (_, index) => ({ x: xSeen(index), y: y(closes[index]), step: 0, index })),
    ...steps.map((step, index) => ({ x: xAhead(step), y: y(quantiles[index][MEDIAN]), step, index })),
  ];
  const box = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  return { svg: `<svg xmlns="http://www.w3.org/2000/svg" ${box} aria-hidden="true">${parts.join('')}</svg>`, days, y };

  function fan(): string {
    const edge = (level: number) => steps.map((step, k) => `${r(xAhead(step))},${r(y(quantiles[k][level]))}`);
    const start = `${r(now)},${r(y(base))}`;
    const bands = [95, 80, 50].map((name, k) => {
      const points = [start, ...edge(k), ...edge(LEVELS.length - 1 - k).reverse()];
      return `<polygon class="band band${name}" points="${points.join(' ')}"/>`;
    });
    return `${bands.join('')}<polyline class="median" points="${[start, ...edge(MEDIAN)].join(' ')}"/>`;
  }

  function whisker(): string {
    const x = r(xAhead(steps[0]));
    const bars = [4, 9, 16].map(
      (stroke, k) =>
        `<line class="whisker" stroke-width="${stroke}" x1="${x}" x2="${x}" ` +
        `y1="${r(y(quantiles[0][k]))}" y2="${r(y(quantiles[0][LEVELS.length - 1 - k]))}"/>`,
    );
    return `${bars.join('')}<circle class="dot" r="5" cx="${x}" cy="${r(y(quantiles[0][MEDIAN]))}"/>`;
  }
}

const MEDIAN = LEVELS.indexOf(0.5);

/** Returns evenly spaced round numbers that hold low and high, about `count` of them. */
export function ticksOf(low: number, high: number, count: number): number[] {
  const rough = Math.max(high - low, Math.abs(high) * 1e-6) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 2.5, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step);
  const last = Math.ceil(high / step);
  return Array.from({ length: last - first + 1 }, (_, k) => Number(((first + k) * step).toPrecision(12)));
}

function dateLabel(date: string, x: number, anchor: string, height: number): string {
  return `<text x="${r(x)}" y="${height - 6}" text-anchor="${anchor}">${date}</text>`;
}

/** A tenth of a pixel will do. */
function r(value: number): string {
  return String(Math.round(value * 10) / 10);
}
