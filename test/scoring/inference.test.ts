import { describe, expect, it } from 'vitest';
import { bartlettVariance } from '../../src/scoring/diebold-mariano.js';
import {
  blockBootstrap,
  christoffersenTest,
  dieboldMariano,
  holm,
  kupiecTest,
  pesaranTimmermann,
  sumByDate,
  verdict,
} from '../../src/scoring/index.js';
import { studentTCdf, studentTTwoSided } from '../../src/scoring/student-t-cdf.js';
import { createRandom } from '../../src/stats/index.js';
import { goldens, largestGap } from './goldens.js';

describe('studentTCdf', () => {
  it('equals scipy, also far out', () => {
    for (const [t, degrees, cdf, twoSided] of goldens.studentT) {
      expect(studentTCdf(t, degrees) / cdf).toBeCloseTo(1, 11);
      expect(studentTTwoSided(t, degrees) / twoSided).toBeCloseTo(1, 11);
    }
  });
});

describe('dieboldMariano', () => {
  const { losses, reference, cases } = goldens.dieboldMariano;

  it('equals statsmodels with the small-sample factor', () => {
    for (const { horizon, lag, used, statistic, pValue } of cases) {
      const result = dieboldMariano(losses, reference, { horizon, ...(lag === null ? {} : { lag }) });
      expect(result.lag).toBe(used);
      expect(result.statistic).toBeCloseTo(statistic, 10);
      expect(result.pValue).toBeCloseTo(pValue, 10);
    }
  });

  it('changes sign and verdict when forecast and reference change places', () => {
    const better = dieboldMariano(losses, reference, { significance: 0.5 });
    const worse = dieboldMariano(reference, losses, { significance: 0.5 });
    expect(better.statistic).toBeCloseTo(-worse.statistic, 12);
    expect([better.verdict, worse.verdict]).toEqual(['better', 'worse']);
  });

  it('does not tell a series from itself', () => {
    expect(dieboldMariano(losses, losses)).toMatchObject({ statistic: 0, pValue: 1, verdict: 'not distinguishable' });
  });

  it('finds nothing in noise about as often as it should', () => {
    const random = createRandom(5);
    let found = 0;
    for (let trial = 0; trial < 400; trial++) {
      // Overlapping five-day losses without a difference in the mean.
      const noise = Float64Array.from({ length: 304 }, () => random.normal());
      const loss = Float64Array.from({ length: 300 }, (_, i) => noise.subarray(i, i + 5).reduce((a, b) => a + b));
      if (dieboldMariano(loss, new Float64Array(300), { horizon: 5, lag: 10 }).verdict !== 'not distinguishable')
        found++;
    }
    // Nominal 5 %; Bartlett weights on overlapping losses are known to find somewhat too much.
    expect(found / 400).toBeGreaterThan(0.01);
    expect(found / 400).toBeLessThan(0.14);
  });

  it('refuses too few dates, columns that do not fit and a lag beyond them', () => {
    expect(() => dieboldMariano([1, 2, 3], [1, 2, 3])).toThrow(expect.objectContaining({ code: 'SERIES_TOO_SHORT' }));
    expect(() => dieboldMariano(losses, reference.slice(1))).toThrow(/reference/);
    expect(() => dieboldMariano(losses, reference, { lag: 90 })).toThrow(/lag/);
    expect(() => dieboldMariano(losses, reference, { horizon: 0 })).toThrow(/horizon/);
  });

  it('has the plain variance at lag 0', () => {
    expect(bartlettVariance(Float64Array.from([1, 2, 3, 6]), 0)).toBeCloseTo(3.5, 12);
  });
});

describe('blockBootstrap', () => {
  const random = createRandom(8);
  const noise = Float64Array.from({ length: 400 }, () => random.normal());

  it('repeats itself for a seed and differs for another', () => {
    expect(blockBootstrap(noise, undefined, { seed: 3 })).toEqual(blockBootstrap(noise, undefined, { seed: 3 }));
    expect(blockBootstrap(noise, undefined, { seed: 4 })).not.toEqual(blockBootstrap(noise, undefined, { seed: 3 }));
  });

  it('gives independent dates about the interval of the normal approximation', () => {
    const { estimate, low, high } = blockBootstrap(noise, undefined, { blockLength: 1, replicates: 4000 });
    const centre = noise.reduce((a, b) => a + b) / 400;
    const standardError = Math.sqrt(noise.reduce((sum, x) => sum + (x - centre) ** 2, 0) / 400 / 400);
    expect(estimate).toBeCloseTo(centre, 12);
    expect((high - low) / (2 * 1.96 * standardError)).toBeCloseTo(1, 1);
  });

  it('widens with dependence, which blocks of one date miss', () => {
    const slow = noise.map((_, i) => noise.subarray(Math.max(0, i - 9), i + 1).reduce((a, b) => a + b));
    const width = (blockLength: number) => {
      const { low, high } = blockBootstrap(slow, undefined, { blockLength });
      return high - low;
    };
    expect(width(30) / width(1)).toBeGreaterThan(2);
  });

  it('estimates a ratio of sums, not a mean of ratios', () => {
    expect(blockBootstrap([1, 9], [2, 10], { blockLength: 2 })).toEqual({
      estimate: 10 / 12,
      low: 10 / 12,
      high: 10 / 12,
    });
  });

  it('refuses a single date, blocks longer than all dates and a level of 1', () => {
    expect(() => blockBootstrap([1])).toThrow(expect.objectContaining({ code: 'SERIES_TOO_SHORT' }));
    expect(() => blockBootstrap([1, 2], undefined, { blockLength: 3 })).toThrow(/blockLength/);
    expect(() => blockBootstrap([1, 2], undefined, { level: 1 })).toThrow(/level/);
    expect(() => blockBootstrap([1, 2], [1])).toThrow(/denominators/);
  });
});

describe('verdict', () => {
  it('says better or worse only if the interval leaves the reference out', () => {
    expect(verdict({ low: 0.51, high: 0.6 }, 0.5)).toBe('better');
    expect(verdict({ low: 0.4, high: 0.49 }, 0.5)).toBe('worse');
    expect(verdict({ low: 0.5, high: 0.6 }, 0.5)).toBe('not distinguishable');
    expect(verdict({ low: -3, high: -1 }, 0, 'lower')).toBe('better');
    expect(verdict({ low: 1, high: 3 }, 0, 'lower')).toBe('worse');
  });
});

describe('sumByDate', () => {
  it('gathers the rows of a date and puts dates in order', () => {
    const { dates, sums, counts, means } = sumByDate([1, 5, 3], ['2024-01-03', '2024-01-02', '2024-01-03']);
    expect(dates).toEqual(['2024-01-02', '2024-01-03']);
    expect([...sums, ...counts, ...means]).toEqual([5, 4, 1, 2, 5, 2]);
  });
});

describe('interval tests', () => {
  const { held, kupiec, independence, conditional } = goldens.intervals;

  it('equal the likelihood ratios by scipy', () => {
    const unconditional = kupiecTest(held, 0.8);
    const both = christoffersenTest(held, 0.8);
    const found = [unconditional, both.independence, both.conditional].flatMap((t) => [t.statistic, t.pValue]);
    expect(largestGap(found, [...kupiec, ...independence, ...conditional])).toBeLessThan(1e-10);
  });

  it('find nothing when misses come exactly as often as they should', () => {
    expect(kupiecTest([1, 1, 0, 1, 1], 0.8)).toEqual({ statistic: 0, pValue: 1 });
  });

  it('stay finite when no interval ever failed', () => {
    const always = new Uint8Array(100).fill(1);
    // -2 · 100 · ln 0.8
    expect(kupiecTest(always, 0.8).statistic).toBeCloseTo(-200 * Math.log(0.8), 10);
    expect(christoffersenTest(always, 0.8).independence).toEqual({ statistic: 0, pValue: 1 });
  });

  it('see misses that come in runs', () => {
    const runs = Array.from({ length: 200 }, (_, i) => (i % 50 < 10 ? 0 : 1));
    expect(kupiecTest(runs, 0.8).pValue).toBe(1);
    expect(christoffersenTest(runs, 0.8).independence.pValue).toBeLessThan(1e-6);
  });

  it('refuse values that are neither 0 nor 1', () => {
    expect(() => kupiecTest([0.5])).toThrow(/held\[0\]/);
    expect(() => christoffersenTest([1])).toThrow(expect.objectContaining({ code: 'SERIES_TOO_SHORT' }));
  });
});

describe('pesaranTimmermann', () => {
  const golden = goldens.pesaranTimmermann;

  it('equals equation 6 written with scipy', () => {
    const result = pesaranTimmermann(golden.predicted, golden.actuals);
    expect(result.hitRate).toBeCloseTo(golden.hitRate, 12);
    expect(result.expectedRate).toBeCloseTo(golden.expected, 12);
    expect(result.statistic).toBeCloseTo(golden.statistic, 10);
    expect(result.pValue).toBeCloseTo(golden.pValue, 12);
  });

  it('gives no statistic to a forecast that always says up, however often that is right', () => {
    expect(pesaranTimmermann([1, 1, 1, 1], [1, 1, 1, -1])).toMatchObject({
      hitRate: 0.75,
      expectedRate: 0.75,
      statistic: NaN,
    });
  });
});

describe('holm', () => {
  it('equals statsmodels, in the order given', () => {
    expect(largestGap(holm(goldens.holm.plain), goldens.holm.adjusted)).toBeLessThan(1e-15);
  });

  it('refuses what is no p value', () => {
    expect(() => holm([0.1, 1.1])).toThrow(/pValues\[1\]/);
  });
});
