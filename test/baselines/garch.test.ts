import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fitGarch, garchForecast } from '../../src/baselines/index.js';
import { nelderMead } from '../../src/baselines/nelder-mead.js';
import { GARCH_LEAST_RETURNS } from '../../src/baselines/student-search.js';

interface Case {
  percentReturns: number[];
  omega: number;
  alpha: number;
  beta: number;
  nu: number;
  logLikelihood: number;
  variance: number[];
}

// Written by test/parity/baselines/garch.py (arch 8.0.0): percent returns, fits, and the variances forecast for five days.
const cases: Case[] = JSON.parse(readFileSync(new URL('fixtures/garch.json', import.meta.url), 'utf8'));

function walk(percentReturns: number[]): Float64Array {
  const closes = Float64Array.from([100, ...percentReturns]);
  for (let t = 1; t < closes.length; t++) closes[t] = closes[t - 1] * Math.exp(closes[t] / 100);
  return closes;
}

describe('fitGarch', () => {
  it.each(cases.map((golden, i) => [i, golden] as const))(
    'finds the parameters that arch finds (case %i)',
    (_, golden) => {
      const fit = fitGarch(golden.percentReturns);
      // Never a lower peak than arch's; its optimizer stops within about 1e-6 of the top.
      expect(fit.logLikelihood).toBeGreaterThan(golden.logLikelihood - 1e-5);
      expect(fit.logLikelihood).toBeLessThan(golden.logLikelihood + 1e-3);
      expect(fit.omega / golden.omega).toBeCloseTo(1, 2);
      expect(Math.abs(fit.alpha - golden.alpha)).toBeLessThan(5e-4);
      expect(Math.abs(fit.beta - golden.beta)).toBeLessThan(1e-3);
      expect(fit.nu / golden.nu).toBeCloseTo(1, 2);
    },
  );

  it('does not depend on the unit of the returns', () => {
    const percent = fitGarch(cases[0].percentReturns);
    const fraction = fitGarch(cases[0].percentReturns.map((r) => r / 100));
    expect(fraction.alpha).toBeCloseTo(percent.alpha, 6);
    expect((fraction.omega * 1e4) / percent.omega).toBeCloseTo(1, 5);
    expect(fraction.logLikelihood).toBeCloseTo(percent.logLikelihood + 750 * Math.log(100), 4);
  });

  it.each([
    ['SERIES_TOO_SHORT', new Float64Array(GARCH_LEAST_RETURNS - 1).fill(0.01)],
    ['INVALID_ARGUMENT', new Float64Array(GARCH_LEAST_RETURNS)],
    ['INVALID_ARGUMENT', new Float64Array(GARCH_LEAST_RETURNS).fill(Number.NaN)],
  ])('refuses bad input with %s (%#)', (code, returns) => {
    expect(() => fitGarch(returns)).toThrow(expect.objectContaining({ code }));
  });
});

describe('garchForecast', () => {
  it.each(cases.map((golden, i) => [i, golden] as const))(
    'has the variances that arch forecasts (case %i)',
    (_, golden) => {
      const { omega, alpha, beta, nu } = golden;
      const { sigma } = garchForecast(walk(golden.percentReturns), {
        horizon: 5,
        parameters: { omega: omega / 1e4, alpha, beta, nu },
      });
      let sum = 0;
      golden.variance.forEach((variance, day) => {
        sum += variance / 1e4;
        expect(sigma[day] ** 2 / sum).toBeCloseTo(1, 8);
      });
    },
  );

  it('fits for itself when no parameters are given', () => {
    const closes = walk(cases[2].percentReturns);
    const fitted = garchForecast(closes, { horizon: 2 });
    const { omega, alpha, beta, nu } = cases[2];
    const given = garchForecast(closes, { horizon: 2, parameters: { omega: omega / 1e4, alpha, beta, nu } });
    expect(fitted.q90[1] / given.q90[1]).toBeCloseTo(1, 4);
    expect([...fitted.median]).toEqual(new Array(2).fill(closes[closes.length - 1]));
  });

  it.each([
    [{ omega: 0, alpha: 0.1, beta: 0.8, nu: 5 }],
    [{ omega: 1e-5, alpha: -0.1, beta: 0.8, nu: 5 }],
    [{ omega: 1e-5, alpha: 0.2, beta: 0.8, nu: 5 }],
    [{ omega: 1e-5, alpha: 0.1, beta: 0.8, nu: 2 }],
  ])('refuses impossible parameters (%#)', (parameters) => {
    const closes = walk(cases[0].percentReturns);
    expect(() => garchForecast(closes, { horizon: 1, parameters })).toThrow(/parameters/);
  });

  it('refuses fewer closes than a fit needs', () => {
    const few = walk(cases[0].percentReturns).subarray(0, GARCH_LEAST_RETURNS);
    expect(() => garchForecast(few, { horizon: 1 })).toThrow(expect.objectContaining({ code: 'SERIES_TOO_SHORT' }));
  });
});

describe('nelderMead', () => {
  it('finds the bottom of a curved valley', () => {
    // Rosenbrock's function, least at (1, 1).
    const { point, converged } = nelderMead(
      (p) => (1 - p[0]) ** 2 + 100 * (p[1] - p[0] ** 2) ** 2,
      Float64Array.of(-1.2, 1),
      {
        tolerance: 1e-14,
      },
    );
    expect(converged).toBe(true);
    expect(point[0]).toBeCloseTo(1, 5);
    expect(point[1]).toBeCloseTo(1, 5);
  });

  it('says so when it ran out of evaluations', () => {
    expect(nelderMead((p) => p[0] ** 2, Float64Array.of(100), { evaluations: 5 }).converged).toBe(false);
  });
});
