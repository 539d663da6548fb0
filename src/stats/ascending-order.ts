/** Steps of insertion a value, on average, above which values lie too unevenly for buckets of equal width. */
const MOST_STEPS = 16;

/**
 * Returns the places of the values in ascending order: first that of the least one. Equal values keep the order in which they came.
 *
 * A bucket sort: as many buckets of equal width as values, then insertion. What is bunched (one outlier far from all others) is left to the runtime's
 * sort, which takes several times as long for the few hundred values that this is made for.
 *
 * @param values finite
 */
export function ascendingOrder(values: Float64Array): Uint32Array {
  const { length } = values;
  const order = new Uint32Array(length);
  let least = Infinity;
  let most = -Infinity;
  for (let i = 0; i < length; i++) {
    const value = values[i];
    if (value < least) least = value;
    if (value > most) most = value;
  }
  // no number where all values are equal, and any order is theirs
  const perUnit = (length - 1) / (most - least);
  const buckets = new Uint32Array(length);
  /** [buckets] first how many values it has, then where the next of them goes. */
  const next = new Uint32Array(length);
  for (let i = 0; i < length; i++) {
    const bucket = ((values[i] - least) * perUnit) >>> 0;
    buckets[i] = bucket;
    next[bucket]++;
  }
  for (let bucket = 0, place = 0; bucket < length; bucket++) {
    const count = next[bucket];
    next[bucket] = place;
    place += count;
  }
  for (let i = 0; i < length; i++) order[next[buckets[i]]++] = i;
  let stepsLeft = MOST_STEPS * length;
  for (let i = 1; i < length; i++) {
    const index = order[i];
    const value = values[index];
    let place = i;
    for (; place > 0 && values[order[place - 1]] > value; place--) order[place] = order[place - 1];
    order[place] = index;
    stepsLeft -= i - place;
    if (stepsLeft < 0) return order.sort((a, b) => values[a] - values[b] || a - b);
  }
  return order;
}
