import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelDirection } from '../../src/ensemble/direction.js';
import { type Combined, combine, combineByVotes, completeStatement } from '../../src/ensemble/index.js';
import { quantileFunction } from '../../src/stats/index.js';

const SEED = { seed: 20261126, numRuns: 400 };
const BASE = { baseClose: 100, flatBand: 0.003 };

/** Prices of every kind: about the base, a constant, tiny and huge. */
const price = fc.oneof(
  fc.double({ min: 90, max: 110, noNaN: true }),
  fc.constant(100),
  fc.double({ min: 1e-8, max: 1e8, noNaN: true }),
);
const levels = fc
  .uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 2, maxLength: 21 })
  .map((chosen) => chosen.sort((a, b) => a - b).map((level) => level / 1000));

/** What arbitrary members say: crossing, constant, one-sided quantiles, a point outside its own interval, shares of their own or none. */
const statement = levels.chain((grid) =>
  fc.record(
    {
      levels: fc.constant(grid),
      quantiles: fc.oneof(
        fc.array(price, { minLength: grid.length, maxLength: grid.length }),
        price.map((value) => grid.map(() => value)),
      ),
      pointClose: price,
      shares: fc.record({
        probUp: fc.double({ min: 0.01, max: 1, noNaN: true }),
        probFlat: fc.double({ min: 0, max: 1, noNaN: true }),
        probDown: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
    },
    { requiredKeys: ['levels', 'quantiles'] },
  ),
);
const weightsOf = (count: number) =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: count, maxLength: count }).map((raw) => {
    const sum = raw.reduce((total, share) => total + share, 0);
    return sum > 0 ? raw.map((share) => share / sum) : raw.map(() => 1 / count);
  });
const calibration = fc.option(
  fc.record({ low: fc.double({ min: 0.1, max: 4, noNaN: true }), high: fc.double({ min: 0.1, max: 4, noNaN: true }) }),
  { nil: undefined },
);
const ensemble = fc
  .array(statement, { minLength: 1, maxLength: 4 })
  .chain((statements) =>
    fc.record({ statements: fc.constant(statements), shares: weightsOf(statements.length), calibration }),
  );

function check({ levels: grid, quantiles, pointClose, ciLow, ciHigh, ...rest }: Combined): void {
  for (let i = 1; i < quantiles.length; i++) expect(quantiles[i]).toBeGreaterThanOrEqual(quantiles[i - 1]);
  expect(quantiles[0]).toBeGreaterThan(0);
  expect(ciLow).toBeLessThanOrEqual(pointClose);
  expect(pointClose).toBeLessThanOrEqual(ciHigh);
  expect(ciLow).toBe(quantiles[grid.indexOf(0.1)]);
  expect(ciHigh).toBe(quantiles[grid.indexOf(0.9)]);
  const shares = [rest.probUp, rest.probFlat, rest.probDown];
  for (const share of shares) {
    expect(share).toBeGreaterThanOrEqual(0);
    expect(share).toBeLessThanOrEqual(1);
  }
  expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
  const largest = Math.max(...shares);
  expect({ up: rest.probUp, flat: rest.probFlat, down: rest.probDown }[rest.direction]).toBe(largest);
  expect(rest.expectedReturn).toBe(pointClose / 100 - 1);
}

/** What an arbitrary draws. */
type Drawn<Of> = Of extends fc.Arbitrary<infer Value> ? Value : never;

describe('any ensemble whatever', () => {
  const forecasts = ({ statements, shares, calibration: learned }: Drawn<typeof ensemble>) => {
    const names = statements.map((_, i) => `m${i}`);
    const complete = statements.map((said) => tryComplete(said));
    // what reaches no price at 0.1 or 0.9 is no forecast, and refused as such
    const members = Object.fromEntries(names.flatMap((name, i) => (complete[i] ? [[name, complete[i]!]] : [])));
    const weights = Object.fromEntries(names.map((name, i) => [name, shares[i]]));
    return Object.keys(members).length === 0 ? undefined : { ...BASE, members, weights, calibration: learned };
  };
  const tryComplete = (said: Drawn<typeof statement>) => {
    try {
      return completeStatement('test', said, BASE);
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_FORECAST' });
      return undefined;
    }
  };

  it.each([
    ['combine', combine],
    ['combineByVotes', combineByVotes],
  ])('%s keeps quantiles in order, the point in its interval, the label with the shares', (_, pool) => {
    fc.assert(
      fc.property(ensemble, (drawn) => {
        const made = forecasts(drawn);
        if (made !== undefined) check(pool(made));
      }),
      SEED,
    );
  });

  it('combine states the shares that its own distribution has at the edges of the band', () => {
    fc.assert(
      fc.property(ensemble, (drawn) => {
        const made = forecasts(drawn);
        if (made === undefined) return;
        const { levels: grid, quantiles, probUp, probDown } = combine(made);
        const own = quantileFunction(grid, quantiles);
        expect(probUp).toBeCloseTo(1 - own.cdf(100 * 1.003), 12);
        expect(probDown).toBeCloseTo(own.cdf(100 * 0.997, { strictly: true }), 12);
      }),
      SEED,
    );
  });
});

describe('completeStatement', () => {
  it('moves a median outside its own interval to the nearer end', () => {
    const said = { levels: [0.1, 0.5, 0.9], quantiles: [100.1, 100.2, 100.3], pointClose: 100 };
    expect(completeStatement('test', said, BASE)).toMatchObject({ pointClose: 100.1, ciLow: 100.1, ciHigh: 100.3 });
  });

  it.each([
    ['a NaN', { quantiles: [99, Number.NaN, 101] }, 'quantiles[1]'],
    ['an infinity', { quantiles: [99, 100, Number.POSITIVE_INFINITY] }, 'quantiles[2]'],
    ['a price of 0', { quantiles: [0, 100, 101] }, 'quantiles[0]'],
    ['levels that fall', { levels: [0.5, 0.1, 0.9] }, 'levels[1]'],
    ['a level of 1', { levels: [0.1, 0.5, 1] }, 'levels[2]'],
    ['too few quantiles', { quantiles: [99, 100] }, 'quantiles'],
    ['one level', { levels: [0.5], quantiles: [100] }, 'levels'],
    ['a point that is no price', { pointClose: Number.NaN }, 'pointClose'],
    ['a negative share', { shares: { probUp: -1, probFlat: 1, probDown: 1 } }, 'probUp'],
    ['shares of nothing', { shares: { probUp: 0, probFlat: 0, probDown: 0 } }, 'shares'],
    ['no quantiles at all', { quantiles: undefined as unknown as number[] }, 'quantiles'],
  ])('refuses %s', (_, change, field) => {
    const said = { levels: [0.1, 0.5, 0.9], quantiles: [99, 100, 101], ...change };
    expect(() => completeStatement('m', said, BASE)).toThrowError(
      expect.objectContaining({ code: 'INVALID_FORECAST', field }),
    );
  });
});

describe('labelDirection', () => {
  it('lets the sign of the expected return decide a tie', () => {
    const tie = { probUp: 0.4, probFlat: 0.2, probDown: 0.4 };
    expect(labelDirection(tie, 0.01)).toBe('up');
    expect(labelDirection(tie, -0.01)).toBe('down');
    expect(labelDirection(tie)).toBe('up');
    expect(labelDirection({ probUp: 0.4, probFlat: 0.4, probDown: 0.2 }, -0.01)).toBe('flat');
  });
});
