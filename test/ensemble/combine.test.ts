import { describe, expect, it } from 'vitest';
import { type CombineInput, combine, combineByVotes, FORECAST_LEVELS } from '../../src/ensemble/index.js';
import { interval, made } from './made-distributions.js';

// Every expected number on this page was worked out by hand from the formulas of the docstrings.
const chronos = interval(100, 110, 120, { probUp: 0.5, probFlat: 0, probDown: 0.5 });
const lgbm = interval(105 * 0.97, 105, 105 * 1.03, { probUp: 0.5, probFlat: 0.3, probDown: 0.2 });
const naive = interval(98, 100, 102, { probUp: 0.4, probFlat: 0.2, probDown: 0.4 });
const weights = { chronos: 0.6, lgbm: 0.4, naive: 0 };
const input: CombineInput = { baseClose: 100, weights, members: { chronos, lgbm, naive } };

describe.each([
  ['combine', combine],
  ['combineByVotes', combineByVotes],
])('%s', (_, pool) => {
  it('pools point and interval by the reference formula', () => {
    const forecast = pool(input);
    expect(forecast.pointClose).toBe(0.6 * 110 + 0.4 * 105);
    expect(forecast.ciLow).toBe(0.6 * 100 + 0.4 * (105 * 0.97));
    expect(forecast.ciHigh).toBe(0.6 * 120 + 0.4 * (105 * 1.03));
    expect(forecast.expectedReturn).toBeCloseTo(0.08, 12);
    expect(forecast.weights).toEqual(weights);
  });

  it('states thirteen quantiles, each the weighted sum of the members’', () => {
    const { levels, quantiles } = pool(input);
    expect(levels).toEqual(FORECAST_LEVELS);
    // Between 0.1 and 0.5: 100 + 10 × 0.1 / 0.4 = 102.5 and 101.85 + 3.15 × 0.25 = 102.6375.
    expect(quantiles[levels.indexOf(0.2)]).toBeCloseTo(0.6 * 102.5 + 0.4 * 102.6375, 9);
  });

  it('takes quantiles at its own levels as they are, once they are in order', () => {
    const quantiles = FORECAST_LEVELS.map((level) => 90 + 20 * level);
    const stated = made({ levels: [...FORECAST_LEVELS], quantiles });
    const alone = { ...input, weights: { own: 1 }, members: { own: stated } };
    expect(pool(alone).quantiles).toEqual(quantiles);
    const crossing = { ...stated, quantiles: [quantiles[1], quantiles[0], ...quantiles.slice(2)] };
    expect(pool({ ...alone, members: { own: crossing } }).quantiles).toEqual(quantiles);
    // below a hundredth of its lowest quantile nothing is forecast: here all of it
    const low = { ...stated, quantiles: FORECAST_LEVELS.map(() => -1) };
    expect(pool({ ...alone, members: { own: low } }).quantiles[0]).toBe(-0.01);
  });

  it('gives the share of a missing member to the others in proportion', () => {
    const alone = pool({ ...input, members: { lgbm, naive } });
    expect(alone.weights).toEqual({ chronos: 0, lgbm: 1, naive: 0 });
    expect([alone.ciLow, alone.pointClose, alone.ciHigh]).toEqual([105 * 0.97, 105, 105 * 1.03]);
    const learned = { chronos: 0.5, lgbm: 0.25, naive: 0.25 };
    expect(pool({ ...input, weights: learned, members: { lgbm, naive } }).weights).toEqual({
      chronos: 0,
      lgbm: 0.5,
      naive: 0.5,
    });
    const three = pool({ ...input, weights: learned });
    expect(three.pointClose).toBeCloseTo(0.5 * 110 + 0.25 * 105 + 0.25 * 100, 12); // 106.25
    expect(three.ciLow).toBeCloseTo(0.5 * 100 + 0.25 * 105 * 0.97 + 0.25 * 98, 12); // 99.9625
  });

  it('gives a lone member everything, also where its learned weight is nil', () => {
    const step = pool({ ...input, members: { lgbm }, weights: { chronos: 1, lgbm: 0, naive: 0 } });
    expect(step.weights).toEqual({ chronos: 0, lgbm: 1, naive: 0 });
  });

  it('stretches the whole distribution about its point by the calibration, in log price', () => {
    const stretched = pool({ ...input, members: { chronos }, calibration: { low: 1.5, high: 0.5 } });
    expect(stretched.pointClose).toBe(110);
    expect(stretched.ciLow).toBeCloseTo(110 * (100 / 110) ** 1.5, 9);
    expect(stretched.ciHigh).toBeCloseTo(110 * (120 / 110) ** 0.5, 9);
    const plain = pool({ ...input, members: { chronos } });
    const at = stretched.levels.indexOf(0.01);
    expect(stretched.quantiles[at]).toBeCloseTo(110 * (plain.quantiles[at] / 110) ** 1.5, 9);
  });

  it.each([
    [{ baseClose: 0 }, 'baseClose'],
    [{ baseClose: Number.NaN }, 'baseClose'],
    [{ flatBand: -1 }, 'flatBand'],
    [{ flatBand: Number.NaN }, 'flatBand'],
    [{ weights: { chronos: 0.6, lgbm: 0.6 } }, 'weights'],
    [{ weights: { chronos: 1.2, lgbm: -0.2 } }, 'weights.chronos'],
    [{ weights: { chronos: Number.NaN, lgbm: 0.5 } }, 'weights.chronos'],
    [{ calibration: { low: -3, high: 1 } }, 'calibration.low'],
    [{ calibration: { low: 1, high: Number.POSITIVE_INFINITY } }, 'calibration.high'],
  ])('refuses %j, naming %s', (change, field) => {
    expect(() => pool({ ...input, ...change })).toThrowError(
      expect.objectContaining({ code: 'INVALID_ARGUMENT', field }),
    );
  });

  it('has no forecast without members', () => {
    expect(() => pool({ ...input, members: {} })).toThrowError(expect.objectContaining({ code: 'NO_FORECAST' }));
  });
});

describe('combine', () => {
  it('reads the direction off the pooled distribution, not off the members’ shares', () => {
    const quantiles = [95, 96, 97, 98, 99, 99.9, 100.1, 101, 102];
    const levels = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
    const member = made({ levels, quantiles, shares: { probUp: 1, probFlat: 0, probDown: 0 } });
    const { probUp, probFlat, probDown, direction } = combine({ ...input, members: { chronos: member } });
    // 99.7 lies 0.7 / 0.9 of the way from 99 to 99.9, 100.3 lies 0.2 / 0.9 of the way from 100.1 to 101.
    expect(probDown).toBeCloseTo(0.5 + 0.1 * (0.7 / 0.9), 12);
    expect(probUp).toBeCloseTo(1 - (0.7 + 0.1 * (0.2 / 0.9)), 12);
    expect(probUp + probFlat + probDown).toBeCloseTo(1, 12);
    expect(direction).toBe('down');
  });

  it('is content with the random walk alone', () => {
    expect(combine({ ...input, members: { naive } }).weights).toEqual({ chronos: 0, lgbm: 0, naive: 1 });
  });
});

describe('combineByVotes', () => {
  it('averages the members’ shares, one vote each, none for the yardstick', () => {
    const { probUp, probFlat, probDown } = combineByVotes(input);
    expect([probUp, probFlat, probDown].map((share) => Math.round(share * 1e12) / 1e12)).toEqual([0.5, 0.15, 0.35]);
    expect(() => combineByVotes({ ...input, members: { naive } })).toThrowError(
      expect.objectContaining({ code: 'NO_FORECAST' }),
    );
  });

  it.each([
    [{ probUp: 0.4, probFlat: 0.4, probDown: 0.2 }, 'up'],
    [{ probUp: 0.4, probFlat: 0.2, probDown: 0.4 }, 'up'],
    [{ probUp: 0.2, probFlat: 0.4, probDown: 0.4 }, 'down'],
    [{ probUp: 0.3, probFlat: 0.4, probDown: 0.3 }, 'flat'],
  ] as const)('labels %j as %s: up before down before flat', (shares, direction) => {
    expect(combineByVotes({ ...input, members: { lgbm: interval(101, 105, 108, shares) } }).direction).toBe(direction);
  });
});
