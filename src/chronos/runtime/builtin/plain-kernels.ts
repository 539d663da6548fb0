import { widen } from '../../checkpoint/safetensors.js';
import { ADD, type Kernels, RELU } from './kernels.js';

const f32 = Math.fround;

/**
 * Returns the kernels in TypeScript, over the memory that `buffer` returns: what the WebAssembly ones are held to, and what
 * runs where there is no WebAssembly.
 *
 * Each operation is rounded to float32 on its own, and sums run in four lanes as a vector's do: the same bits.
 */
export function plainKernels(buffer: () => ArrayBufferLike): Kernels {
  let seen: ArrayBufferLike | undefined;
  let floats: Float32Array = new Float32Array(0);
  let shorts: Int16Array = new Int16Array(0);
  const memory = () => {
    const now = buffer();
    if (now !== seen) {
      seen = now;
      floats = new Float32Array(now);
      shorts = new Int16Array(now);
    }
    return floats;
  };

  /** Σ a[k] b[k] in four lanes: (0 + 2) + (1 + 3). `stride`: floats from one vector of b to the next. */
  const dot = (m: Float32Array, a: number, b: number, inner: number, stride: number): number => {
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    const whole = inner & ~3;
    let q = b;
    for (let k = 0; k < whole; k += 4, q += stride) {
      s0 = f32(s0 + f32(m[a + k] * m[q]));
      s1 = f32(s1 + f32(m[a + k + 1] * m[q + 1]));
      s2 = f32(s2 + f32(m[a + k + 2] * m[q + 2]));
      s3 = f32(s3 + f32(m[a + k + 3] * m[q + 3]));
    }
    const left = inner & 3;
    if (left > 0) s0 = f32(s0 + f32(m[a + whole] * m[q]));
    if (left > 1) s1 = f32(s1 + f32(m[a + whole + 1] * m[q + 1]));
    if (left > 2) s2 = f32(s2 + f32(m[a + whole + 2] * m[q + 2]));
    return f32(f32(s0 + s2) + f32(s1 + s3));
  };

  /** Puts a sum where a layer's output goes, with what else its mode asks for. */
  const put = (m: Float32Array, to: number, sum: number, bias: number | undefined, mode: number): void => {
    let v = bias === undefined ? sum : f32(sum + bias);
    if (mode & ADD) v = f32(m[to] + v);
    m[to] = mode & RELU && v < 0 ? 0 : v;
  };

  const timesTransposed: Kernels['timesTransposed'] = (a, lda, b, ldb, c, ldc, rows, columns, inner) => {
    const m = memory();
    for (let i = 0; i < rows; i++)
      for (let j = 0; j < columns; j++)
        m[(c + i * ldc) / 4 + j] = dot(m, (a + i * lda) / 4, (b + j * ldb) / 4, inner, 4);
  };

  const times: Kernels['times'] = (a, lda, b, ldb, c, ldc, rows, columns, inner) => {
    const m = memory();
    const row = new Float32Array(columns);
    for (let i = 0; i < rows; i++) {
      row.fill(0);
      for (let k = 0; k < inner; k++) {
        const factor = m[(a + i * lda) / 4 + k];
        const from = (b + k * ldb) / 4;
        for (let j = 0; j < columns; j++) row[j] = row[j] + f32(factor * m[from + j]);
      }
      m.set(row, (c + i * ldc) / 4);
    }
  };

  const softmax: Kernels['softmax'] = (s, lds, bias, ldBias, mask, rows, count) => {
    const m = memory();
    for (let i = 0; i < rows; i++) {
      const at = (s + i * lds) / 4;
      const biasAt = (bias + i * ldBias) / 4;
      let top = -Infinity;
      for (let j = 0; j < count; j++) {
        const masked = mask === 0 ? 0 : m[mask / 4 + j];
        if (bias !== 0) m[at + j] = m[at + j] + f32(m[biasAt + j] + masked);
        else if (mask !== 0) m[at + j] = m[at + j] + masked;
        top = Math.max(top, m[at + j]);
      }
      const sums = [0, 0, 0, 0];
      for (let j = 0; j < count; j++) {
        m[at + j] = exponential(f32(m[at + j] - top));
        sums[j & 3] = f32(sums[j & 3] + m[at + j]);
      }
      const scale = f32(1 / f32(f32(sums[0] + sums[2]) + f32(sums[1] + sums[3])));
      for (let j = 0; j < count; j++) m[at + j] = m[at + j] * scale;
    }
  };

  return {
    linear(x, ldx, w, y, ldy, rows, outputs, inputs, bias, mode) {
      const m = memory();
      const quick = inputs & 3 ? 0 : outputs & ~3;
      for (let j = 0; j < outputs; j++) {
        const interleaved = j < quick;
        const from = w / 4 + (interleaved ? (j & ~3) * inputs + 4 * (j & 3) : j * inputs);
        for (let i = 0; i < rows; i++) {
          const v = dot(m, (x + i * ldx) / 4, from, inputs, interleaved ? 16 : 4);
          put(m, (y + i * ldy) / 4 + j, v, bias === 0 ? undefined : m[bias / 4 + j], mode);
        }
      }
    },
    linearSparse(x, w, y, ldy, rows, outputs, inputs, bias, mode) {
      const m = memory();
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < outputs; j++) {
          const [from, own] = [x / 4 + i * inputs, w / 4 + (j & ~31) * inputs + (j & 31)];
          let v = 0;
          for (let k = 0; k < inputs; k++) if (m[from + k] !== 0) v = f32(v + f32(m[from + k] * m[own + 32 * k]));
          put(m, (y + i * ldy) / 4 + j, v, bias === 0 ? undefined : m[bias / 4 + j], mode);
        }
    },
    quantize(x, q, scales, rows, width) {
      const m = memory();
      for (let i = 0; i < rows; i++) {
        const from = x / 4 + i * width;
        let most = 0;
        for (let j = 0; j < width; j++) most = Math.max(most, Math.abs(m[from + j]));
        m[scales / 4 + i] = most / INT_MOST;
        const r = most < INT_LEAST ? 0 : f32(INT_MOST / most);
        for (let j = 0; j < width; j++) shorts[q / 2 + i * width + j] = rounded(f32(m[from + j] * r));
      }
    },
    linearInt(x, scales, w, wScales, y, ldy, rows, outputs, inputs, bias, mode) {
      const m = memory();
      for (let i = 0; i < rows; i++)
        for (let j = 0; j < outputs; j++) {
          const [from, own] = [x / 2 + i * inputs, w / 2 + (j & ~3) * inputs + 8 * (j & 3)];
          let v = 0;
          for (let part = 0; part < inputs; part += INT_PART) {
            let sum = 0;
            for (let k = part; k < Math.min(inputs, part + INT_PART); k++)
              sum = (sum + shorts[from + k] * shorts[own + 4 * (k & ~7) + (k & 7)]) | 0;
            v = part === 0 ? f32(sum) : f32(v + f32(sum));
          }
          v = f32(f32(v * m[scales / 4 + i]) * m[wScales / 4 + j]);
          put(m, (y + i * ldy) / 4 + j, v, bias === 0 ? undefined : m[bias / 4 + j], mode);
        }
    },
    timesTransposed,
    times,
    interleave(w, rows, width) {
      if (width & 3) return;
      // Not as floats: pairs of quantised values may look like NaN, whose bits no engine keeps.
      const m = new Int32Array(buffer());
      for (let j = 0; j + 4 <= rows; j += 4) {
        const block = m.slice(w / 4 + j * width, w / 4 + (j + 4) * width);
        for (let row = 0; row < 4; row++)
          for (let k = 0; k < width; k++)
            m[w / 4 + j * width + 4 * (k & ~3) + 4 * row + (k & 3)] = block[row * width + k];
      }
    },
    panels(w, to, outputs, inputs) {
      const m = memory();
      for (let j = 0; j < Math.ceil(outputs / 32) * 32; j++)
        for (let k = 0; k < inputs; k++)
          m[to / 4 + (j & ~31) * inputs + 32 * k + (j & 31)] = j < outputs ? m[w / 4 + j * inputs + k] : 0;
    },
    norm(x, weight, y, rows, width, epsilon) {
      const m = memory();
      for (let i = 0; i < rows; i++) {
        const [from, to] = [x / 4 + i * width, y / 4 + i * width];
        const root = f32(Math.sqrt(f32(f32(dot(m, from, from, width, 4) / width) + f32(epsilon))));
        for (let j = 0; j < width; j++) m[to + j] = f32(m[from + j] / root) * m[weight / 4 + j];
      }
    },
    softmax,
    attend(q, k, v, out, ldq, stepQ, ldk, stepK, bias, mask, stepMask, s, batch, heads, rows, keys, dKv) {
      const lds = 4 * ((keys + 3) & ~3);
      for (let b = 0; b < batch; b++)
        for (let h = 0; h < heads; h++) {
          const atQ = b * stepQ + 4 * h * dKv;
          const atK = b * stepK + 4 * h * dKv;
          timesTransposed(q + atQ, ldq, k + atK, ldk, s, lds, rows, keys, dKv);
          const [headBias, headMask] = [bias && bias + h * rows * lds, mask && mask + b * stepMask];
          softmax(s, lds, headBias, lds, headMask, rows, keys);
          times(s, lds, v + atK, ldk, out + atQ, ldq, rows, dKv, keys);
        }
    },
    activate(x, gate, count, kind) {
      const m = memory();
      for (let i = 0; i < count; i++) {
        const v = activated(m[x / 4 + i], kind);
        m[x / 4 + i] = gate === 0 ? v : v * m[gate / 4 + i];
      }
    },
    rotate(x, cosines, sines, batch, length, heads, half) {
      const m = memory();
      let at = x / 4;
      for (let row = 0; row < batch * length; row++) {
        const angles = (row % length) * half;
        for (let h = 0; h < heads; h++, at += 2 * half)
          for (let i = 0; i < half; i++) {
            const [u, v] = [m[at + i], m[at + half + i]];
            const [cosine, sine] = [m[cosines / 4 + angles + i], m[sines / 4 + angles + i]];
            m[at + i] = f32(u * cosine) - f32(v * sine);
            m[at + half + i] = f32(v * cosine) + f32(u * sine);
          }
      }
    },
    widenHalf(from, to, count) {
      widen(new Uint8Array(buffer(), from, 2 * count), 'F16', new Float32Array(buffer(), to, count));
    },
    widenBrain(from, to, count) {
      widen(new Uint8Array(buffer(), from, 2 * count), 'BF16', new Float32Array(buffer(), to, count));
    },
  };
}

/** The greatest magnitude of quantised values. */
const INT_MOST = 2047;
/** A row whose greatest magnitude is less is one of zeros. */
const INT_LEAST = 2 ** -100;
/** So many products of them are summed in 32 bits before a float takes them over. */
const INT_PART = 512;

/** The nearest whole number, ties to even, of a number below 2²²; as far as 16 bits hold it. */
function rounded(x: number): number {
  if (!(Math.abs(x) < 32768)) return x < 0 ? -32768 : 32767;
  return Math.max(-32768, Math.min(32767, f32(f32(x + ROUNDER) - ROUNDER)));
}

/** Adding and taking off 1.5 × 2²³ rounds a smaller float32 to the nearest whole number, ties to even. */
const ROUNDER = 12582912;

/** e^x for x <= 0; 0 below -87, where float32 has no normal numbers left. NaN stays NaN. */
function exponential(x: number): number {
  if (x < -87) return 0;
  const n = f32(f32(f32(x * f32(Math.LOG2E)) + ROUNDER) - ROUNDER);
  let r = f32(x - f32(n * 0.693359375));
  r = f32(r + f32(n * f32(0.00021219444)));
  let p = 0.00019917817553505301;
  p = f32(f32(p * r) + 0.0013946074759587646);
  p = f32(f32(p * r) + 0.008333265781402588);
  p = f32(f32(p * r) + 0.041666269302368164);
  p = f32(f32(p * r) + 0.1666666716337204);
  p = f32(f32(p * r) + 0.5);
  return f32(f32(f32(f32(p * f32(r * r)) + r) + 1) * 2 ** n);
}

function sigmoid(x: number): number {
  const e = exponential(-Math.abs(x));
  return f32((x < 0 ? e : 1) / f32(1 + e));
}

function normal(x: number): number {
  const a = Math.abs(x);
  const t = f32(1 / f32(1 + f32(f32(0.3) * a)));
  let p = -0.062211595475673676;
  p = f32(f32(p * t) + 0.1534283459186554);
  p = f32(f32(p * t) + 0.08602301776409149);
  p = f32(f32(p * t) + 0.06134282052516937);
  p = f32(f32(p * t) + 0.1463889628648758);
  p = f32(f32(p * t) + 0.11502841860055923);
  const upper = f32(f32(p * t) * exponential(f32(-0.5 * f32(a * a))));
  return x < 0 ? upper : f32(1 - upper);
}

function activated(x: number, kind: number): number {
  if (kind === 0) return Math.max(x, 0);
  if (kind === 1) return f32(x * normal(x));
  if (kind === 3) return f32(x * sigmoid(x));
  const cubic = f32(f32(f32(x * x) * x) * f32(0.044715));
  return f32(x * sigmoid(f32(f32(1.5957691216057308) * f32(x + cubic))));
}
