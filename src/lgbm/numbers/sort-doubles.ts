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
  let from: Float64Array = values;
  let fromWords = wordsOf(from);
  const counts = new Int32Array(3 * DIGITS);
  for (let i = 0; i < length; i++) {
    const key = keyOf(fromWords[2 * i + HIGH]);
    counts[key & (DIGITS - 1)]++;
    counts[DIGITS + ((key >>> DIGIT_BITS) & (DIGITS - 1))]++;
    counts[2 * DIGITS + (key >>> (2 * DIGIT_BITS))]++;
  }
  let to: Float64Array = new Float64Array(length);
  let toWords = wordsOf(to);
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
      const key = keyOf(fromWords[2 * i + HIGH]);
      to[places[(key >>> shift) & (DIGITS - 1)]++] = from[i];
    }
    [from, to] = [to, from];
    [fromWords, toWords] = [toWords, fromWords];
  }
  sortRuns(from, fromWords);
  values.set(from);
}

function wordsOf({ buffer, byteOffset, length }: Float64Array): Int32Array {
  return new Int32Array(buffer, byteOffset, 2 * length);
}

/** Returns a key of a double's upper half: as whole numbers without sign, keys are in the order of the doubles. */
function keyOf(high: number): number {
  return high ^ ((high >> 31) | 0x80000000);
}

function sortRuns(values: Float64Array, words: Int32Array): void {
  const { length } = values;
  for (let begin = 0; begin < length; ) {
    let end = begin + 1;
    const high = words[2 * begin + HIGH];
    while (end < length && words[2 * end + HIGH] === high) end++;
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
