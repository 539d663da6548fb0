/** Whether one element comes before another. */
export type Before = (a: number, b: number) => boolean;

/** Shorter stretches are left to the insertion sort. */
const SHORT = 16;

/**
 * Sorts in place as libstdc++'s `std::sort` does, element by element the same swaps.
 *
 * For an order that is one, any sort will do. Native also sorts by "nearer than 1e-15 is equal", where the outcome is the algorithm's.
 *
 * @see Musser (1997), Introspective Sorting and Selection Algorithms
 */
export function introSort(items: number[], before: Before): number[] {
  if (items.length > 1) {
    partitionDown(items, 0, items.length, 2 * Math.floor(Math.log2(items.length)), before);
    insertionSort(items, before);
  }
  return items;
}

function partitionDown(items: number[], begin: number, end: number, depth: number, before: Before): void {
  let last = end;
  for (let left = depth; last - begin > SHORT; left--) {
    if (left === 0) {
      heapSort(items, begin, last, before);
      return;
    }
    const middle = begin + Math.floor((last - begin) / 2);
    medianToFront(items, begin, begin + 1, middle, last - 1, before);
    const cut = partition(items, begin + 1, last, begin, before);
    partitionDown(items, cut, last, left - 1, before);
    last = cut;
  }
}

function medianToFront(items: number[], front: number, a: number, b: number, c: number, before: Before): void {
  const isBefore = (i: number, k: number) => before(items[i], items[k]);
  let median: number;
  if (isBefore(a, b)) median = isBefore(b, c) ? b : isBefore(a, c) ? c : a;
  else median = isBefore(a, c) ? a : isBefore(b, c) ? c : b;
  swap(items, front, median);
}

function partition(items: number[], begin: number, end: number, pivot: number, before: Before): number {
  let first = begin;
  let last = end;
  for (;;) {
    // native has no such bounds: an order that is none could take it beyond them
    while (first < end && before(items[first], items[pivot])) first++;
    last--;
    while (last > pivot && before(items[pivot], items[last])) last--;
    if (first >= last) return first;
    swap(items, first, last);
    first++;
  }
}

function insertionSort(items: number[], before: Before): void {
  for (let i = 1; i < items.length; i++) {
    const item = items[i];
    let at = i;
    if (i < SHORT && before(item, items[0])) {
      for (; at > 0; at--) items[at] = items[at - 1];
    } else {
      for (; at > 0 && before(item, items[at - 1]); at--) items[at] = items[at - 1];
    }
    items[at] = item;
  }
}

function heapSort(items: number[], begin: number, end: number, before: Before): void {
  const length = end - begin;
  for (let parent = Math.floor((length - 2) / 2); parent >= 0; parent--) {
    sift(items, begin, parent, length, items[begin + parent], before);
  }
  for (let last = end - 1; last > begin; last--) {
    const item = items[last];
    items[last] = items[begin];
    sift(items, begin, 0, last - begin, item, before);
  }
}

function sift(items: number[], begin: number, top: number, length: number, item: number, before: Before): void {
  let hole = top;
  let child = top;
  while (child < Math.floor((length - 1) / 2)) {
    child = 2 * (child + 1);
    if (before(items[begin + child], items[begin + child - 1])) child--;
    items[begin + hole] = items[begin + child];
    hole = child;
  }
  if (length % 2 === 0 && child === (length - 2) / 2) {
    child = 2 * child + 1;
    items[begin + hole] = items[begin + child];
    hole = child;
  }
  for (let parent = (hole - 1) >> 1; hole > top && before(items[begin + parent], item); parent = (hole - 1) >> 1) {
    items[begin + hole] = items[begin + parent];
    hole = parent;
  }
  items[begin + hole] = item;
}

function swap(items: number[], i: number, k: number): void {
  const item = items[i];
  items[i] = items[k];
  items[k] = item;
}
