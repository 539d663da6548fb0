/** Where the cumulated weight of numbers in ascending order first exceeds a threshold. */
export interface Crossing {
  /** [numbers] their places in the given array: at `position` what a stable sort puts there, before it what sorts before, after it what sorts after. */
  readonly order: Uint32Array;
  /** The last one where no sum exceeds the threshold. */
  readonly position: number;
  /** The weight up to `position`, with it. */
  readonly cumulated: number;
}

/** Fewer than these are sorted. */
const FEW = 24;

/** Returns the sum of the weights where neither it nor any sum of some of them is rounded, in whatever order they are added; undefined elsewhere. */
export function exactSum(weights: Float32Array): number | undefined {
  const bits = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  let sum = 0;
  let unit = Infinity;
  for (let i = 0; i < weights.length; i++) {
    const exponent = (bits[i] >>> 23) & 255;
    const digits = (bits[i] & 0x7fffff) | (exponent > 0 ? 0x800000 : 0);
    if (digits === 0) continue;
    const last = Math.max(exponent, 1) - 150 + (31 - Math.clz32(digits & -digits));
    if (last < unit) unit = last;
    sum += weights[i];
  }
  // all sums are whole multiples of the least weight's last digit
  return unit === Infinity || sum < 2 ** (53 + unit) ? sum : undefined;
}

/**
 * Returns where the cumulated weight first exceeds the threshold: quickselect by value, and by place among equals, in linear time on average.
 *
 * @param values No NaN among them.
 * @param weights Same length, with an {@link exactSum}: they are added in no particular order.
 */
export function selectByWeight(
  values: Float32Array | Float64Array,
  weights: Float32Array,
  threshold: number,
): Crossing {
  const order = new Uint32Array(values.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  const isBefore = (a: number, b: number) => values[a] < values[b] || (values[a] === values[b] && a < b);
  let left = 0;
  let right = values.length - 1;
  let below = 0;
  for (let rounds = 2 * Math.log2(values.length); right - left >= FEW && rounds > 0; rounds--) {
    const pivot = middleOf(order[left], order[(left + right) >> 1], order[right], isBefore);
    let up = left;
    let down = right;
    let lower = 0;
    while (up <= down) {
      while (isBefore(order[up], pivot)) lower += weights[order[up++]];
      while (isBefore(pivot, order[down])) down--;
      if (up > down) break;
      const place = order[up];
      order[up] = order[down];
      order[down--] = place;
      lower += weights[order[up++]];
    }
    // what comes before `up` is not after the pivot, and the rest not before it
    if (below + lower > threshold) right = up - 1;
    else {
      below += lower;
      left = up;
    }
  }
  order.subarray(left, right + 1).sort((a, b) => values[a] - values[b] || a - b);
  let position = left;
  let cumulated = below + weights[order[position]];
  while (!(cumulated > threshold) && position < right) cumulated += weights[order[++position]];
  return { order, position, cumulated };
}

function middleOf(a: number, b: number, c: number, isBefore: (a: number, b: number) => boolean): number {
  if (isBefore(a, b)) return isBefore(b, c) ? b : isBefore(a, c) ? c : a;
  return isBefore(a, c) ? a : isBefore(b, c) ? c : b;
}
