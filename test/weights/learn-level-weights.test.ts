import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, normalQuantile } from '../../src/stats/index.js';
import { learnLevelWeights, type ScoredQuantiles } from '../../src/weights/index.js';
import { INSTRUMENT_BOUND } from '../../src/weights/learn-level-weights.js';

const levels = [0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.95];
const members = ['sharp', 'shifted', 'further'];
const options = { horizon: 1, members, levels };

/** What each member states in an instrument's own sigmas: the truth, and two that lie above it everywhere, so that no mixture makes up for it. */
const STATED: { [name: string]: (p: number) => number } = {
  sharp: (p) => normalQuantile(p),
  shifted: (p) => normalQuantile(p) + 0.4,
  further: (p) => normalQuantile(p) + 0.8,
};

function date(day: number): string {
  return new Date(Date.UTC(2020, 0, 1 + day)).toISOString().slice(0, 10);
}

function stated(change: (name: string, quantiles: number[]) => number[] = (_, quantiles) => quantiles) {
  return Object.fromEntries(members.map((name) => [name, change(name, levels.map(STATED[name]))]));
}

/** Stocks of daily volatility 1 to 3 %. */
function stocks(count: number, days: number, seed = 7): ScoredQuantiles[] {
  const random = createRandom(seed);
  return Array.from({ length: days * count }, (_, i) => ({
    code: `s${i % count}`,
    actualDate: date(Math.floor(i / count)),
    actual: random.normal(),
    sigma: 0.01 + (0.02 * (i % count)) / count,
    members: stated(),
  }));
}

/** One more instrument, every day of the pool's. */
function oddity(code: string, days: number, one: (day: number) => Partial<ScoredQuantiles>): ScoredQuantiles[] {
  return Array.from({ length: days }, (_, day) => ({
    code,
    actualDate: date(day),
    actual: 0,
    sigma: 0.02,
    members: stated(),
    ...one(day),
  }));
}

const random = createRandom(99);
/** In favour of the worst members and against the best, each in its own way. */
const ODD: { [name: string]: (days: number) => ScoredQuantiles[] } = {
  // Its sigma is 0.01 %, in which a member that thinks in stocks' moves is hundreds of units off.
  'a money-market fund': (days) =>
    oddity('fund', days, () => ({
      sigma: 1e-4,
      actual: 0.4,
      members: stated((name, quantiles) => quantiles.map((q) => (name === 'sharp' ? 300 * q : q))),
    })),
  'a halted share whose price stands still': (days) => oddity('halted', days, () => ({ sigma: 1e-6, actual: 0 })),
  'a coin with days of 20 %': (days) =>
    oddity('coin', days, (day) => ({ sigma: 0.06, actual: (day % 3 === 0 ? 3.3 : 0.2) * (day % 2 === 0 ? 1 : -1) })),
  'prices with errors of ten times': (days) =>
    oddity('errors', days, (day) => ({
      actual: day % 4 === 0 ? 450 : day % 4 === 1 ? -45 : random.normal(),
      sigma: day % 4 === 0 ? 0.02 : 0.9,
    })),
  'one on which the best member is far off, always': (days) =>
    oddity('far', days, () => ({ members: stated((name, q) => (name === 'sharp' ? q.map((x) => x + 40) : q)) })),
};

function largestMove(a: ReturnType<typeof learnLevelWeights>, b: ReturnType<typeof learnLevelWeights>): number {
  return Math.max(...members.flatMap((name) => a.shares[name].map((share, i) => Math.abs(share - b.shares[name][i]))));
}

describe('learnLevelWeights', () => {
  it('starts at the prior, equal shares without one', () => {
    expect(learnLevelWeights([], options).shares['further'][3]).toBeCloseTo(1 / 3, 12);
    const prior = { sharp: 0.2, further: 0.7, shifted: 0.1 };
    for (const share of learnLevelWeights([], { ...options, prior }).shares['further'])
      expect(share).toBeCloseTo(0.7, 12);
  });

  it('moves to the member that states the truth, at every level', () => {
    const { shares } = learnLevelWeights(stocks(20, 250), options);
    for (const share of shares['sharp']) expect(share).toBeGreaterThan(0.5);
  });

  it('tells levels apart: a member right below and wrong above keeps its share below', () => {
    const half = stocks(20, 400).map((one) => ({
      ...one,
      members: stated((name, q) => (name === 'shifted' ? levels.map((p) => normalQuantile(p) * (p > 0.5 ? 2 : 1)) : q)),
    }));
    const { shares } = learnLevelWeights(half, { ...options, bandwidth: 0.05 });
    expect(shares['shifted'][1] / shares['shifted'][5]).toBeGreaterThan(3);
  });

  it('has shares that are shares at every level, whatever came', () => {
    const value = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    const row = fc.array(value, { minLength: 3, maxLength: 3 }).map((q) => q.sort((a, b) => a - b));
    const forecast = fc.record({
      code: fc.constantFrom('a', 'b', 'c'),
      actualDate: fc.integer({ min: 0, max: 9 }).map(date),
      actual: value,
      sigma: fc.double({ min: 1e-9, max: 1e3, noNaN: true }),
      members: fc.record({ sharp: row, further: row }, { requiredKeys: [] }),
    });
    fc.assert(
      fc.property(fc.array(forecast, { maxLength: 40 }), fc.integer({ min: 1, max: 20 }), (forecasts, horizon) => {
        const { shares } = learnLevelWeights(forecasts, {
          horizon,
          members: ['sharp', 'further'],
          levels: [0.1, 0.5, 0.9],
        });
        for (let i = 0; i < 3; i++) {
          expect(shares['sharp'][i] + shares['further'][i]).toBeCloseTo(1, 12);
          expect(Math.min(shares['sharp'][i], shares['further'][i])).toBeGreaterThanOrEqual(0);
        }
      }),
      { seed: 20261126 },
    );
  });

  it('does not depend on the order in which outcomes are read', () => {
    const forecasts = stocks(6, 40);
    const shuffled = [...forecasts].sort((a, b) => a.actual - b.actual);
    expect(largestMove(learnLevelWeights(shuffled, options), learnLevelWeights(forecasts, options))).toBeLessThan(
      1e-10,
    );
  });

  it('forgets: after a change of fortune it follows the newer days', () => {
    const good = stocks(20, 200);
    const turned = good.map((one) => ({
      ...one,
      members: { ...one.members, sharp: one.members['further'], further: one.members['sharp'] },
    }));
    const later = turned.map((one) => ({ ...one, actualDate: `3${one.actualDate.slice(1)}` }));
    const { shares } = learnLevelWeights([...good, ...later], options);
    expect(shares['further'][1]).toBeGreaterThan(shares['sharp'][1]);
  });

  it('leaves a member that sleeps where it started beside those awake, and lets no forecast of one member decide', () => {
    const awake = stocks(10, 100).map((one) => ({
      ...one,
      members: { sharp: one.members['sharp'], further: one.members['further'] },
    }));
    const { shares } = learnLevelWeights(awake, options);
    // Its log-odds stay 0: its share is one third's part of what exp(log-odds) of all three sum to.
    expect(shares['shifted'][3]).toBeGreaterThan(0.05);
    expect(shares['sharp'][1]).toBeGreaterThan(shares['further'][1]);
    const lone = stocks(10, 100).map((one) => ({ ...one, members: { further: one.members['further'] } }));
    expect(learnLevelWeights(lone, options).shares['further'][0]).toBeCloseTo(1 / 3, 12);
  });

  it('leaves out poison, names its code, and learns from all else', () => {
    const good = stocks(5, 60);
    const poison = [
      { ...good[0], code: 'nan', actual: Number.NaN },
      { ...good[0], code: 'still', sigma: 0 },
      { ...good[0], code: 'short', members: { sharp: [1, 2] } },
      { ...good[0], code: 'endless', members: { ...stated(), further: levels.map(() => Infinity) } },
    ];
    const learned = learnLevelWeights([...good, ...poison], options);
    expect(learned.leftOut).toEqual(['endless', 'nan', 'short', 'still']);
    expect(learned.shares).toEqual(learnLevelWeights(good, options).shares);
  });

  it.each([
    [{ horizon: 0 }, 'horizon'],
    [{ members: [] }, 'members'],
    [{ members: ['a', 'a'] }, 'members'],
    [{ levels: [0.5, 0.1] }, 'levels'],
    [{ forgetting: 0 }, 'forgetting'],
    [{ rate: -1 }, 'rate'],
    [{ bandwidth: 0 }, 'bandwidth'],
    [{ prior: { sharp: 1 } }, 'prior'],
    [{ prior: { sharp: 0.5, further: 0.5, shifted: 0.5 } }, 'prior'],
  ])('refuses bad options (%#)', (bad, field) => {
    expect(() => learnLevelWeights([], { ...options, ...bad })).toThrow(new RegExp(field));
  });
});

describe("an instrument's influence", () => {
  const days = 150;
  const pool = stocks(20, days);
  const before = learnLevelWeights(pool, options);

  it.each(Object.entries(ODD))('is bounded: %s beside 20 stocks', (_, make) => {
    const after = learnLevelWeights([...pool, ...make(days)], options);
    expect(largestMove(before, after)).toBeLessThanOrEqual(INSTRUMENT_BOUND / 21);
    for (const share of after.shares['sharp']) expect(share).toBeGreaterThan(0.5);
  });

  it('is bounded for all of them together: the truth keeps the most', () => {
    const odd = Object.values(ODD).flatMap((make) => make(days));
    for (const share of learnLevelWeights([...pool, ...odd], options).shares['sharp'])
      expect(share).toBeGreaterThan(0.4);
  });

  it('is near nothing for a fund that hardly moves, as long as its forecasts do not either', () => {
    const fund = oddity('fund', days, () => ({ sigma: 1e-4, actual: 3 }));
    expect(largestMove(before, learnLevelWeights([...pool, ...fund], options))).toBeLessThan(0.03);
  });

  it('moves no share by more than INSTRUMENT_BOUND / (n + 1), for any n, any instrument and any days', () => {
    const value = fc.double({ min: -1e4, max: 1e4, noNaN: true });
    const row = fc
      .array(value, { minLength: levels.length, maxLength: levels.length })
      .map((q) => q.sort((a, b) => a - b));
    const day = fc.record({
      actual: value,
      sigma: fc.double({ min: 1e-9, max: 10, noNaN: true }),
      members: fc.record({ sharp: row, further: row, shifted: row }, { requiredKeys: ['further'] }),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.array(day, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 5 }),
        fc.nat(),
        (n, odd, repeats, seed) => {
          const span = odd.length * repeats;
          const ordinary = stocks(n, span, seed);
          const added = oddity('odd', span, (t) => odd[t % odd.length]);
          for (const rate of [10, 1000]) {
            const [without, withIt] = [ordinary, [...ordinary, ...added]].map((all) =>
              learnLevelWeights(all, { ...options, rate }),
            );
            // What the others learn is linearised at the pool's shares, which the newcomer moves: that much more is allowed for.
            expect(largestMove(without, withIt)).toBeLessThanOrEqual(
              (INSTRUMENT_BOUND / (n + 1)) * (rate > 10 ? 2 : 1),
            );
          }
        },
      ),
      { seed: 20261126, numRuns: 30 },
    );
  });
});
