/*
 * Memory for columns that are let go at once. A feature row takes more than a hundred of them, and to have each made and collected costs as much as
 * what stands in it.
 */

/** Larger than this it is not kept: some 500 columns of ten years. */
const MOST_BYTES = 2 ** 23;

let memory = new ArrayBuffer(0);
/** Arrays over the memory by the order in which they were handed out, which is mostly the same the next time: to make one costs more than to fill it. */
let arrays: Float64Array[] = [];
let handedOut = 0;
/** Bytes handed out, beyond the memory's end too; undefined where columns are made to be kept. */
let taken: number | undefined;

/**
 * Returns zeros, [length]: inside `inScratch` such as are only good until that returns.
 *
 * @param from the first row that is wanted: those before it may hold anything
 */
export function doubles(length: number, from = 0): Float64Array {
  if (taken === undefined) return new Float64Array(length);
  return unset(length).fill(0, from);
}

/** Returns numbers, [length]: NaN from row `from` up to `start`. The other rows may hold anything: the caller writes those that are wanted. */
export function nanUntil(start: number, length: number, from = 0): Float64Array {
  const numbers = unset(length);
  // mostly no row at all, for which `fill` takes long
  for (let t = from; t < start && t < length; t++) numbers[t] = Number.NaN;
  return numbers;
}

/** Returns numbers as `doubles` does, but such as may hold anything. */
function unset(length: number): Float64Array {
  if (taken === undefined) return new Float64Array(length);
  const begin = taken;
  taken += 8 * length;
  if (taken > memory.byteLength) return new Float64Array(length);
  let array = arrays[handedOut];
  if (array === undefined || array.byteOffset !== begin || array.length !== length) {
    array = new Float64Array(memory, begin, length);
    arrays[handedOut] = array;
  }
  handedOut++;
  return array;
}

/** Returns what the work does, whose `doubles` are taken back then. The work is synchronous, and keeps none of them. */
export function inScratch<T>(work: () => T): T {
  if (taken !== undefined) return work();
  taken = 0;
  handedOut = 0;
  try {
    return work();
  } finally {
    if (taken > memory.byteLength && taken <= MOST_BYTES) {
      memory = new ArrayBuffer(taken);
      arrays = [];
    }
    taken = undefined;
  }
}
