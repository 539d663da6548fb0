import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { gasTVariances } from '../../src/baselines/fit-gas-t.js';
import { fitGasT, type GasTParameters, garchForecast, gasTForecast } from '../../src/baselines/index.js';
import { GARCH_LEAST_RETURNS } from '../../src/baselines/student-search.js';

type Case = GasTParameters & { logLikelihood: number; variance: number[] };

const read = (name: string) => JSON.parse(readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8'));
// Written by test/parity/baselines/gas_t.py (scipy's density and optimizer), for the returns of garch.json.
const cases: Case[] = read('gas-t.json');
const returns: number[][] = read('garch.json').map(
  ({ percentReturns }: { percentReturns: number[] }) => percentReturns,
);
const numbered = cases.map((golden, i) => [i, golden] as const);

function walk(percentReturns: number[]): Float64Array {
  const closes = Float64Array.from([100, ...percentReturns]);
  for (let t = 1; t < closes.length; t++) closes[t] = closes[t - 1] * Math.exp(closes[t] / 100);
  return closes;
}

describe('fitGasT', () => {
  it.each(numbered)('finds the peak that scipy finds (case %i)', (i, golden) => {
    const fit = fitGasT(returns[i]);
    expect(Math.abs(fit.logLikelihood - golden.logLikelihood)).toBeLessThan(1e-5);
    expect(Math.abs(fit.alpha - golden.alpha)).toBeLessThan(5e-4);
    expect(Math.abs(fit.beta - golden.beta)).toBeLessThan(5e-4);
    expect(fit.nu / golden.nu).toBeCloseTo(1, 2);
    expect(fit.omega / golden.omega).toBeCloseTo(1, 1);
  });

  it('does not depend on the unit of the returns', () => {
    const percent = fitGasT(returns[0]);
    const fraction = fitGasT(returns[0].map((r) => r / 100));
    expect(fraction.alpha).toBeCloseTo(percent.alpha, 5);
    expect((fraction.omega * 1e4) / percent.omega).toBeCloseTo(1, 4);
  });

  it.each([
    ['SERIES_TOO_SHORT', new Float64Array(GARCH_LEAST_RETURNS - 1).fill(0.01)],
    ['INVALID_ARGUMENT', new Float64Array(GARCH_LEAST_RETURNS)],
    ['INVALID_ARGUMENT', new Float64Array(GARCH_LEAST_RETURNS).fill(Number.NaN)],
  ])('refuses bad input with %s (%#)', (code, bad) => {
    expect(() => fitGasT(bad)).toThrow(expect.objectContaining({ code }));
  });
});

describe('gasTForecast', () => {
  it.each(numbered)('has the variances of the recursion written in Python (case %i)', (i, golden) => {
    const { omega, alpha, beta, nu, variance } = golden;
    const parameters = { omega: omega / 1e4, alpha, beta, nu };
    const { sigma } = gasTForecast(walk(returns[i]), { horizon: 5, parameters });
    let sum = 0;
    variance.forEach((day, step) => {
      sum += day / 1e4;
      expect(sigma[step] ** 2 / sum).toBeCloseTo(1, 8);
    });
  });

  it('becomes GARCH as the tails grow thin', () => {
    const closes = walk(returns[0]);
    const gas = gasTForecast(closes, { horizon: 5, parameters: { omega: 4e-6, alpha: 0.08, beta: 0.97, nu: 1e9 } });
    const garch = garchForecast(closes, { horizon: 5, parameters: { omega: 4e-6, alpha: 0.08, beta: 0.89, nu: 1e9 } });
    gas.quantiles.forEach((price, i) => {
      expect(price / garch.quantiles[i]).toBeCloseTo(1, 7);
    });
  });

  it('is moved by a crash no further than the fat tails allow, where GARCH goes on with its square', () => {
    const parameters = { omega: 0.02, alpha: 0.1, beta: 0.97, nu: 5 };
    const varianceAfter = (crash: number) =>
      gasTVariances(Float64Array.from([...new Float64Array(100).fill(1), crash ** 2]), parameters)[101];
    // As r grows w r² goes to (nu + 1) · variance: with variance v the most is omega + 0.16 · 5 v + 0.97 v.
    const before = gasTVariances(new Float64Array(100).fill(1), parameters)[100];
    expect(varianceAfter(1e6)).toBeCloseTo(0.02 + 0.16 * 5 * before + 0.97 * before, 6);
    expect(varianceAfter(20)).toBeLessThan(varianceAfter(1e6));
  });

  it.each([
    [{ omega: 0, alpha: 0.1, beta: 0.9, nu: 5 }],
    [{ omega: 1e-5, alpha: -0.1, beta: 0.9, nu: 5 }],
    [{ omega: 1e-5, alpha: 0.6, beta: 0.9, nu: 5 }],
    [{ omega: 1e-5, alpha: 0.1, beta: 1, nu: 5 }],
    [{ omega: 1e-5, alpha: 0.1, beta: 0.9, nu: 2 }],
  ])('refuses impossible parameters (%#)', (parameters) => {
    expect(() => gasTForecast(walk(returns[0]), { horizon: 1, parameters })).toThrow(/parameters/);
  });
});
