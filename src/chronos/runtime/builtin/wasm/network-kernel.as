// The kernels of ../kernels.ts, in AssemblyScript for WebAssembly SIMD. ../plain-kernels.ts does the same arithmetic in the same order: change
// both. Without relaxed instructions, so that every engine and processor gives the same bits. All pointers are byte addresses, all strides
// (ld, step) bytes. A sum runs in an order that no blocking changes: a row gets the same numbers alone and in a batch.

const RELU: i32 = 1;
const ADD: i32 = 2;

/** The sum of a vector's lanes: (0 + 2) + (1 + 3). */
@inline function total(v: v128): f32 {
  const w = f32x4.add(v, v128.shuffle<i32>(v, v, 2, 3, 0, 1));
  return f32x4.extract_lane(w, 0) + f32x4.extract_lane(w, 1);
}

/** The sums of four vectors' lanes, each in the order of total. */
@inline function totals(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = f32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return f32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** 1 to 3 floats, then zeros. */
@inline function tail(p: usize, count: usize): v128 {
  if (count == 1) return v128.load32_zero(p);
  const two = v128.load64_zero(p);
  return count == 2 ? two : v128.load32_lane(p + 8, two, 2);
}

@inline function put(y: usize, sum: v128, bias: usize, mode: i32): void {
  let v = sum;
  if (bias) v = f32x4.add(v, v128.load(bias));
  if (mode & ADD) v = f32x4.add(v128.load(y), v);
  if (mode & RELU) v = f32x4.pmax(v, f32x4.splat(0));
  v128.store(y, v);
}

@inline function putOne(y: usize, sum: f32, bias: usize, mode: i32): void {
  let v = sum;
  if (bias) v += load<f32>(bias);
  if (mode & ADD) v = load<f32>(y) + v;
  if (mode & RELU) v = v < 0 ? 0 : v;
  store<f32>(y, v);
}

// Two rows of x by four of w: 8 sums, 6 operands and a product fill the 15 vector registers that engines have on x64: a larger block makes
// V8 spill. Two steps a round, with a way out between them, are a tenth faster than one: without it V8 mixes the steps, and spills.
@inline function twoRows(x: usize, ldx: usize, w: usize, y: usize, ldy: usize, inner: usize, bias: usize, mode: i32): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
  let p = x, q = x + ldx, a = w;
  let k = inner >> 2;
  while (true) {
    const u0 = v128.load(p), v0 = v128.load(q);
    const w0 = v128.load(a);
    s0 = f32x4.add(s0, f32x4.mul(u0, w0));
    t0 = f32x4.add(t0, f32x4.mul(v0, w0));
    const x0 = v128.load(a, 16);
    s1 = f32x4.add(s1, f32x4.mul(u0, x0));
    t1 = f32x4.add(t1, f32x4.mul(v0, x0));
    const y0 = v128.load(a, 32);
    s2 = f32x4.add(s2, f32x4.mul(u0, y0));
    t2 = f32x4.add(t2, f32x4.mul(v0, y0));
    const z0 = v128.load(a, 48);
    s3 = f32x4.add(s3, f32x4.mul(u0, z0));
    t3 = f32x4.add(t3, f32x4.mul(v0, z0));
    if (!--k) break;
    const u1 = v128.load(p, 16), v1 = v128.load(q, 16);
    const w1 = v128.load(a, 64);
    s0 = f32x4.add(s0, f32x4.mul(u1, w1));
    t0 = f32x4.add(t0, f32x4.mul(v1, w1));
    const x1 = v128.load(a, 80);
    s1 = f32x4.add(s1, f32x4.mul(u1, x1));
    t1 = f32x4.add(t1, f32x4.mul(v1, x1));
    const y1 = v128.load(a, 96);
    s2 = f32x4.add(s2, f32x4.mul(u1, y1));
    t2 = f32x4.add(t2, f32x4.mul(v1, y1));
    const z1 = v128.load(a, 112);
    s3 = f32x4.add(s3, f32x4.mul(u1, z1));
    t3 = f32x4.add(t3, f32x4.mul(v1, z1));
    p += 32;
    q += 32;
    a += 128;
    if (!--k) break;
  }
  put(y, totals(s0, s1, s2, s3), bias, mode);
  put(y + ldy, totals(t0, t1, t2, t3), bias, mode);
}

@inline function oneRow(x: usize, w: usize, y: usize, inner: usize, bias: usize, mode: i32): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let p = x, a = w;
  for (let k = inner >> 2; k; k--) {
    const u = v128.load(p);
    s0 = f32x4.add(s0, f32x4.mul(u, v128.load(a)));
    s1 = f32x4.add(s1, f32x4.mul(u, v128.load(a, 16)));
    s2 = f32x4.add(s2, f32x4.mul(u, v128.load(a, 32)));
    s3 = f32x4.add(s3, f32x4.mul(u, v128.load(a, 48)));
    p += 16;
    a += 64;
  }
  put(y, totals(s0, s1, s2, s3), bias, mode);
}

/** The greatest magnitude of quantised values; 512 products of two such sum up in 32 bits. */
const INT_MOST: f32 = 2047;
/** A row whose greatest magnitude is less, 2^-100, is one of zeros. */
const INT_LEAST: f32 = 7.888609052210118e-31;
/** Vectors of eight values whose products are summed in whole numbers before a float takes them over. */
const INT_VECTORS: usize = 64;

export function quantize(x: usize, q: usize, scales: usize, rows: usize, width: usize): void {
  // Added to a number below 2^22 it leaves the nearest whole number, ties to even, in the low bits.
  const rounder = f32x4.splat(12582912);
  const end: usize = 4 * width;
  for (let i: usize = 0; i < rows; i++, x += end, q += 2 * width, scales += 4) {
    let top = f32x4.splat(0), other = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += 32) {
      top = f32x4.max(top, f32x4.abs(v128.load(x + j)));
      other = f32x4.max(other, f32x4.abs(v128.load(x + j, 16)));
    }
    top = f32x4.max(top, other);
    top = f32x4.max(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
    const most = max<f32>(f32x4.extract_lane(top, 0), f32x4.extract_lane(top, 1));
    store<f32>(scales, most / INT_MOST);
    const r = f32x4.splat(most < INT_LEAST ? 0 : INT_MOST / most);
    for (let j: usize = 0; j < end; j += 32) {
      const u = f32x4.add(f32x4.mul(v128.load(x + j), r), rounder);
      const v = f32x4.add(f32x4.mul(v128.load(x + j, 16), r), rounder);
      v128.store(q + (j >> 1), i16x8.narrow_i32x4_s(i32x4.sub(u, rounder), i32x4.sub(v, rounder)));
    }
  }
}

/** The sums of four vectors' lanes. */
@inline function intTotals(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = i32x4.add(v128.shuffle<i32>(a, b, 0, 4, 1, 5), v128.shuffle<i32>(a, b, 2, 6, 3, 7));
  const cd = i32x4.add(v128.shuffle<i32>(c, d, 0, 4, 1, 5), v128.shuffle<i32>(c, d, 2, 6, 3, 7));
  return i32x4.add(v128.shuffle<i32>(ab, cd, 0, 1, 4, 5), v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
}

/** Turns a vector of sums into outputs: `own` are the scales of four rows of w, at `scale` is that of the row of x. */
@inline function putInt(y: usize, sum: v128, scale: usize, own: v128, bias: usize, mode: i32): void {
  put(y, f32x4.mul(f32x4.mul(sum, v128.load32_splat(scale)), own), bias, mode);
}

// As twoRows, over `vectors` vectors of eight values. Of a row in several parts the sums of those before lie at `sums`.
@inline function twoIntRows(
  x: usize, ldx: usize, w: usize, vectors: usize, y: usize, ldy: usize, scale: usize, own: v128, bias: usize, mode: i32, sums: usize, first: bool, last: bool,
): void {
  let s0 = i32x4.splat(0), s1 = i32x4.splat(0), s2 = i32x4.splat(0), s3 = i32x4.splat(0);
  let t0 = i32x4.splat(0), t1 = i32x4.splat(0), t2 = i32x4.splat(0), t3 = i32x4.splat(0);
  let p = x, q = x + ldx, a = w;
  for (let k = vectors; k; k--) {
    const w0 = v128.load(a), w1 = v128.load(a, 16), w2 = v128.load(a, 32), w3 = v128.load(a, 48);
    const u = v128.load(p);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(u, w0));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(u, w1));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(u, w2));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(u, w3));
    const v = v128.load(q);
    t0 = i32x4.add(t0, i32x4.dot_i16x8_s(v, w0));
    t1 = i32x4.add(t1, i32x4.dot_i16x8_s(v, w1));
    t2 = i32x4.add(t2, i32x4.dot_i16x8_s(v, w2));
    t3 = i32x4.add(t3, i32x4.dot_i16x8_s(v, w3));
    p += 16;
    q += 16;
    a += 64;
  }
  let s = f32x4.convert_i32x4_s(intTotals(s0, s1, s2, s3)), t = f32x4.convert_i32x4_s(intTotals(t0, t1, t2, t3));
  if (!first) {
    s = f32x4.add(v128.load(sums), s);
    t = f32x4.add(v128.load(sums, 16), t);
  }
  if (last) {
    putInt(y, s, scale, own, bias, mode);
    putInt(y + ldy, t, scale + 4, own, bias, mode);
  } else {
    v128.store(sums, s);
    v128.store(sums, t, 16);
  }
}

@inline function oneIntRow(
  x: usize, w: usize, vectors: usize, y: usize, scale: usize, own: v128, bias: usize, mode: i32, sums: usize, first: bool, last: bool,
): void {
  let s0 = i32x4.splat(0), s1 = i32x4.splat(0), s2 = i32x4.splat(0), s3 = i32x4.splat(0);
  let p = x, a = w;
  for (let k = vectors; k; k--) {
    const u = v128.load(p);
    s0 = i32x4.add(s0, i32x4.dot_i16x8_s(u, v128.load(a)));
    s1 = i32x4.add(s1, i32x4.dot_i16x8_s(u, v128.load(a, 16)));
    s2 = i32x4.add(s2, i32x4.dot_i16x8_s(u, v128.load(a, 32)));
    s3 = i32x4.add(s3, i32x4.dot_i16x8_s(u, v128.load(a, 48)));
    p += 16;
    a += 64;
  }
  let s = f32x4.convert_i32x4_s(intTotals(s0, s1, s2, s3));
  if (!first) s = f32x4.add(v128.load(sums), s);
  if (last) putInt(y, s, scale, own, bias, mode);
  else v128.store(sums, s);
}

export function linearInt(
  x: usize, scales: usize, w: usize, wScales: usize, y: usize, ldy: usize, rows: usize, outputs: usize, inputs: usize, bias: usize, mode: i32, sums: usize,
): void {
  const ld: usize = 2 * inputs, vectors = inputs >> 3;
  let block = max<usize>(2, (98304 / inputs) & ~1);
  if (rows <= 2 * block) block = rows;
  for (let start: usize = 0; start < rows; start += block) {
    const end = min(start + block, rows);
    for (let j: usize = 0; j < outputs; j += 4) {
      const wj = w + j * ld, own = v128.load(wScales + 4 * j), yj = y + 4 * j, b = bias ? bias + 4 * j : 0;
      let i = start;
      for (; i + 2 <= end; i += 2)
        for (let k: usize = 0; k < vectors; k += INT_VECTORS)
          twoIntRows(
            x + i * ld + 16 * k, ld, wj + 64 * k, min<usize>(vectors - k, INT_VECTORS), yj + i * ldy, ldy, scales + 4 * i, own, b, mode, sums,
            k == 0, k + INT_VECTORS >= vectors,
          );
      if (i < end)
        for (let k: usize = 0; k < vectors; k += INT_VECTORS)
          oneIntRow(
            x + i * ld + 16 * k, wj + 64 * k, min<usize>(vectors - k, INT_VECTORS), yj + i * ldy, scales + 4 * i, own, b, mode, sums,
            k == 0, k + INT_VECTORS >= vectors,
          );
    }
  }
}

// The same for rows of w that lie one after the other, ldw apart.
@inline function twoRowsApart(x: usize, ldx: usize, w: usize, ldw: usize, y: usize, ldy: usize, inner: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let t0 = f32x4.splat(0), t1 = f32x4.splat(0), t2 = f32x4.splat(0), t3 = f32x4.splat(0);
  let p = x, q = x + ldx;
  let a = w, b = w + ldw, c = b + ldw, d = c + ldw;
  for (let k = inner >> 2; k; k--) {
    const w0 = v128.load(a), w1 = v128.load(b), w2 = v128.load(c), w3 = v128.load(d);
    const u = v128.load(p);
    s0 = f32x4.add(s0, f32x4.mul(u, w0));
    s1 = f32x4.add(s1, f32x4.mul(u, w1));
    s2 = f32x4.add(s2, f32x4.mul(u, w2));
    s3 = f32x4.add(s3, f32x4.mul(u, w3));
    const v = v128.load(q);
    t0 = f32x4.add(t0, f32x4.mul(v, w0));
    t1 = f32x4.add(t1, f32x4.mul(v, w1));
    t2 = f32x4.add(t2, f32x4.mul(v, w2));
    t3 = f32x4.add(t3, f32x4.mul(v, w3));
    p += 16;
    q += 16;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  v128.store(y, totals(s0, s1, s2, s3));
  v128.store(y + ldy, totals(t0, t1, t2, t3));
}

@inline function oneRowApart(x: usize, w: usize, ldw: usize, y: usize, inner: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let p = x, a = w, b = w + ldw, c = b + ldw, d = c + ldw;
  for (let k = inner >> 2; k; k--) {
    const u = v128.load(p);
    s0 = f32x4.add(s0, f32x4.mul(u, v128.load(a)));
    s1 = f32x4.add(s1, f32x4.mul(u, v128.load(b)));
    s2 = f32x4.add(s2, f32x4.mul(u, v128.load(c)));
    s3 = f32x4.add(s3, f32x4.mul(u, v128.load(d)));
    p += 16;
    a += 16;
    b += 16;
    c += 16;
    d += 16;
  }
  v128.store(y, totals(s0, s1, s2, s3));
}

function oneProduct(x: usize, w: usize, y: usize, inner: usize, bias: usize, mode: i32): void {
  let s = f32x4.splat(0);
  let p = x, q = w;
  for (let k = inner >> 2; k; k--) {
    s = f32x4.add(s, f32x4.mul(v128.load(p), v128.load(q)));
    p += 16;
    q += 16;
  }
  const left = inner & 3;
  if (left) s = f32x4.add(s, f32x4.mul(tail(p, left), tail(q, left)));
  putOne(y, total(s), bias, mode);
}

/** Values of a weight from which on it is taken to come from beyond the second cache. */
const FAR: usize = 65536;

/** Reads a value of each cache line of what is needed next, so that it is on its way while other weights are multiplied; nothing at or beyond `end`. */
function fetchAhead(at: usize, lines: usize, end: usize): void {
  for (const stop = min(at + 64 * lines, end); at < stop; at += 64) v128.load(at);
}

@inline function linearFrom(
  x: usize, ldx: usize, w: usize, y: usize, ldy: usize, rows: usize, outputs: usize, inputs: usize, bias: usize, mode: i32, isFar: bool,
): void {
  // Rows of x in blocks that the second cache holds; the first holds four rows of w.
  let block = max<usize>(2, (49152 / inputs) & ~1);
  if (rows <= 2 * block) block = rows;
  const quick: usize = inputs & 3 ? 0 : outputs & ~3;
  for (let start: usize = 0; start < rows; start += block) {
    const end = min(start + block, rows);
    // Two rows' share of the cache lines of the next four rows of w.
    const lines: usize = isFar ? (inputs >> 1) / (end - start) + 1 : 0;
    let j: usize = 0;
    for (; j < quick; j += 4) {
      const wj = w + 4 * j * inputs, yj = y + 4 * j, bj = bias ? bias + 4 * j : 0;
      let i = start;
      for (; i + 2 <= end; i += 2) {
        if (isFar) fetchAhead(wj + 16 * inputs + 32 * lines * (i - start), lines, w + 4 * outputs * inputs);
        twoRows(x + i * ldx, ldx, wj, yj + i * ldy, ldy, inputs, bj, mode);
      }
      if (i < end) oneRow(x + i * ldx, wj, yj + i * ldy, inputs, bj, mode);
    }
    for (; j < outputs; j++) {
      const bj = bias ? bias + 4 * j : 0;
      for (let i = start; i < end; i++) oneProduct(x + i * ldx, w + 4 * j * inputs, y + i * ldy + 4 * j, inputs, bj, mode);
    }
  }
}

/** For weights from beyond the second cache; exported, and so a function of its own, because the other one gets slower by what this one has more. */
export function linearFar(x: usize, ldx: usize, w: usize, y: usize, ldy: usize, rows: usize, outputs: usize, inputs: usize, bias: usize, mode: i32): void {
  linearFrom(x, ldx, w, y, ldy, rows, outputs, inputs, bias, mode, true);
}

export function linear(x: usize, ldx: usize, w: usize, y: usize, ldy: usize, rows: usize, outputs: usize, inputs: usize, bias: usize, mode: i32): void {
  if (outputs * inputs >= FAR) linearFar(x, ldx, w, y, ldy, rows, outputs, inputs, bias, mode);
  else linearFrom(x, ldx, w, y, ldy, rows, outputs, inputs, bias, mode, false);
}

/** Outputs that the rows of a sparse layer are computed for together: a panel of its weights. */
const PANEL: usize = 32;
/** Words of 64 inputs whose part of a panel, 16 kB, stays in the first cache while all rows read it. */
const PANEL_WORDS: usize = 2;
/** No address of an input: see sparseRow. */
const NOWHERE: usize = 3;

export function panels(w: usize, to: usize, outputs: usize, inputs: usize): void {
  for (let j: usize = 0; j < outputs; j += PANEL) {
    for (let k: usize = 0; k < inputs; k += 4) {
      for (let n: usize = 0; n < PANEL; n += 4) {
        const at = to + 4 * PANEL * k + 4 * n, row = w + 4 * ((j + n) * inputs + k);
        let a = f32x4.splat(0), b = a, c = a, d = a;
        if (j + n < outputs) {
          a = v128.load(row);
          b = v128.load(row + 4 * inputs);
          c = v128.load(row + 8 * inputs);
          d = v128.load(row + 12 * inputs);
        }
        const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5), cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
        const ef = v128.shuffle<i32>(a, b, 2, 6, 3, 7), gh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
        v128.store(at, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5));
        v128.store(at + 4 * PANEL, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7));
        v128.store(at + 8 * PANEL, v128.shuffle<i32>(ef, gh, 0, 1, 4, 5));
        v128.store(at + 12 * PANEL, v128.shuffle<i32>(ef, gh, 2, 3, 6, 7));
      }
    }
    to += 4 * PANEL * inputs;
  }
}

/** A bit for each of 64 values a word: whether it is not 0. */
function markNonzero(x: usize, masks: usize, count: usize): void {
  const zero = f32x4.splat(0);
  for (let i: usize = 0; i < count; i += 64, x += 256, masks += 8) {
    let word: i64 = 0;
    for (let j: usize = 0; j < 64; j += 16) {
      const a = f32x4.ne(v128.load(x + 4 * j), zero), b = f32x4.ne(v128.load(x + 4 * j, 16), zero);
      const c = f32x4.ne(v128.load(x + 4 * j, 32), zero), d = f32x4.ne(v128.load(x + 4 * j, 48), zero);
      const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
      word |= (<i64>i8x16.bitmask(bytes) & 0xffff) << <i64>j;
    }
    store<i64>(masks, word);
  }
}

// One row of x by a panel. The way out in the middle is never taken: without it V8 loads all eight vectors before it multiplies one, has
// no registers for them, and takes twice as long.
@inline function sparseRow(x: usize, w: usize, masks: usize, words: usize, y: usize, columns: usize, bias: usize, mode: i32, sums: usize, first: bool, last: bool): void {
  let s0 = f32x4.splat(0), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0, s6 = s0, s7 = s0;
  if (!first) {
    s0 = v128.load(sums);
    s1 = v128.load(sums, 16);
    s2 = v128.load(sums, 32);
    s3 = v128.load(sums, 48);
    s4 = v128.load(sums, 64);
    s5 = v128.load(sums, 80);
    s6 = v128.load(sums, 96);
    s7 = v128.load(sums, 112);
  }
  for (let n = words; n; n--, masks += 8, x += 256, w += 256 * PANEL) {
    let word = load<i64>(masks);
    while (word) {
      const k = <usize>ctz<i64>(word);
      const e = v128.load32_splat(x + 4 * k), p = w + 4 * PANEL * k;
      s0 = f32x4.add(s0, f32x4.mul(e, v128.load(p)));
      s1 = f32x4.add(s1, f32x4.mul(e, v128.load(p, 16)));
      s2 = f32x4.add(s2, f32x4.mul(e, v128.load(p, 32)));
      s3 = f32x4.add(s3, f32x4.mul(e, v128.load(p, 48)));
      if (p == NOWHERE) break;
      s4 = f32x4.add(s4, f32x4.mul(e, v128.load(p, 64)));
      s5 = f32x4.add(s5, f32x4.mul(e, v128.load(p, 80)));
      s6 = f32x4.add(s6, f32x4.mul(e, v128.load(p, 96)));
      s7 = f32x4.add(s7, f32x4.mul(e, v128.load(p, 112)));
      word &= word - 1;
    }
  }
  v128.store(sums, s0);
  v128.store(sums, s1, 16);
  v128.store(sums, s2, 32);
  v128.store(sums, s3, 48);
  v128.store(sums, s4, 64);
  v128.store(sums, s5, 80);
  v128.store(sums, s6, 96);
  v128.store(sums, s7, 112);
  if (last) for (let j: usize = 0; j < 4 * columns; j += 16) put(y + j, v128.load(sums + j), bias ? bias + j : 0, mode);
}

export function linearSparse(
  x: usize, w: usize, y: usize, ldy: usize, rows: usize, outputs: usize, inputs: usize, bias: usize, mode: i32, masks: usize, sums: usize,
): void {
  const ldx: usize = 4 * inputs, words = inputs >> 6, wEnd = w + 4 * inputs * ((outputs + PANEL - 1) & ~(PANEL - 1));
  markNonzero(x, masks, rows * inputs);
  let block = max<usize>(1, 49152 / inputs);
  if (rows <= 2 * block) block = rows;
  for (let start: usize = 0; start < rows; start += block) {
    const end = min(start + block, rows);
    // A row's share of the cache lines of the next part of a panel.
    const lines: usize = outputs * inputs >= FAR ? 4 * PANEL * PANEL_WORDS / (end - start) + 1 : 0;
    for (let j: usize = 0; j < outputs; j += PANEL) {
      const columns = min<usize>(PANEL, outputs - j), wj = w + 4 * j * inputs, b = bias ? bias + 4 * j : 0;
      for (let k: usize = 0; k < words; k += PANEL_WORDS) {
        const count = min<usize>(PANEL_WORDS, words - k), first = k == 0, last = k + PANEL_WORDS >= words, wk = wj + 256 * PANEL * k;
        for (let i = start; i < end; i++) {
          if (lines) fetchAhead(wk + 256 * PANEL * PANEL_WORDS + 64 * lines * (i - start), lines, wEnd);
          sparseRow(
            x + i * ldx + 256 * k, wk, masks + 8 * (i * words + k), count, y + i * ldy + 4 * j, columns, b, mode, sums + 4 * PANEL * i, first, last,
          );
        }
      }
    }
  }
}

export function timesTransposed(a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, rows: usize, columns: usize, inner: usize): void {
  const quick: usize = inner & 3 ? 0 : columns & ~3;
  let j: usize = 0;
  for (; j < quick; j += 4) {
    const bj = b + j * ldb, cj = c + 4 * j;
    let i: usize = 0;
    for (; i + 2 <= rows; i += 2) twoRowsApart(a + i * lda, lda, bj, ldb, cj + i * ldc, ldc, inner);
    if (i < rows) oneRowApart(a + i * lda, bj, ldb, cj + i * ldc, inner);
  }
  for (; j < columns; j++) {
    for (let i: usize = 0; i < rows; i++) oneProduct(a + i * lda, b + j * ldb, c + i * ldc + 4 * j, inner, 0, 0);
  }
}

@inline function fourByEight(a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, inner: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), t0 = f32x4.splat(0), t1 = f32x4.splat(0);
  let u0 = f32x4.splat(0), u1 = f32x4.splat(0), v0 = f32x4.splat(0), v1 = f32x4.splat(0);
  let p = a, q = a + lda, r = q + lda, s = r + lda, w = b;
  for (let k = inner; k; k--) {
    const x = v128.load(w), y = v128.load(w, 16);
    let e = v128.load32_splat(p);
    s0 = f32x4.add(s0, f32x4.mul(e, x));
    s1 = f32x4.add(s1, f32x4.mul(e, y));
    e = v128.load32_splat(q);
    t0 = f32x4.add(t0, f32x4.mul(e, x));
    t1 = f32x4.add(t1, f32x4.mul(e, y));
    e = v128.load32_splat(r);
    u0 = f32x4.add(u0, f32x4.mul(e, x));
    u1 = f32x4.add(u1, f32x4.mul(e, y));
    e = v128.load32_splat(s);
    v0 = f32x4.add(v0, f32x4.mul(e, x));
    v1 = f32x4.add(v1, f32x4.mul(e, y));
    p += 4;
    q += 4;
    r += 4;
    s += 4;
    w += ldb;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c + ldc, t0);
  v128.store(c + ldc, t1, 16);
  v128.store(c + 2 * ldc, u0);
  v128.store(c + 2 * ldc, u1, 16);
  v128.store(c + 3 * ldc, v0);
  v128.store(c + 3 * ldc, v1, 16);
}

@inline function oneBySixteen(a: usize, b: usize, ldb: usize, c: usize, inner: usize): void {
  let s0 = f32x4.splat(0), s1 = f32x4.splat(0), s2 = f32x4.splat(0), s3 = f32x4.splat(0);
  let p = a, w = b;
  for (let k = inner; k; k--) {
    const e = v128.load32_splat(p);
    s0 = f32x4.add(s0, f32x4.mul(e, v128.load(w)));
    s1 = f32x4.add(s1, f32x4.mul(e, v128.load(w, 16)));
    s2 = f32x4.add(s2, f32x4.mul(e, v128.load(w, 32)));
    s3 = f32x4.add(s3, f32x4.mul(e, v128.load(w, 48)));
    p += 4;
    w += ldb;
  }
  v128.store(c, s0);
  v128.store(c, s1, 16);
  v128.store(c, s2, 32);
  v128.store(c, s3, 48);
}

@inline function oneByFour(a: usize, b: usize, ldb: usize, c: usize, inner: usize): void {
  let s = f32x4.splat(0);
  let p = a, w = b;
  for (let k = inner; k; k--) {
    s = f32x4.add(s, f32x4.mul(v128.load32_splat(p), v128.load(w)));
    p += 4;
    w += ldb;
  }
  v128.store(c, s);
}

function oneByOne(a: usize, b: usize, ldb: usize, c: usize, inner: usize): void {
  let s: f32 = 0;
  for (let k: usize = 0; k < inner; k++) s += load<f32>(a + 4 * k) * load<f32>(b + k * ldb);
  store<f32>(c, s);
}

export function times(a: usize, lda: usize, b: usize, ldb: usize, c: usize, ldc: usize, rows: usize, columns: usize, inner: usize): void {
  let i: usize = 0;
  for (; i + 4 <= rows; i += 4) {
    const ai = a + i * lda, ci = c + i * ldc;
    let j: usize = 0;
    for (; j + 8 <= columns; j += 8) fourByEight(ai, lda, b + 4 * j, ldb, ci + 4 * j, ldc, inner);
    for (; j < columns; j++) for (let n: usize = 0; n < 4; n++) oneByOne(ai + n * lda, b + 4 * j, ldb, ci + n * ldc + 4 * j, inner);
  }
  for (; i < rows; i++) {
    const ai = a + i * lda, ci = c + i * ldc;
    let j: usize = 0;
    for (; j + 16 <= columns; j += 16) oneBySixteen(ai, b + 4 * j, ldb, ci + 4 * j, inner);
    for (; j + 4 <= columns; j += 4) oneByFour(ai, b + 4 * j, ldb, ci + 4 * j, inner);
    for (; j < columns; j++) oneByOne(ai, b + 4 * j, ldb, ci + 4 * j, inner);
  }
}

export function interleave(w: usize, rows: usize, width: usize, scratch: usize): void {
  if (width & 3) return;
  for (let j: usize = 0; j + 4 <= rows; j += 4, w += 16 * width) {
    memory.copy(scratch, w, 16 * width);
    let to = w;
    for (let from = scratch, end = scratch + 4 * width; from < end; from += 16, to += 64) {
      v128.store(to, v128.load(from));
      v128.store(to, v128.load(from + 4 * width), 16);
      v128.store(to, v128.load(from + 8 * width), 32);
      v128.store(to, v128.load(from + 12 * width), 48);
    }
  }
}

export function norm(x: usize, weight: usize, y: usize, rows: usize, width: usize, epsilon: f32): void {
  const whole = width & ~3, left = width & 3;
  for (let i: usize = 0; i < rows; i++, x += 4 * width, y += 4 * width) {
    let s = f32x4.splat(0);
    for (let j: usize = 0; j < whole; j += 4) {
      const v = v128.load(x + 4 * j);
      s = f32x4.add(s, f32x4.mul(v, v));
    }
    if (left) {
      const v = tail(x + 4 * whole, left);
      s = f32x4.add(s, f32x4.mul(v, v));
    }
    const root = sqrt<f32>(total(s) / <f32>width + epsilon);
    const r = f32x4.splat(root);
    let j: usize = 0;
    for (; j < whole; j += 4) v128.store(y + 4 * j, f32x4.mul(f32x4.div(v128.load(x + 4 * j), r), v128.load(weight + 4 * j)));
    for (; j < width; j++) store<f32>(y + 4 * j, (load<f32>(x + 4 * j) / root) * load<f32>(weight + 4 * j));
  }
}

/** e^x for x <= 0; 0 below -87, where float32 has no normal numbers left. NaN stays NaN. */
@inline function exponential(x: v128): v128 {
  const n = f32x4.nearest(f32x4.mul(x, f32x4.splat(1.4426950408889634)));
  // ln 2 in two parts, the first of few enough bits that n times it is exact
  let r = f32x4.sub(x, f32x4.mul(n, f32x4.splat(0.693359375)));
  r = f32x4.add(r, f32x4.mul(n, f32x4.splat(0.00021219444)));
  let p = f32x4.splat(0.00019917817553505301);
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.0013946074759587646));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.008333265781402588));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.041666269302368164));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.1666666716337204));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(0.5));
  const y = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(r, r)), r), f32x4.splat(1));
  // 1.5 × 2^23 leaves the whole number in the low bits
  const power = i32x4.shl(f32x4.add(n, f32x4.splat(12583039)), 23);
  return v128.andnot(f32x4.mul(y, power), f32x4.lt(x, f32x4.splat(-87)));
}

export function softmax(s: usize, lds: usize, bias: usize, ldBias: usize, mask: usize, rows: usize, count: usize): void {
  const end: usize = 4 * ((count + 3) & ~3);
  for (let i: usize = 0; i < rows; i++, s += lds, bias += ldBias) {
    for (let j: usize = 4 * count; j < end; j += 4) store<f32>(s + j, -Infinity);
    let top = f32x4.splat(-Infinity);
    for (let j: usize = 0; j < end; j += 16) {
      let v = v128.load(s + j);
      if (bias) v = f32x4.add(v, mask ? f32x4.add(v128.load(bias + j), v128.load(mask + j)) : v128.load(bias + j));
      else if (mask) v = f32x4.add(v, v128.load(mask + j));
      v128.store(s + j, v);
      top = f32x4.pmax(top, v);
    }
    const t = f32x4.max(top, v128.shuffle<i32>(top, top, 2, 3, 0, 1));
    const m = f32x4.splat(max<f32>(f32x4.extract_lane(t, 0), f32x4.extract_lane(t, 1)));
    let sum = f32x4.splat(0);
    for (let j: usize = 0; j < end; j += 16) {
      const e = exponential(f32x4.sub(v128.load(s + j), m));
      v128.store(s + j, e);
      sum = f32x4.add(sum, e);
    }
    const scale = f32x4.splat(<f32>1 / total(sum));
    for (let j: usize = 0; j < end; j += 16) v128.store(s + j, f32x4.mul(v128.load(s + j), scale));
  }
}

export function attend(
  q: usize, k: usize, v: usize, out: usize, ldq: usize, stepQ: usize, ldk: usize, stepK: usize,
  bias: usize, mask: usize, stepMask: usize, s: usize, batch: usize, heads: usize, rows: usize, keys: usize, dKv: usize,
): void {
  const lds: usize = 4 * ((keys + 3) & ~3);
  for (let b: usize = 0; b < batch; b++) {
    for (let h: usize = 0; h < heads; h++) {
      const atQ = b * stepQ + 4 * h * dKv, atK = b * stepK + 4 * h * dKv;
      timesTransposed(q + atQ, ldq, k + atK, ldk, s, lds, rows, keys, dKv);
      softmax(s, lds, bias ? bias + h * rows * lds : 0, bias ? lds : 0, mask ? mask + b * stepMask : 0, rows, keys);
      times(s, lds, v + atK, ldk, out + atQ, ldq, rows, dKv, keys);
    }
  }
}

/** 1 / (1 + e^-x), by e^-|x| so that nothing overflows. */
@inline function sigmoid(x: v128): v128 {
  const e = exponential(f32x4.neg(f32x4.abs(x)));
  const one = f32x4.splat(1);
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), f32x4.add(one, e));
}

/** The standard normal distribution function: its upper tail as e^(-a²/2) t P(t), t = 1 / (1 + 0.3 a), P fitted here; within 4e-8. */
@inline function normal(x: v128): v128 {
  const a = f32x4.abs(x), one = f32x4.splat(1);
  const t = f32x4.div(one, f32x4.add(one, f32x4.mul(f32x4.splat(0.3), a)));
  let p = f32x4.splat(-0.062211595475673676);
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.1534283459186554));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.08602301776409149));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.06134282052516937));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.1463889628648758));
  p = f32x4.add(f32x4.mul(p, t), f32x4.splat(0.11502841860055923));
  const e = exponential(f32x4.mul(f32x4.splat(-0.5), f32x4.mul(a, a)));
  const upper = f32x4.mul(f32x4.mul(p, t), e);
  return v128.bitselect(upper, f32x4.sub(one, upper), f32x4.lt(x, f32x4.splat(0)));
}

@inline function activated(x: v128, kind: i32): v128 {
  if (kind == 0) return f32x4.max(x, f32x4.splat(0));
  if (kind == 1) return f32x4.mul(x, normal(x));
  if (kind == 3) return f32x4.mul(x, sigmoid(x));
  // x (1 + tanh u) / 2 = x sigmoid(2u), u = sqrt(2/π) (x + 0.044715 x³)
  const cubic = f32x4.mul(f32x4.mul(f32x4.mul(x, x), x), f32x4.splat(0.044715));
  return f32x4.mul(x, sigmoid(f32x4.mul(f32x4.splat(1.5957691216057308), f32x4.add(x, cubic))));
}

export function activate(x: usize, gate: usize, count: usize, kind: i32): void {
  for (let i: usize = 0; i < 4 * count; i += 16) {
    const v = activated(v128.load(x + i), kind);
    v128.store(x + i, gate ? f32x4.mul(v, v128.load(gate + i)) : v);
  }
}

export function rotate(x: usize, cosines: usize, sines: usize, batch: usize, length: usize, heads: usize, half: usize): void {
  const whole = half & ~3;
  for (let b: usize = 0; b < batch; b++) {
    let c = cosines, s = sines;
    for (let position: usize = 0; position < length; position++, c += 4 * half, s += 4 * half) {
      for (let h: usize = 0; h < heads; h++, x += 8 * half) {
        const far = x + 4 * half;
        let i: usize = 0;
        for (; i < whole; i += 4) {
          const u = v128.load(x + 4 * i), v = v128.load(far + 4 * i);
          const cosine = v128.load(c + 4 * i), sine = v128.load(s + 4 * i);
          v128.store(x + 4 * i, f32x4.sub(f32x4.mul(u, cosine), f32x4.mul(v, sine)));
          v128.store(far + 4 * i, f32x4.add(f32x4.mul(v, cosine), f32x4.mul(u, sine)));
        }
        for (; i < half; i++) {
          const u = load<f32>(x + 4 * i), v = load<f32>(far + 4 * i);
          const cosine = load<f32>(c + 4 * i), sine = load<f32>(s + 4 * i);
          store<f32>(x + 4 * i, u * cosine - v * sine);
          store<f32>(far + 4 * i, v * cosine + u * sine);
        }
      }
    }
  }
}

export function widenHalf(from: usize, to: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 4) {
    const h = i32x4.extend_low_i16x8_u(v128.load64_zero(from + 2 * i));
    const sign = i32x4.shl(v128.and(h, i32x4.splat(0x8000)), 16);
    const magnitude = i32x4.shl(v128.and(h, i32x4.splat(0x7fff)), 13);
    // 2^112 moves the exponent's bias, and turns subnormals into normals exactly
    const wide = f32x4.mul(magnitude, f32x4.splat(5.192296858534828e33));
    const special = v128.and(i32x4.gt_s(magnitude, i32x4.splat(0x0f7fffff)), i32x4.splat(0x7f800000));
    v128.store(to + 4 * i, v128.or(v128.or(wide, special), sign));
  }
}

export function widenBrain(from: usize, to: usize, count: usize): void {
  for (let i: usize = 0; i < count; i += 4) v128.store(to + 4 * i, i32x4.shl(i32x4.extend_low_i16x8_u(v128.load64_zero(from + 2 * i)), 16));
}
