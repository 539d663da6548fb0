/**
 * Puts the value that sorting would put at `place` there, in place: nothing before it is greater, and nothing after it is less. There must be no
 * NaN among the values.
 *
 * Hoare's quickselect around the median of three; where that halves the rest too seldom, as on values made to defeat it, the runtime sorts what is left.
 */
export function select(values: Float32Array | Float64Array, place: number): void {
  let left = 0;
  let right = values.length - 1;
  for (let rounds = 2 * Math.log2(values.length); left < right; rounds--) {
    if (rounds < 0) {
      values.subarray(left, right + 1).sort();
      return;
    }
    const [first, middle, last] = [values[left], values[(left + right) >> 1], values[right]];
    const pivot = Math.max(Math.min(first, middle), Math.min(Math.max(first, middle), last));
    let up = left;
    let down = right;
    while (up <= down) {
      while (values[up] < pivot) up++;
      while (values[down] > pivot) down--;
      if (up > down) break;
      const value = values[up];
      values[up++] = values[down];
      values[down--] = value;
    }
    if (place <= down) right = down;
    else if (place >= up) left = up;
    else return;
  }
}
