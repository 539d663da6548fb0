import { describe, expect, it } from 'vitest';
import { DecimalReader } from '../../src/lgbm/text/decimal-reader.js';
import { formatG } from '../../src/lgbm/text/format-number.js';
import { createRandom } from '../../src/stats/index.js';

const reader = (line: string) => new DecimalReader(new TextEncoder().encode(`${line}\n`));

/** Expects every word of a line to be read as the double that V8 reads, to the last bit and the sign of zero. */
function expectAsNumber(words: readonly string[]): void {
  const numbers = reader(words.join(' '));
  for (const word of words) {
    const value = numbers.next();
    if (!Object.is(value, Number(word))) expect([word, value]).toEqual([word, Number(word)]);
  }
  expect(numbers.isDone()).toBe(true);
}

describe('DecimalReader', () => {
  it('reads what Number reads from numbers as models print them', () => {
    const random = createRandom(1);
    const words: string[] = [];
    for (let i = 0; i < 40_000; i++) {
      const value = random.normal() * 10 ** Math.round(30 * (random.uniform() - 0.7));
      words.push(formatG(value, 17), formatG(value, 6), String(value));
    }
    expectAsNumber(words);
  });

  it('reads what Number reads at, and right beside, the middles between doubles', () => {
    const random = createRandom(2);
    const words: string[] = [];
    for (let i = 0; i < 5000; i++) {
      // an odd whole number of 54 bits lies in the middle of two doubles; its halves, quarters ... do as well
      const middle = 2n ** 53n + 2n * BigInt(Math.floor(random.uniform() * 2 ** 52)) + 1n;
      for (const [digits, places] of [
        [middle, 0],
        [middle * 5n, 1],
        [middle * 25n, 2],
      ] as const) {
        for (const beside of [-1n, 0n, 1n]) words.push(`${digits + beside}e-${places}`, `${digits + beside}e${places}`);
      }
    }
    expectAsNumber(words);
  });

  it('reads every form, size and sign', () => {
    const digits = [
      '0',
      '00',
      '1',
      '0.1',
      '.5',
      '5.',
      '123456789',
      '1234567890123456789012',
      '0.000000000000000000001',
    ];
    const exponents = ['', 'e0', 'E5', 'e+22', 'e-22', 'e-23', 'e300', 'e-320', 'e-400', 'e99999999999'];
    expectAsNumber(digits.flatMap((word) => ['', '-', '+'].flatMap((sign) => exponents.map((e) => sign + word + e))));
    const infinities = reader('inf +Inf -infinity');
    expect([infinities.next(), infinities.next(), infinities.next()]).toEqual([Infinity, Infinity, -Infinity]);
  });

  it.each([
    '',
    ' ',
    '.',
    '-',
    '+',
    'e5',
    '1e',
    '1e+',
    '1x',
    '1.2.3',
    '--1',
    'nan',
    'infinit',
    'infinityx',
    '0x10',
    '1,5',
  ])('answers NaN to %j', (word) => {
    expect(reader(word).next()).toBeNaN();
  });

  it('reads whole numbers of up to 15 digits, and no others', () => {
    const words = ['0', '-0', '7', '-42', '007', '999999999999999'];
    const numbers = reader(`  ${words.join('  ')} `);
    for (const word of words) expect(numbers.nextWhole()).toBe(Number(word));
    expect(numbers.isDone()).toBe(true);
    for (const word of ['', '-', '+1', '1.0', '1e3', '1000000000000000', 'x'])
      expect(reader(word).nextWhole()).toBeNaN();
  });
});
