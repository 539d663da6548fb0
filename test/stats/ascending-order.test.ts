import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ascendingOrder, createRandom } from '../../src/stats/index.js';

/** What the runtime's own stable sort makes of the places. */
function expected(values: Float64Array): number[] {
  return [...values.keys()].sort((a, b) => values[a] - values[b]);
}

describe('ascendingOrder', () => {
  it("is the runtime's stable order, of values spread in any way", () => {
    const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
    const bunched = fc.oneof(
      fc.constantFrom(0, -0, 1, -1, 5e-324, -5e-324),
      fc.double({ min: 1, max: 1 + 1e-9, noNaN: true }),
      finite,
    );
    const few = fc.constantFrom(1, 2, 3);
    const values = fc.oneof(
      ...[finite, bunched, few].map((one) => fc.array(one, { maxLength: 300 })),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { maxLength: 300 }),
    );
    fc.assert(
      fc.property(values, (list) => {
        const given = Float64Array.from(list);
        expect([...ascendingOrder(given)]).toEqual(expected(given));
        expect(given).toEqual(Float64Array.from(list));
      }),
    );
  });

  it('is right where one outlier leaves all others in one bucket', () => {
    const random = createRandom(4);
    const values = Float64Array.from({ length: 2000 }, () => random.normal());
    values[700] = 1e300;
    values[100] = -Number.MAX_VALUE;
    expect([...ascendingOrder(values)]).toEqual(expected(values));
  });
});
