/** Below so many values, counting digits costs more than it saves. */
const FEW = 1024;

const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/** Longer runs of values that agree in their upper halves are left to the runtime's own sort. */
const LONGEST_RUN = 32;

const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/**
 * Sorts numbers in place, ascending, -0 before 0; there must be no NaN among them.
 *
 * Radix sort by the upper halves of the doubles, three digits, the lowest first; what agrees in them is then put in order by insertion.
 */
export function sortDoubles(values: Float64Array): void {
  const { length } = values;
  if (length < FEW) {
    values.sort();
    return;
  }
  const words = new Int32Array(values.buffer, values.byteOffset, 2 * length);
  let keys = new Int32Array(length);
  const counts = new Int32Array(3 * DIGITS);
  for (let i = 0; i < length; i++) {
    const high = words[2 * i + HIGH];
    // as whole numbers without sign, keys are then in the order of the doubles
    const key = high ^ ((high >> 31) | 0x80000000);
    keys[i] = key;
    counts[key & (DIGITS - 1)]++;
    counts[DIGITS + ((key >>> DIGIT_BITS) & (DIGITS - 1))]++;
    counts[2 * DIGITS + (key >>> (2 * DIGIT_BITS))]++;
  }
  let from: Float64Array = values;
  let to: Float64Array = new Float64Array(length);
  let otherKeys = new Int32Array(length);
  for (let digit = 0; digit < 3; digit++) {
    const places = counts.subarray(digit * DIGITS, (digit + 1) * DIGITS);
    let place = 0;
    for (let d = 0; d < DIGITS; d++) {
      const count = places[d];
      places[d] = place;
      place += count;
    }
    const shift = digit * DIGIT_BITS;
    for (let i = 0; i < length; i++) {
      const key = keys[i];
      const at = places[(key >>> shift) & (DIGITS - 1)]++;
      to[at] = from[i];
      otherKeys[at] = key;
    }
    [from, to] = [to, from];
    [keys, otherKeys] = [otherKeys, keys];
  }
  sortRuns(from, keys);
  values.set(from);
}

function sortRuns(values: Float64Array, keys: Int32Array): void {
  const { length } = values;
  for (let begin = 0; begin < length; ) {
    let end = begin + 1;
    while (end < length && keys[end] === keys[begin]) end++;
    if (end - begin > LONGEST_RUN) values.subarray(begin, end).sort();
    else {
      for (let i = begin + 1; i < end; i++) {
        const value = values[i];
        let at = i;
        for (; at > begin && values[at - 1] > value; at--) values[at] = values[at - 1];
        values[at] = value;
      }
    }
    begin = end;
  }
}
