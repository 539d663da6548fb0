import { describe, expect, it } from 'vitest';
import { MersenneTwister } from '../../src/lgbm/numbers/mersenne-twister.js';

describe('MersenneTwister', () => {
  it('draws 4123659995 at the 10,000th time, as the C++ standard says', () => {
    const random = new MersenneTwister(5489);
    let drawn = 0;
    for (let i = 0; i < 10_000; i++) drawn = random.next();
    expect(drawn).toBe(4123659995);
  });

  it('draws numbers in their ranges', () => {
    const random = new MersenneTwister(1);
    for (let i = 0; i < 2000; i++) {
      const real = random.nextReal();
      expect(real >= 0 && real < 1).toBe(true);
      const whole = random.nextBelow(7);
      expect(Number.isInteger(whole) && whole >= 0 && whole < 7).toBe(true);
    }
  });
});
