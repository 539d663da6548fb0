// The split search of ../plain-split-search.ts in AssemblyScript: the same sums in the same order, hence the same bits.
// A histogram entry is one f64x2 (sum of gradients, sum of hessians), so that one SIMD addition updates both.
// Compiled by build.mjs into split-search-binary.ts.

const EPSILON: f64 = <f64>(<f32>1e-15);
const SURELY_BELOW: f64 = 1 - 1e-14; // see ../split-scan.ts
const SMALLEST_TESTED_GAIN: f64 = 1e-100;
const MISSING_NONE = 0;
const MISSING_ZERO = 1;
const MISSING_NAN = 2;

// The places of records (SETTINGS_..., LEAF_..., FEATURE_..., GROUP_...) come from records.ts.

let featureRecords: usize = 0;
let groupRecords: usize = 0;
let active: usize = 0;
let identity: usize = 0;
let smallList: usize = 0;
let largeList: usize = 0;
let pairs: usize = 0;
let blockWords: usize = 0;
let rowWords: usize = 0;
let wordsPerRow: u32 = 0;
let smallPairs: usize = 0;
let largePairs: usize = 0;
// where few rows are added up, for four features of 256 bins or for one: zero outside of addGroup and collect
let sums: usize = 0;
let flags: usize = 0;
let minData: f64 = 0;
let minHessian: f64 = 0;
let minGain: f64 = 0;
let l1: f64 = 0;
let l2: f64 = 0;
let maxStep: f64 = 0;
let plainGain: bool = true;

export function configure(settings: usize): void {
  featureRecords = <usize>load<u32>(settings, SETTINGS_FEATURE_RECORDS);
  groupRecords = <usize>load<u32>(settings, SETTINGS_GROUP_RECORDS);
  active = <usize>load<u32>(settings, SETTINGS_ACTIVE);
  identity = <usize>load<u32>(settings, SETTINGS_IDENTITY);
  smallList = <usize>load<u32>(settings, SETTINGS_SMALL_LIST);
  largeList = <usize>load<u32>(settings, SETTINGS_LARGE_LIST);
  pairs = <usize>load<u32>(settings, SETTINGS_PAIRS);
  blockWords = <usize>load<u32>(settings, SETTINGS_BLOCK_WORDS);
  rowWords = <usize>load<u32>(settings, SETTINGS_ROW_WORDS);
  wordsPerRow = load<u32>(settings, SETTINGS_WORDS_PER_ROW);
  smallPairs = <usize>load<u32>(settings, SETTINGS_SMALL_PAIRS);
  largePairs = <usize>load<u32>(settings, SETTINGS_LARGE_PAIRS);
  sums = <usize>load<u32>(settings, SETTINGS_SUMS);
  flags = <usize>load<u32>(settings, SETTINGS_FLAGS);
  minData = load<f64>(settings, SETTINGS_MIN_DATA);
  minHessian = load<f64>(settings, SETTINGS_MIN_HESSIAN);
  minGain = load<f64>(settings, SETTINGS_MIN_GAIN);
  l1 = load<f64>(settings, SETTINGS_LAMBDA_L1);
  l2 = load<f64>(settings, SETTINGS_LAMBDA_L2);
  maxStep = load<f64>(settings, SETTINGS_MAX_DELTA_STEP);
  plainGain = !(l1 > 0) && !(maxStep > 0);
}

// ---- histograms ----
//
// Leaves of few rows are sparse: what their rows add up to is taken from `sums` bin by bin, as flagged, so that the work follows
// the rows. A scan reads pairs side by side: a sparse leaf's from a list of its own, a dense leaf's from its histogram.

// Puts the rows' (gradient, hessian) pairs side by side, in their order, in single precision as they are: half as much to read for each group
// of features. Hessians at 0 are 1 each.
function gather(rows: usize, count: i32, gradients: usize, hessians: usize): void {
  const end = rows + (<usize>count << 2);
  let to = pairs;
  for (let from = rows; from < end; from += 4) {
    const at = <usize>load<u32>(from) << 2;
    store<f32>(to, load<f32>(gradients + at));
    store<f32>(to, hessians != 0 ? load<f32>(hessians + at) : 1, 4);
    to += 8;
  }
}

// Does so for a block of rows that lie far apart, and puts their words side by side too, group by group: a row has one or two lines of memory
// for all its words, where each group's own words would be in another. All lines are asked for in the first loop, so that none is waited
// for alone.
function gatherApart(rows: usize, count: i32, gradients: usize, hessians: usize): void {
  const end = rows + (<usize>count << 2);
  const rowBytes = <usize>wordsPerRow << 2;
  let touched: u32 = 0;
  let to = pairs;
  for (let from = rows; from < end; from += 4) {
    const row = <usize>load<u32>(from);
    store<f32>(to, load<f32>(gradients + (row << 2)));
    store<f32>(to, hessians != 0 ? load<f32>(hessians + (row << 2)) : 1, 4);
    const words = rowWords + row * rowBytes;
    touched ^= load<u32>(words) ^ load<u32>(words + rowBytes - 4);
    to += 8;
  }
  to = blockWords;
  store<u32>(to, touched); // an engine may leave out what is read for nothing
  for (let from = rows; from < end; from += 4) {
    let words = rowWords + <usize>load<u32>(from) * rowBytes;
    const wordsEnd = words + rowBytes;
    let at = to;
    while (words < wordsEnd) {
      store<u32>(at, load<u32>(words));
      words += 4;
      at += BLOCK_ROWS << 2;
    }
    to += 4;
  }
}

// @ts-ignore: decorator
@inline
function gathered(from: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(from));
}

// @ts-ignore: decorator
@inline
function addPair(at: usize, pair: v128): void {
  v128.store(at, f64x2.add(v128.load(at), pair));
}

function addFour(words: usize, rows: usize, count: i32, h0: usize, h1: usize, h2: usize, h3: usize): void {
  let from = pairs;
  const end = from + (<usize>count << 3);
  while (from < end) {
    const word = load<u32>(words + (<usize>load<u32>(rows) << 2));
    const pair = gathered(from);
    addPair(h0 + ((word << 4) & 4080), pair);
    addPair(h1 + ((word >> 4) & 4080), pair);
    addPair(h2 + ((word >> 12) & 4080), pair);
    addPair(h3 + ((word >> 20) & 4080), pair);
    from += 8;
    rows += 4;
  }
}

function addOne(words: usize, shift: u32, mask: u32, rows: usize, count: i32, histogram: usize): void {
  let from = pairs;
  const end = from + (<usize>count << 3);
  while (from < end) {
    const bin = (load<u32>(words + (<usize>load<u32>(rows) << 2)) >> shift) & mask;
    addPair(histogram + (<usize>bin << 4), gathered(from));
    from += 8;
    rows += 4;
  }
}

// @ts-ignore: decorator
@inline
function addMarked(at: usize, offset: usize, flags: usize, pair: v128): void {
  addPair(at + offset, pair);
  store<u8>(flags + (offset >> 4), 0x80);
}

// Adds four features' rows to `sums`, 256 bins each, and flags the bins.
function addFourMarked(words: usize, rows: usize, count: i32): void {
  let from = pairs;
  const end = from + (<usize>count << 3);
  const h0 = sums, h1 = sums + 4096, h2 = sums + 8192, h3 = sums + 12288;
  const f0 = flags, f1 = flags + 256, f2 = flags + 512, f3 = flags + 768;
  while (from < end) {
    const word = load<u32>(words + (<usize>load<u32>(rows) << 2));
    const pair = gathered(from);
    addMarked(h0, (word << 4) & 4080, f0, pair);
    addMarked(h1, (word >> 4) & 4080, f1, pair);
    addMarked(h2, (word >> 12) & 4080, f2, pair);
    addMarked(h3, (word >> 20) & 4080, f3, pair);
    from += 8;
    rows += 4;
  }
}

function addOneMarked(words: usize, shift: u32, mask: u32, rows: usize, count: i32, histogram: usize, marks: usize): void {
  let from = pairs;
  const end = from + (<usize>count << 3);
  while (from < end) {
    const bin = (load<u32>(words + (<usize>load<u32>(rows) << 2)) >> shift) & mask;
    addMarked(histogram, <usize>bin << 4, marks, gathered(from));
    from += 8;
    rows += 4;
  }
}

// Takes the sums of the group's k-th feature away, to the list and, where they are kept, to the leaf's histogram; marks their bins.
// One bin (-1 for none) belongs to the list whether or not a row is in it, and holds what the others leave of the leaf's sums. Returns
// how many there are.
function collect(k: usize, numBin: i32, derived: i32, leaf: usize, histogram: usize, mask: usize, isKept: bool): i32 {
  const from = sums + (k << 12);
  let marks = flags + (k << 8);
  let list = smallList;
  let to = smallPairs;
  let rest = leafSums(leaf);
  let restAt = to;
  const zero = f64x2.splat(0);
  for (let base = 0; base < numBin; base += 64) {
    let word = <u64>i8x16.bitmask(v128.load(marks))
      | (<u64>i8x16.bitmask(v128.load(marks, 16)) << 16)
      | (<u64>i8x16.bitmask(v128.load(marks, 32)) << 32)
      | (<u64>i8x16.bitmask(v128.load(marks, 48)) << 48);
    v128.store(marks, zero);
    v128.store(marks, zero, 16);
    v128.store(marks, zero, 32);
    v128.store(marks, zero, 48);
    marks += 64;
    if (derived >= base && derived < base + 64) {
      word |= <u64>1 << <u64>(derived - base);
    }
    store<u64>(mask, word);
    mask += 8;
    while (word != 0) {
      const bin = base + <i32>ctz(word);
      const offset = <usize>bin << 4;
      const pair = v128.load(from + offset);
      v128.store(from + offset, zero);
      if (isKept) v128.store(histogram + offset, pair);
      v128.store(to, pair);
      store<i32>(list, bin);
      // in the order of bins, as native does it
      if (bin == derived) restAt = to;
      else rest = f64x2.sub(rest, pair);
      list += 4;
      to += 16;
      word &= word - 1;
    }
  }
  if (derived >= 0) {
    v128.store(restAt, rest);
    if (isKept) v128.store(histogram + (<usize>derived << 4), rest);
  }
  return <i32>((list - smallList) >> 2);
}

// @ts-ignore: decorator
@inline
function leafSums(leaf: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(leaf, LEAF_GRADIENT)), 1, load<f64>(leaf, LEAF_HESSIAN));
}

function isActive(group: usize): bool {
  const first = load<i32>(group, GROUP_FIRST);
  const width = load<i32>(group, GROUP_WIDTH);
  for (let k = 0; k < width; k++) if (load<u8>(active + <usize>(first + k))) return true;
  return false;
}

function clearGroup(group: usize, histograms: usize): void {
  const first = load<i32>(group, GROUP_FIRST);
  const end = first + load<i32>(group, GROUP_WIDTH);
  for (let f = first; f < end; f++) {
    if (!load<u8>(active + <usize>f)) continue;
    const record = featureRecords + <usize>f * FEATURE_BYTES;
    memory.fill(histograms + <usize>load<u32>(record, FEATURE_HISTOGRAM), 0, <usize>load<i32>(record, FEATURE_NUM_BIN) << 4);
  }
}

// Adds the gathered pairs to a group's histograms, or where few rows are added up; `rows` says which words are theirs.
function addGroup(group: usize, words: usize, rows: usize, count: i32, histograms: usize, sparse: bool): void {
  const first = load<i32>(group, GROUP_FIRST);
  const width = load<i32>(group, GROUP_WIDTH);
  const mask: u32 = width == 1 ? 0xffff : 0xff;
  let all = width == 4;
  for (let k = 0; k < width; k++) if (!load<u8>(active + <usize>(first + k))) all = false;
  const record = featureRecords + <usize>first * FEATURE_BYTES;
  if (all) {
    if (sparse) addFourMarked(words, rows, count);
    else addFour(
      words, rows, count, histograms + <usize>load<u32>(record), histograms + <usize>load<u32>(record, FEATURE_BYTES),
      histograms + <usize>load<u32>(record, 2 * FEATURE_BYTES), histograms + <usize>load<u32>(record, 3 * FEATURE_BYTES),
    );
    return;
  }
  for (let k = 0; k < width; k++) {
    if (!load<u8>(active + <usize>(first + k))) continue;
    if (sparse) addOneMarked(words, <u32>k << 3, mask, rows, count, sums + (<usize>k << 12), flags + (<usize>k << 8));
    else addOne(words, <u32>k << 3, mask, rows, count, histograms + <usize>load<u32>(record + <usize>k * FEATURE_BYTES));
  }
}

// Adds rows that lie far apart block by block, each to all groups, while what was put side by side is near.
function addApart(groupBegin: i32, groupEnd: i32, rows: usize, count: i32, gradients: usize, hessians: usize, histograms: usize): void {
  for (let g = groupBegin; g < groupEnd; g++) clearGroup(groupRecords + <usize>g * GROUP_BYTES, histograms);
  while (count > 0) {
    const block = min(count, <i32>BLOCK_ROWS);
    gatherApart(rows, block, gradients, hessians);
    let words = blockWords;
    for (let g = groupBegin; g < groupEnd; g++) {
      addGroup(groupRecords + <usize>g * GROUP_BYTES, words, identity, block, histograms, false);
      words += BLOCK_ROWS << 2;
    }
    rows += <usize>block << 2;
    count -= block;
  }
}

// Replaces one pair of a dense leaf's histogram by what the others leave of its sums.
function deriveBin(histogram: usize, numBin: i32, bin: i32, leaf: usize): void {
  let rest = leafSums(leaf);
  const at = histogram + (<usize>bin << 4);
  const end = histogram + (<usize>numBin << 4);
  for (let from = histogram; from < at; from += 16) rest = f64x2.sub(rest, v128.load(from));
  for (let from = at + 16; from < end; from += 16) rest = f64x2.sub(rest, v128.load(from));
  v128.store(at, rest);
}

function subtractDense(large: usize, small: usize, numBin: i32): void {
  const end = large + (<usize>numBin << 4);
  while (large < end) {
    v128.store(large, f64x2.sub(v128.load(large), v128.load(small)));
    large += 16;
    small += 16;
  }
}

function subtractListed(large: usize, list: usize, from: usize, length: i32): void {
  const end = list + (<usize>length << 2);
  while (list < end) {
    const at = large + (<usize>load<i32>(list) << 4);
    v128.store(at, f64x2.sub(v128.load(at), v128.load(from)));
    list += 4;
    from += 16;
  }
}

// Subtracts the smaller leaf's pairs, keeps the larger one's mask true to what is left, lists that, and returns how many there are.
function subtractMasked(large: usize, mask: usize, smallMask: usize, from: usize, numBin: i32): i32 {
  let list = largeList;
  let to = largePairs;
  const zero = f64x2.splat(0);
  for (let base = 0; base < numBin; base += 64) {
    const taken = load<u64>(smallMask);
    let kept: u64 = 0;
    for (let word = taken; word != 0; word &= word - 1) {
      const bit = ctz(word);
      const at = large + (<usize>(base + <i32>bit) << 4);
      const rest = f64x2.sub(v128.load(at), v128.load(from));
      v128.store(at, rest);
      from += 16;
      kept |= <u64>v128.any_true(f64x2.ne(rest, zero)) << bit;
    }
    let word = (load<u64>(mask) & ~taken) | kept;
    store<u64>(mask, word);
    mask += 8;
    smallMask += 8;
    while (word != 0) {
      const bin = base + <i32>ctz(word);
      v128.store(to, v128.load(large + (<usize>bin << 4)));
      store<i32>(list, bin);
      list += 4;
      to += 16;
      word &= word - 1;
    }
  }
  return <i32>((list - largeList) >> 2);
}

// Lists the bins of the larger leaf that are not empty, marks them, and returns how many there are.
function listFilled(histogram: usize, mask: usize, numBin: i32): i32 {
  const zero = f64x2.splat(0);
  let list = largeList;
  let to = largePairs;
  for (let base = 0; base < numBin; base += 64) {
    const end = min(64, numBin - base);
    let word: u64 = 0;
    for (let i = 0; i < end; i++) {
      const pair = v128.load(histogram);
      const filled = <i32>v128.any_true(f64x2.ne(pair, zero));
      word |= <u64>filled << <u64>i;
      v128.store(to, pair);
      store<i32>(list, base + i);
      list += <usize>filled << 2;
      to += <usize>filled << 4;
      histogram += 16;
    }
    store<u64>(mask, word);
    mask += 8;
  }
  return <i32>((list - largeList) >> 2);
}

// ---- scans ----

// of the leaf
let gradientSum: f64 = 0;
let hessianSum: f64 = 0;
let rowCount: f64 = 0;
let shift: f64 = 0;
let perHessian: f64 = 0;
// of the leaf's best split so far: a product below this limit cannot become better
let toBeat: f64 = 0;
// of the last scan
let splittable: bool = false;
let scanGain: f64 = 0;
let scanLeftGradient: f64 = 0;
let scanLeftHessian: f64 = 0;
let scanThreshold: i32 = 0;
// of the feature
let featureGain: f64 = 0;
let featureLeftGradient: f64 = 0;
let featureLeftHessian: f64 = 0;
let featureThreshold: i32 = 0;
let featureDefaultLeft: bool = true;

function shrunk(gradient: f64): f64 {
  const rest = max<f64>(0, abs(gradient) - l1);
  return gradient > 0 ? rest : gradient < 0 ? -rest : 0 * rest;
}

function leafGain(gradient: f64, hessian: f64): f64 {
  const g = l1 > 0 ? shrunk(gradient) : gradient;
  if (maxStep > 0) {
    let output = -g / (hessian + l2);
    if (abs(output) > maxStep) output = copysign(maxStep, output);
    return -(2 * g * output + (hessian + l2) * output * output);
  }
  return (g * g) / (hessian + l2);
}

// @ts-ignore: decorator
@inline
function limitOf(gain: f64, plain: bool): f64 {
  return plain && gain > SMALLEST_TESTED_GAIN ? gain * SURELY_BELOW : -Infinity;
}

// How many thresholds one test looks at.
const RUN = 8;

// The rows that two bins are taken to hold.
// @ts-ignore: decorator
@inline
function estimates(one: v128, two: v128, perHessians: v128): v128 {
  return f64x2.trunc(f64x2.add(f64x2.mul(v128.shuffle<f64>(one, two, 1, 3), perHessians), f64x2.splat(0.5)));
}

// Moves `remaining` pairs, from `at` on, one by one to the near side, and keeps the best threshold; 0 is no pair to skip.
//
// RUN thresholds take one test: a gain is convex in the near side's two sums, so that none of a run exceeds what the ends of their
// ranges give: of the gradients each end, of the hessians those that make both divisors least. A run is passed over when it surely
// loses, or has too few rows throughout; the thresholds of any other are weighed one by one.
// @ts-ignore: decorator
@inline
function scanOn(pairs: usize, list: usize, at: usize, remaining: i32, upwards: bool, start: v128, startCount: f64, skippedAt: usize): void {
  const gradient = gradientSum, hessian = hessianSum, count = rowCount, least = minData, leastHessian = minHessian, lambda = l2;
  const floor = shift, plain = plainGain;
  const step: usize = upwards ? 16 : -16;
  const zero = f64x2.splat(0);
  let near = start;
  let counts = f64x2.splat(startCount);
  let limit = limitOf(floor, plain);
  if (splittable) limit = max<f64>(limit, toBeat);
  limit = max<f64>(limit, limitOf(scanGain, plain));
  while (remaining > 0) {
    let weighed = min(remaining, RUN);
    if (remaining >= RUN && limit > 0 && skippedAt - (upwards ? at : at - 112) >= 128) {
      const from = upwards ? at : at - 112;
      const p1 = upwards ? v128.load(from, 0) : v128.load(from, 112);
      const p2 = upwards ? v128.load(from, 16) : v128.load(from, 96);
      const p3 = upwards ? v128.load(from, 32) : v128.load(from, 80);
      const p4 = upwards ? v128.load(from, 48) : v128.load(from, 64);
      const p5 = upwards ? v128.load(from, 64) : v128.load(from, 48);
      const p6 = upwards ? v128.load(from, 80) : v128.load(from, 32);
      const p7 = upwards ? v128.load(from, 96) : v128.load(from, 16);
      const p8 = upwards ? v128.load(from, 112) : v128.load(from, 0);
      const perHessians = f64x2.splat(perHessian);
      const n12 = estimates(p1, p2, perHessians);
      const n34 = estimates(p3, p4, perHessians);
      const n56 = estimates(p5, p6, perHessians);
      const n78 = estimates(p7, p8, perHessians);
      const rows = f64x2.add(f64x2.add(n12, n34), f64x2.add(n56, n78));
      const fewest = f64x2.pmin(f64x2.pmin(n12, n34), f64x2.pmin(n56, n78));
      const n = f64x2.add(counts, f64x2.add(rows, v128.shuffle<f64>(rows, rows, 1, 0)));
      const s1 = f64x2.add(near, p1);
      const s2 = f64x2.add(s1, p2);
      const s3 = f64x2.add(s2, p3);
      const s4 = f64x2.add(s3, p4);
      const s5 = f64x2.add(s4, p5);
      const s6 = f64x2.add(s5, p6);
      const s7 = f64x2.add(s6, p7);
      const s8 = f64x2.add(s7, p8);
      // the last sum is the first operand: a NaN, which all later sums share, then stays, and is below nothing
      const lo = f64x2.pmin(s8, f64x2.pmin(s7, f64x2.pmin(f64x2.pmin(f64x2.pmin(s1, s2), f64x2.pmin(s3, s4)), f64x2.pmin(s5, s6))));
      const hi = f64x2.pmax(s8, f64x2.pmax(s7, f64x2.pmax(f64x2.pmax(f64x2.pmax(s1, s2), f64x2.pmax(s3, s4)), f64x2.pmax(s5, s6))));
      const g = v128.shuffle<f64>(lo, hi, 0, 2);
      const other = f64x2.sub(f64x2.splat(gradient), g);
      const nearest = v128.shuffle<f64>(lo, lo, 1, 1);
      const farthest = f64x2.sub(f64x2.splat(hessian), v128.shuffle<f64>(hi, hi, 1, 1));
      const divisor = f64x2.add(nearest, f64x2.splat(lambda));
      const otherDivisor = f64x2.add(farthest, f64x2.splat(lambda));
      const product = f64x2.add(f64x2.mul(f64x2.mul(other, other), divisor), f64x2.mul(f64x2.mul(g, g), otherDivisor));
      const below = f64x2.lt(product, f64x2.mul(f64x2.splat(limit), f64x2.mul(otherDivisor, divisor)));
      const leasts = f64x2.splat(least);
      const allowed = v128.and(
        f64x2.ge(f64x2.sub(f64x2.splat(count), n), leasts),
        f64x2.ge(f64x2.pmin(nearest, farthest), f64x2.splat(leastHessian)),
      );
      const few = f64x2.lt(n, leasts); // rows, as long as no bin's estimate is negative
      const passes = v128.and(f64x2.ge(fewest, zero), v128.or(few, v128.and(below, allowed)));
      if (i64x2.all_true(passes)) {
        near = s8;
        counts = n;
        at += step * RUN;
        remaining -= RUN;
        continue;
      }
    }
    const wasSplittable = splittable;
    let nearCount = f64x2.extract_lane(counts, 0);
    while (weighed > 0) {
      const here = at;
      at += step;
      weighed--;
      remaining--;
      if (here == skippedAt) continue;
      const pair = v128.load(here);
      near = f64x2.add(near, pair);
      nearCount += trunc<f64>(f64x2.extract_lane(pair, 1) * perHessian + 0.5);
      const nearHessian = f64x2.extract_lane(near, 1);
      if (nearCount < least || nearHessian < leastHessian) continue;
      const farHessian = hessian - nearHessian;
      if (count - nearCount < least || farHessian < leastHessian) return;
      const nearGradient = f64x2.extract_lane(near, 0);
      const farGradient = gradient - nearGradient;
      const farDivisor = farHessian + lambda;
      const nearDivisor = nearHessian + lambda;
      const farSquare = farGradient * farGradient;
      const nearSquare = nearGradient * nearGradient;
      if (farSquare * nearDivisor + nearSquare * farDivisor < limit * (farDivisor * nearDivisor)) continue;
      const gain = plain
        ? farSquare / farDivisor + nearSquare / nearDivisor
        : leafGain(farGradient, farHessian) + leafGain(nearGradient, nearHessian);
      if (gain <= floor) continue;
      splittable = true;
      if (gain > scanGain) {
        scanGain = gain;
        limit = max<f64>(limit, max<f64>(limitOf(gain, plain), toBeat));
        scanLeftGradient = upwards ? nearGradient : farGradient;
        scanLeftHessian = upwards ? nearHessian : farHessian;
        scanThreshold = load<i32>(list + ((here - pairs) >> 2)) - (upwards ? 0 : 1);
      }
      if (!wasSplittable) break;
    }
    counts = f64x2.splat(nearCount);
  }
}

function scanFromRight(pairs: usize, list: usize, length: i32, end: i32, skippedAt: usize): void {
  scanGain = -Infinity;
  let last = length;
  while (last > 0 && load<i32>(list + (<usize>last << 2) - 4) >= end) last--;
  const first = last > 0 && load<i32>(list) == 0 ? 1 : 0;
  scanOn(pairs, list, pairs + (<usize>last << 4) - 16, last - first, false, f64x2.replace_lane(f64x2.splat(0), 1, EPSILON), 0, skippedAt);
}

function scanFromLeft(pairs: usize, list: usize, length: i32, last: i32, bin0IsDerived: bool, zeroIsMissing: bool, skippedAt: usize): void {
  scanGain = -Infinity;
  let left = f64x2.replace_lane(f64x2.splat(0), 1, EPSILON);
  let leftCount: f64 = 0;
  let first = 0;
  if (bin0IsDerived) {
    if (length > 0 && load<i32>(list) == 0) first = 1;
    if (!zeroIsMissing) {
      left = f64x2.replace_lane(f64x2.splat(gradientSum), 1, hessianSum - EPSILON);
      leftCount = rowCount;
      for (let other = first; other < length; other++) {
        const pair = v128.load(pairs + (<usize>other << 4));
        left = f64x2.sub(left, pair);
        leftCount -= trunc<f64>(f64x2.extract_lane(pair, 1) * perHessian + 0.5);
      }
      const leftHessian = f64x2.extract_lane(left, 1);
      const rightHessian = hessianSum - leftHessian;
      if (!(leftCount < minData || leftHessian < minHessian)) {
        if (rowCount - leftCount < minData || rightHessian < minHessian) return;
        const leftGradient = f64x2.extract_lane(left, 0);
        const gain = leafGain(leftGradient, leftHessian) + leafGain(gradientSum - leftGradient, rightHessian);
        if (!(gain <= shift)) {
          splittable = true;
          if (gain > scanGain) {
            scanGain = gain;
            scanLeftGradient = leftGradient;
            scanLeftHessian = leftHessian;
            scanThreshold = 0;
          }
        }
      }
    }
  }
  let end = length;
  while (end > first && load<i32>(list + (<usize>end << 2) - 4) > last) end--;
  scanOn(pairs, list, pairs + (<usize>first << 4), end - first, true, left, leftCount, skippedAt);
}

function keep(defaultLeft: bool): void {
  if (!splittable || !(scanGain > featureGain + shift)) return;
  featureGain = scanGain - shift;
  featureLeftGradient = scanLeftGradient;
  featureLeftHessian = scanLeftHessian;
  featureThreshold = scanThreshold;
  featureDefaultLeft = defaultLeft;
}

// Gains below lose precision in four bytes.
const SMALLEST_TOLD_GAIN: f64 = 1e-30;

// Tells the other threads of a gain, so that they pass over what surely loses against it: what they then find is the same. They may be told of a
// little less (by more than four bytes round), or later, or never; a number of four bytes is never seen half written.
// @ts-ignore: decorator
@inline
function tell(found: usize, gain: f64): void {
  if (gain < SMALLEST_TOLD_GAIN) return;
  const less = <f32>(min<f64>(gain, 1e38) * (1 - 1e-6));
  if (less > load<f32>(found)) store<f32>(found, less);
}

// Scans one feature of a leaf for a better split than the leaf's record holds; returns whether any was allowed.
function scanFeature(record: usize, feature: i32, pairs: usize, list: usize, length: i32, leaf: usize): bool {
  beginLeaf(leaf);
  const numBin = load<i32>(record, FEATURE_NUM_BIN);
  const mostFrequentBin = load<i32>(record, FEATURE_MOST_FREQUENT_BIN);
  const missing = load<i32>(record, FEATURE_MISSING);
  const apart = numBin > 2 && missing != MISSING_NONE;
  let skippedAt: usize = 0;
  if (apart && missing == MISSING_ZERO) {
    const skipped = load<i32>(record, FEATURE_DEFAULT_BIN);
    for (let i = 0; i < length; i++) if (load<i32>(list + (<usize>i << 2)) == skipped) skippedAt = pairs + (<usize>i << 4);
  }
  splittable = false;
  featureGain = -Infinity;
  scanFromRight(pairs, list, length, apart && missing == MISSING_NAN ? numBin - 1 : numBin, skippedAt);
  keep(apart || missing != MISSING_NAN);
  if (apart) {
    scanFromLeft(pairs, list, length, numBin - 2, mostFrequentBin == 0, missing == MISSING_ZERO, skippedAt);
    keep(false);
  }
  if (featureGain > load<f64>(leaf, LEAF_GAIN)) {
    store<f64>(leaf, featureGain, LEAF_GAIN);
    tell(<usize>load<u32>(leaf, LEAF_FOUND), featureGain);
    store<f64>(leaf, featureLeftGradient, LEAF_LEFT_GRADIENT);
    store<f64>(leaf, featureLeftHessian, LEAF_LEFT_HESSIAN);
    store<i32>(leaf, feature, LEAF_FEATURE);
    store<i32>(leaf, featureThreshold, LEAF_THRESHOLD_BIN);
    store<i32>(leaf, <i32>featureDefaultLeft, LEAF_DEFAULT_LEFT);
  }
  return splittable;
}

// @ts-ignore: decorator
@inline
function beginLeaf(leaf: usize): void {
  gradientSum = load<f64>(leaf, LEAF_GRADIENT);
  hessianSum = load<f64>(leaf, LEAF_HESSIAN) + 2 * EPSILON;
  rowCount = <f64>load<i32>(leaf, LEAF_COUNT);
  perHessian = rowCount / hessianSum;
  shift = leafGain(gradientSum, hessianSum) + minGain;
  const found = <f64>load<f32>(<usize>load<u32>(leaf, LEAF_FOUND));
  toBeat = limitOf(max<f64>(load<f64>(leaf, LEAF_GAIN), found) + shift, plainGain);
}

// Searches groups begin..end-1 for the best split of the smaller leaf, and of the larger one if its address is not 0.
export function search(groupBegin: i32, groupEnd: i32, rows: usize, gradients: usize, hessians: usize, small: usize, large: usize): void {
  store<f64>(small, -Infinity, LEAF_GAIN);
  if (large != 0) store<f64>(large, -Infinity, LEAF_GAIN);
  if (groupBegin == groupEnd) return; // threads may be more than groups
  const smallHistograms = <usize>load<u32>(small, LEAF_HISTOGRAMS);
  const smallMasks = <usize>load<u32>(small, LEAF_MASKS);
  const smallSplittable = <usize>load<u32>(small, LEAF_SPLITTABLE);
  const smallSparse = load<i32>(small, LEAF_IS_SPARSE) != 0;
  const count = load<i32>(small, LEAF_COUNT);
  const smallCanSplit = <f64>count >= 2 * minData;
  const apart = load<i32>(small, LEAF_IS_APART) != 0;
  if (apart) addApart(groupBegin, groupEnd, rows, count, gradients, hessians, smallHistograms);
  else gather(rows, count, gradients, hessians);
  for (let g = groupBegin; g < groupEnd; g++) {
    const group = groupRecords + <usize>g * GROUP_BYTES;
    if (!isActive(group)) continue;
    if (!apart) {
      if (!smallSparse) clearGroup(group, smallHistograms);
      addGroup(group, <usize>load<u32>(group, GROUP_WORDS), rows, count, smallHistograms, smallSparse);
    }
    const first = load<i32>(group, GROUP_FIRST);
    const end = first + load<i32>(group, GROUP_WIDTH);
    for (let f = first; f < end; f++) {
      if (!load<u8>(active + <usize>f)) continue;
      const record = featureRecords + <usize>f * FEATURE_BYTES;
      const histogram = smallHistograms + <usize>load<u32>(record, FEATURE_HISTOGRAM);
      const mask = smallMasks + <usize>load<u32>(record, FEATURE_MASK);
      const numBin = load<i32>(record, FEATURE_NUM_BIN);
      const mostFrequentBin = load<i32>(record, FEATURE_MOST_FREQUENT_BIN);
      let list = identity;
      let pairs = histogram;
      let length = numBin;
      if (smallSparse) {
        list = smallList;
        pairs = smallPairs;
        const derived = mostFrequentBin > 0 ? mostFrequentBin : -1;
        length = collect(<usize>(f - first), numBin, derived, small, histogram, mask, smallCanSplit);
      } else if (mostFrequentBin > 0) {
        deriveBin(histogram, numBin, mostFrequentBin, small);
      }
      store<u8>(smallSplittable + <usize>f, smallCanSplit ? <u8>scanFeature(record, f, pairs, list, length, small) : 0);
      if (large == 0) continue;

      const largeHistogram = <usize>load<u32>(large, LEAF_HISTOGRAMS) + <usize>load<u32>(record, FEATURE_HISTOGRAM);
      const largeMask = <usize>load<u32>(large, LEAF_MASKS) + <usize>load<u32>(record, FEATURE_MASK);
      const largeSparse = load<i32>(large, LEAF_IS_SPARSE) != 0;
      if (load<i32>(large, LEAF_WAS_SPARSE) != 0) {
        length = subtractMasked(largeHistogram, largeMask, mask, pairs, numBin);
      } else {
        if (smallSparse) subtractListed(largeHistogram, list, pairs, length);
        else subtractDense(largeHistogram, histogram, numBin);
        length = numBin;
        if (largeSparse) length = listFilled(largeHistogram, largeMask, numBin);
      }
      list = identity;
      pairs = largeHistogram;
      if (largeSparse) {
        list = largeList;
        pairs = largePairs;
      }
      const can = scanFeature(record, f, pairs, list, length, large);
      store<u8>(<usize>load<u32>(large, LEAF_SPLITTABLE) + <usize>f, <u8>can);
    }
  }
}

// ---- partition, branch-free: each row is written to both sides and only the right place moves on ----

export function partition(rows: usize, count: i32, right: usize, column: usize, isWide: bool, threshold: i32, missing: i32, missingLeft: i32): i32 {
  let to = rows;
  let toRight = right;
  let at = rows;
  const end = rows + (<usize>count << 2);
  if (isWide) {
    while (at < end) {
      const row = load<u32>(at);
      const bin = <i32>load<u16>(column + (<usize>row << 1));
      const left = <usize>select<i32>(missingLeft, <i32>(bin <= threshold), bin == missing);
      store<u32>(toRight, row);
      store<u32>(to, row);
      to += left << 2;
      toRight += (1 - left) << 2;
      at += 4;
    }
  } else {
    while (at < end) {
      const row = load<u32>(at);
      const bin = <i32>load<u8>(column + <usize>row);
      const left = <usize>select<i32>(missingLeft, <i32>(bin <= threshold), bin == missing);
      store<u32>(toRight, row);
      store<u32>(to, row);
      to += left << 2;
      toRight += (1 - left) << 2;
      at += 4;
    }
  }
  memory.copy(to, right, toRight - right);
  return <i32>((to - rows) >> 2);
}
