import { describe, expect, it } from 'vitest';
import { twoPieceQuantiles } from '../../src/ensemble/index.js';

describe('twoPieceQuantiles', () => {
  it('goes through the point and both bounds', () => {
    const [low, point, high] = twoPieceQuantiles({ pointClose: 100, ciLow: 95, ciHigh: 110 }, [0.1, 0.5, 0.9]);
    expect(low).toBeCloseTo(95, 9);
    expect(point).toBe(100);
    expect(high).toBeCloseTo(110, 9);
  });

  it('is normal in log price on either side', () => {
    // z(0.2) / z(0.1) = 0.8416212335729143 / 1.2815515655446004, from scipy.stats.norm.ppf
    const [low] = twoPieceQuantiles({ pointClose: 100, ciLow: 95, ciHigh: 110 }, [0.2]);
    expect(Math.log(low / 100)).toBeCloseTo((0.8416212335729143 / 1.2815515655446004) * Math.log(0.95), 12);
  });

  it('is a single price where the interval has no width', () => {
    expect(twoPieceQuantiles({ pointClose: 7, ciLow: 7, ciHigh: 7 }, [0.01, 0.5, 0.99])).toEqual([7, 7, 7]);
  });
});
