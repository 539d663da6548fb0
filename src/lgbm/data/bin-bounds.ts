import { nextUp, ZERO_THRESHOLD } from '../numbers/floats.js';

/** The distinct values of a feature's sample, ascending, with how often each occurs. */
export interface DistinctValues {
  readonly values: Float64Array;
  readonly counts: Float64Array;
}

/**
 * Returns the upper bounds of a feature's bins, ascending, the last +infinity; zero always has a bin of its own.
 *
 * Negative and positive values share the bins in proportion to their counts. A feature of only positive values still gets a
 * first bin for everything up to the zero threshold.
 *
 * @param maxBin Most bins to make, >= 1.
 * @param total Sampled rows that are not in the missing-value bin.
 */
export function binBounds(distinct: DistinctValues, maxBin: number, total: number, minDataInBin: number): number[] {
  const { values, counts } = distinct;
  let negative = 0;
  let zero = 0;
  let positive = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] <= -ZERO_THRESHOLD) negative += counts[i];
    else if (values[i] > ZERO_THRESHOLD) positive += counts[i];
    else zero += counts[i];
  }
  let negativeEnd = values.findIndex((value) => value > -ZERO_THRESHOLD);
  if (negativeEnd < 0) negativeEnd = values.length;

  let bounds: number[] = [];
  if (negativeEnd > 0 && maxBin > 1) {
    const share = Math.max(1, Math.trunc((negative / (total - zero)) * (maxBin - 1)));
    bounds = greedyBounds(distinct, 0, negativeEnd, share, negative, minDataInBin);
    bounds[bounds.length - 1] = -ZERO_THRESHOLD;
  }
  let positiveStart = negativeEnd;
  while (positiveStart < values.length && !(values[positiveStart] > ZERO_THRESHOLD)) positiveStart++;
  const left = maxBin - 1 - bounds.length;
  if (positiveStart < values.length && left > 0) {
    bounds.push(ZERO_THRESHOLD);
    for (const bound of greedyBounds(distinct, positiveStart, values.length, left, positive, minDataInBin)) {
      bounds.push(bound);
    }
  } else {
    bounds.push(Infinity);
  }
  return bounds;
}

/**
 * Returns the upper bounds of a feature's bins of which some are given: zero's and those, as many as there is room for, and between
 * them others in proportion to the rows.
 */
export function boundsAround(
  forced: readonly number[],
  distinct: DistinctValues,
  maxBin: number,
  total: number,
  minDataInBin: number,
): number[] {
  const { values, counts } = distinct;
  const hasNegative = values.length > 0 && values[0] <= -ZERO_THRESHOLD;
  const hasPositive = values.length > 0 && values[values.length - 1] > ZERO_THRESHOLD;
  const bounds: number[] = [];
  if (maxBin === 2) bounds.push(hasNegative ? -ZERO_THRESHOLD : ZERO_THRESHOLD);
  if (maxBin >= 3 && hasNegative) bounds.push(-ZERO_THRESHOLD);
  if (maxBin >= 3 && hasPositive) bounds.push(ZERO_THRESHOLD);
  bounds.push(Infinity);
  const room = Math.max(0, maxBin - bounds.length);
  for (const bound of forced.filter((value) => Math.abs(value) > ZERO_THRESHOLD).slice(0, room)) bounds.push(bound);
  bounds.sort((a, b) => a - b);
  const free = maxBin - bounds.length;
  const added: number[] = [];
  let end = 0;
  bounds.forEach((bound, i) => {
    const start = end;
    let inBin = 0;
    while (end < values.length && values[end] < bound) inBin += counts[end++];
    const left = free - added.length;
    const isLast = i === bounds.length - 1;
    const parts = isLast ? left : Math.min(Math.round((inBin * free) / total), left);
    for (const part of greedyBounds(distinct, start, end, parts + 1, inBin, minDataInBin).slice(0, -1))
      added.push(part);
  });
  return [...bounds, ...added].sort((a, b) => a - b);
}

/** Bounds for the distinct values start..end-1, the last +infinity: one bin each if they fit, else bins of about equal count. */
function greedyBounds(
  distinct: DistinctValues,
  start: number,
  end: number,
  maxBin: number,
  total: number,
  minDataInBin: number,
): number[] {
  return end - start <= maxBin
    ? oneBinPerValue(distinct, start, end, minDataInBin)
    : equalCountBins(distinct, start, end, maxBin, total, minDataInBin);
}

function oneBinPerValue(
  { values, counts }: DistinctValues,
  start: number,
  end: number,
  minDataInBin: number,
): number[] {
  const bounds: number[] = [];
  let inBin = 0;
  for (let i = start; i < end - 1; i++) {
    inBin += counts[i];
    // a bound too near the last one is dropped and its rows stay in the open bin
    if (inBin >= minDataInBin && pushBound(bounds, values[i], values[i + 1])) inBin = 0;
  }
  bounds.push(Infinity);
  return bounds;
}

function equalCountBins(
  { values, counts }: DistinctValues,
  start: number,
  end: number,
  limit: number,
  total: number,
  minDataInBin: number,
): number[] {
  const maxBin = minDataInBin > 0 ? Math.max(1, Math.min(limit, Math.trunc(total / minDataInBin))) : limit;
  const large = total / maxBin;
  let restBins = maxBin;
  let restCount = total;
  for (let i = start; i < end; i++) {
    if (counts[i] >= large) {
      restBins--;
      restCount -= counts[i];
    }
  }
  let mean = restCount / restBins; // may be infinite or NaN: the comparisons below then follow IEEE, as native's do
  const bounds: number[] = [];
  let closed = 0;
  let inBin = 0;
  for (let i = start; i < end - 1; i++) {
    const isLarge = counts[i] >= large;
    if (!isLarge) restCount -= counts[i];
    inBin += counts[i];
    const nextIsLarge = counts[i + 1] >= large;
    if (!(isLarge || inBin >= mean || (nextIsLarge && inBin >= Math.max(1, mean * 0.5)))) continue;
    pushBound(bounds, values[i], values[i + 1]);
    closed++;
    if (closed >= maxBin - 1) break;
    inBin = 0;
    if (!isLarge) {
      restBins--;
      mean = restCount / restBins;
    }
  }
  bounds.push(Infinity);
  return bounds;
}

function pushBound(bounds: number[], below: number, above: number): boolean {
  const bound = nextUp((below + above) / 2);
  if (bounds.length > 0 && bound <= nextUp(bounds[bounds.length - 1])) return false;
  bounds.push(bound);
  return true;
}
