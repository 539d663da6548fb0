import { describe, expect, it } from 'vitest';
import {
  brierScores,
  calibrationError,
  hitRate,
  logLosses,
  rankedProbabilityScores,
  reliabilityCurve,
} from '../../src/scoring/index.js';
import { createRandom, mean } from '../../src/stats/index.js';
import { goldens, largestGap } from './goldens.js';

const rows = goldens.classes;

describe('class scores', () => {
  it('equal scikit-learn and properscoring', () => {
    expect(mean(logLosses(rows))).toBeCloseTo(rows.logLoss, 12);
    expect(mean(brierScores(rows))).toBeCloseTo(rows.brier, 12);
    expect(largestGap(rankedProbabilityScores(rows), rows.rps)).toBeLessThan(1e-12);
  });

  it('give equal shares ln 3, 2/3 and, for a middle outcome, 1/9', () => {
    const equal = { probabilities: [1 / 3, 1 / 3, 1 / 3], outcomes: [1] };
    expect(logLosses(equal)[0]).toBeCloseTo(Math.log(3), 12);
    expect(brierScores(equal)[0]).toBeCloseTo(2 / 3, 12);
    expect(rankedProbabilityScores(equal)[0]).toBeCloseTo(1 / 9, 12);
  });

  it('charge the ranked score more for up when down was foretold than for flat', () => {
    const down = [1, 0, 0];
    const [flat, up] = [1, 2].map(
      (outcome) => rankedProbabilityScores({ probabilities: down, outcomes: [outcome] })[0],
    );
    expect([flat, up]).toEqual([0.5, 1]);
    expect(brierScores({ probabilities: down, outcomes: [1] })[0]).toBe(2);
  });

  it('bound the log loss of the impossible', () => {
    expect(logLosses({ probabilities: [1, 0, 0], outcomes: [2] })[0]).toBeCloseTo(-Math.log(1e-6), 12);
  });

  it.each([
    [{ probabilities: [0.5, 0.4, 0.2], outcomes: [0] }],
    [{ probabilities: [1.2, -0.2, 0], outcomes: [0] }],
    [{ probabilities: [0.5, 0.5, Number.NaN], outcomes: [0] }],
    [{ probabilities: [0.5, 0.5, 0], outcomes: [3] }],
    [{ probabilities: [0.5, 0.5, 0], outcomes: [0.5] }],
    [{ probabilities: [0.5, 0.5], outcomes: [0] }],
  ])('refuse bad input (%#)', (input) => {
    const bad = expect.objectContaining({ code: 'INVALID_ARGUMENT' });
    expect(() => logLosses(input)).toThrow(bad);
    expect(() => brierScores(input)).toThrow(bad);
    expect(() => rankedProbabilityScores(input)).toThrow(bad);
    expect(() => calibrationError(input)).toThrow(bad);
  });
});

describe('hitRate', () => {
  it('equals scikit-learn', () => {
    const scored = hitRate(rows.labels, rows.outcomes);
    expect(scored.hitRate).toBeCloseTo(rows.accuracy, 12);
    expect(scored.balancedAccuracy).toBeCloseTo(rows.balanced, 12);
  });

  it('stands beside what no skill reaches', () => {
    // Came: up 3, down 1; always up is right in 3 of 4. Named up 3, down 1: chance (3·3 + 1·1) / 16.
    expect(hitRate([2, 2, 2, 0], [2, 2, 0, 2])).toEqual({
      hitRate: 0.5,
      baseRate: 0.75,
      chanceRate: 0.625,
      balancedAccuracy: (2 / 3 + 0) / 2,
      count: 4,
    });
  });

  it('refuses no rows and numbers that are no class', () => {
    expect(() => hitRate([], [])).toThrow(expect.objectContaining({ code: 'EMPTY_SERIES' }));
    expect(() => hitRate([3], [0])).toThrow(/labels\[0\]/);
    expect(() => hitRate([1, 1], [0])).toThrow(/labels/);
  });
});

describe('reliabilityCurve', () => {
  it('sets the mean probability of each stretch beside the share that came', () => {
    const curve = reliabilityCurve([0, 0.5, 0.3, 0.9, 1], [0, 1, 0, 1, 0], 2);
    expect(curve[0]).toEqual({ from: 0, to: 0.5, foretold: 0.8 / 3, observed: 1 / 3, count: 3 });
    expect(curve[1]).toEqual({ from: 0.5, to: 1, foretold: 0.95, observed: 0.5, count: 2 });
  });

  it('has no means for an empty stretch', () => {
    expect(reliabilityCurve([0.9], [1], 2)[0]).toEqual({ from: 0, to: 0.5, foretold: NaN, observed: NaN, count: 0 });
  });

  it('refuses an event that is neither 0 nor 1, and a probability above 1', () => {
    expect(() => reliabilityCurve([0.5], [2])).toThrow(/events/);
    expect(() => reliabilityCurve([1.5], [1])).toThrow(/probabilities/);
  });
});

describe('calibrationError', () => {
  it('equals the same computed with numpy', () => {
    expect(calibrationError(rows)).toBeCloseTo(rows.calibrationError, 12);
  });

  it('is near 0 for probabilities that come true, and 0.3 for a sure forecast that is right in 70 %', () => {
    const random = createRandom(11);
    const probabilities: number[] = [];
    const outcomes: number[] = [];
    for (let i = 0; i < 20_000; i++) {
      const up = 0.34 + 0.6 * random.uniform();
      probabilities.push((1 - up) / 2, (1 - up) / 2, up);
      const draw = random.uniform();
      outcomes.push(draw < up ? 2 : draw < (1 + up) / 2 ? 1 : 0);
    }
    expect(calibrationError({ probabilities, outcomes })).toBeLessThan(0.02);
    const sure = Array.from({ length: 10 }, () => [0, 0, 1]).flat();
    expect(calibrationError({ probabilities: sure, outcomes: [2, 2, 2, 2, 2, 2, 2, 0, 0, 1] })).toBeCloseTo(0.3, 12);
  });
});
