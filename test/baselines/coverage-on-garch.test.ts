import { describe, expect, it } from 'vitest';
import { garchForecast, randomWalkForecast } from '../../src/baselines/index.js';
import { coverageByVolatility, coverage as coverageOf, covered, kupiecTest } from '../../src/scoring/index.js';
import { createRandom, type SeededRandom } from '../../src/stats/index.js';

const SERIES = 30;
const BARS = 900;
const FIRST_ORIGIN = 420;
const PARAMETERS = { omega: 0.016 ** 2 * 0.03, alpha: 0.08, beta: 0.89, nu: 5 };

/** A walk whose returns follow a GARCH(1,1) with Student t errors of 5 degrees of freedom: sigma 1.6 % a day, long bursts. */
function simulate(random: SeededRandom): Float64Array {
  const { omega, alpha, beta, nu } = PARAMETERS;
  const closes = new Float64Array(BARS).fill(100);
  let variance = omega / (1 - alpha - beta);
  for (let t = 1; t < BARS; t++) {
    let squares = 0;
    for (let i = 0; i < nu; i++) squares += random.normal() ** 2;
    const logReturn = random.normal() * Math.sqrt((variance * (nu - 2)) / squares);
    closes[t] = closes[t - 1] * Math.exp(logReturn);
    variance = omega + alpha * logReturn ** 2 + beta * variance;
  }
  return closes;
}

const random = createRandom(2024);
const walks = Array.from({ length: SERIES }, () => simulate(random));

/** Outcomes of every fifth day, so that they don't overlap. */
function forecastAll(
  forecast: (closes: Float64Array, horizon: number) => ReturnType<typeof randomWalkForecast>,
  horizon: number,
) {
  const rows = { actuals: [] as number[], lows: [] as number[], highs: [] as number[], sigma: [] as number[] };
  for (const closes of walks) {
    for (let t = FIRST_ORIGIN; t + horizon < BARS; t += 5) {
      const { q10, q90, sigma } = forecast(closes.subarray(0, t + 1), horizon);
      rows.actuals.push(closes[t + horizon]);
      rows.lows.push(q10[horizon - 1]);
      rows.highs.push(q90[horizon - 1]);
      rows.sigma.push(sigma[horizon - 1]);
    }
  }
  return rows;
}

describe('the 80 % interval on simulated GARCH returns', () => {
  it.each([1, 5])('of the random walk holds as often as it says (h = %i)', (horizon) => {
    const rows = forecastAll((closes, steps) => randomWalkForecast(closes, { horizon: steps }), horizon);
    expect(coverageOf(rows)).toBeGreaterThan(0.78);
    expect(coverageOf(rows)).toBeLessThan(0.82);
    // EWMA knows no level to go back to: after calm days it foretells too little, after wild ones too much.
    const { calm, wild } = coverageByVolatility(covered(rows), rows.sigma);
    expect(calm.share).toBeGreaterThan(0.72);
    expect(wild.share).toBeLessThan(0.88);
  });

  it('of GARCH with the true parameters holds in calm and in wild days alike', () => {
    const rows = forecastAll((closes, horizon) => garchForecast(closes, { horizon, parameters: PARAMETERS }), 5);
    const { calm, middle, wild } = coverageByVolatility(covered(rows), rows.sigma);
    expect(coverageOf(rows)).toBeGreaterThan(0.78);
    expect(coverageOf(rows)).toBeLessThan(0.82);
    for (const { share } of [calm, middle, wild]) {
      expect(share).toBeGreaterThan(0.75);
      expect(share).toBeLessThan(0.85);
    }
  });

  it('is refused by the tests if it is too narrow', () => {
    const rows = forecastAll((closes, steps) => {
      const { q10, q90, ...rest } = randomWalkForecast(closes, { horizon: steps, levels: [0.14, 0.86] });
      const { quantiles } = rest;
      return { ...rest, q10: quantiles.filter((_, i) => i % 2 === 0), q90: quantiles.filter((_, i) => i % 2 === 1) };
    }, 1);
    expect(coverageOf(rows)).toBeLessThan(0.78);
    expect(kupiecTest(covered(rows), 0.8).pValue).toBeLessThan(0.001);
  });
});
