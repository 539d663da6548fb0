import { describe, expect, it } from 'vitest';
import { exponential } from '../../src/lgbm/numbers/exponential.js';
import { fusedMultiplyAdd } from '../../src/lgbm/numbers/fused.js';
import { createRandom } from '../../src/stats/index.js';

/** A finite double as mantissa × 2^exponent. */
function exact(value: number): [mantissa: bigint, exponent: number] {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0];
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent > 0 ? 1n << 52n : 0n);
  return [bits >> 63n === 1n ? -mantissa : mantissa, Math.max(exponent, 1) - 1075];
}

/** a × b + c in whole numbers, rounded to the nearest even. */
function multiplyAddExactly(a: number, b: number, c: number): number {
  const [[ma, ea], [mb, eb], [mc, ec]] = [exact(a), exact(b), exact(c)];
  const exponent = Math.min(ea + eb, ec);
  const sum = ((ma * mb) << BigInt(ea + eb - exponent)) + (mc << BigInt(ec - exponent));
  const size = sum < 0n ? -sum : sum;
  const excess = BigInt(Math.max(0, size.toString(2).length - 53));
  const kept = size >> excess;
  const rest = size - (kept << excess);
  const half = excess > 0n ? 1n << (excess - 1n) : 1n;
  const up = rest > half || (rest === half && kept & 1n) ? 1n : 0n;
  return (sum < 0n ? -1 : 1) * Number(kept + up) * 2 ** (exponent + Number(excess));
}

describe('fusedMultiplyAdd', () => {
  it('rounds once, whatever the sizes and signs', () => {
    const random = createRandom(1);
    const draw = () => random.normal() * 2 ** Math.round(60 * (random.uniform() - 0.5));
    for (let i = 0; i < 50_000; i++) {
      const [a, b] = [draw(), draw()];
      // every other time a sum that nearly vanishes, or lies by a middle between two doubles
      const c = i % 2 === 0 ? draw() : -a * b * (1 + Math.round(4 * random.normal()) * 2 ** -52);
      const expected = multiplyAddExactly(a, b, c);
      if (!Object.is(fusedMultiplyAdd(a, b, c) + 0, expected + 0)) expect([a, b, c, expected]).toBe('rounded once');
    }
    const half = 1 + 2 ** -52;
    expect(fusedMultiplyAdd(2 ** -53, half, 1)).toBe(1 + 2 ** -52);
    expect(fusedMultiplyAdd(2 ** -53, 1, 1)).toBe(1);
  });
});

describe('exponential', () => {
  // glibc 2.36 on x86-64 with fused multiply-add; here plain arithmetic with glibc's constants is off by one in the last bit
  it.each([
    [-18.826112950979702, 6.6668860108138276e-9],
    [-19.650539461371757, 2.9233387644785633e-9],
    [-0.11759561363026805, 0.8890555018584183],
    [-4.648392106496404, 0.00957698833470635],
    [-117.72346977148914, 7.470448699447605e-52],
  ])('of %d is what glibc says', (x, expected) => {
    expect(exponential(x)).toBe(expected);
  });

  it('is 1 at 0, and follows Math.exp to an ulp or two everywhere', () => {
    expect(exponential(0)).toBe(1);
    for (let x = -800; x < 800; x += 0.37) {
      const expected = Math.exp(x);
      if (expected === 0 || expected === Infinity) expect(exponential(x)).toBe(expected);
      else expect(Math.abs(exponential(x) / expected - 1)).toBeLessThan(2 ** -51);
    }
    expect([Infinity, -Infinity, Number.NaN].map(exponential)).toEqual([Infinity, 0, Number.NaN]);
  });
});
