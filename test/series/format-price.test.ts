import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPrice } from '../../src/series/index.js';

test.each([
  [8.4e-6, '0.000008400'],
  [1.2345678e-8, '0.00000001235'],
  [0.5, '0.5000'],
  [0.0123456, '0.01235'],
  [0.99996, '1.000'],
  [1, '1.00'],
  [99, '99.00'],
  [104.567, '104.57'],
  [100, '100'],
  [73_300, '73,300'],
  [1_234_567.891, '1,234,567.89'],
  [1e20, '100,000,000,000,000,000,000'],
  [1e21, '1e+21'],
  [0, '0.00'],
  [-1234.5, '-1,234.50'],
  [-8.4e-6, '-0.000008400'],
  [5e-324, '4.941e-324'],
])('%d is written %s', (price, text) => {
  expect(formatPrice(price)).toBe(text);
});

test('digits and significant say more', () => {
  expect(formatPrice(73_300, { digits: 2 })).toBe('73,300.00');
  expect(formatPrice(8.4e-6, { significant: 2 })).toBe('0.0000084');
  expect(formatPrice(8.4e-6, { digits: 2 })).toBe('0.000008400');
});

test('the text of any positive price tells it to a twentieth of a percent, or to half a hundredth', () => {
  const property = fc.property(fc.double({ min: 5e-324, max: 1e300, noNaN: true }), (price) => {
    const read = Number(formatPrice(price).replaceAll(',', ''));
    // four significant digits: half a unit of the last one, of 1000 at least
    expect(Math.abs(read - price)).toBeLessThanOrEqual(
      price < 1 ? Math.max(price * 5.001e-4, 5e-324) : 0.00501 + price * 1e-15,
    );
    expect(read).toBeGreaterThan(0);
  });
  fc.assert(property, { numRuns: 2000, seed: 84 });
});

test.each([
  [Number.NaN, {}, 'price'],
  [1, { significant: 0 }, 'significant'],
  [1, { digits: 1.5 }, 'digits'],
])('refuses %d with %j, naming %s', (price, options, field) => {
  const error = expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(field) });
  expect(() => formatPrice(price, options)).toThrow(error);
});
