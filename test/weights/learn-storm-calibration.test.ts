import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../src/stats/index.js';
import { type DatedInterval, learnStormCalibration, stormTracker } from '../../src/weights/index.js';

const HALF = 1.2815515655446004; // the 0.9 quantile of the standard normal distribution

function date(day: number): string {
  return new Date(Date.UTC(2000, 0, 1 + day)).toISOString().slice(0, 10);
}

/** Outcomes of `perDay` instruments with deviation `wildness(day)`, under intervals of half-width `half` sigmas. */
function outcomes(
  days: number,
  {
    wildness = () => 1,
    half = HALF,
    perDay = 30,
    horizon = 1,
    seed = 5,
  }: { wildness?: (day: number) => number; half?: number; perDay?: number; horizon?: number; seed?: number } = {},
): DatedInterval[] {
  const random = createRandom(seed);
  return Array.from({ length: days * perDay }, (_, i) => {
    const day = Math.floor(i / perDay);
    return {
      baseDate: date(day),
      actualDate: date(day + horizon),
      actual: wildness(day) * random.normal(),
      point: 0,
      low: -half,
      high: half,
    };
  });
}

/** The share of intervals that held on the days from `from`, each stretched by what was known on its base date. */
function heldShare(all: readonly DatedInterval[], from: number, options: { horizon: number; response?: number }) {
  const tracker = stormTracker(options);
  const byActual = new Map<string, DatedInterval[]>();
  for (const one of all) byActual.set(one.actualDate, [...(byActual.get(one.actualDate) ?? []), one]);
  let [held, count, stretch, last] = [0, 0, 1, ''];
  for (const one of all) {
    if (one.baseDate !== last) {
      tracker.learn(byActual.get(one.baseDate) ?? []);
      stretch = tracker.calibration().high;
      last = one.baseDate;
    }
    if (one.baseDate < date(from)) continue;
    if (Math.abs(one.actual) <= stretch * one.high) held++;
    count++;
  }
  return held / count;
}

describe('learnStormCalibration', () => {
  it('changes nothing before there are outcomes, nor for intervals without width', () => {
    const nothing = { low: 1, high: 1, longRun: 1, storm: 1 };
    expect(learnStormCalibration([], { horizon: 1 })).toEqual(nothing);
    expect(learnStormCalibration(outcomes(20, { half: 0 }), { horizon: 1 })).toEqual(nothing);
  });

  it.each([1.5, 0.75])('finds in the long run the stretch of intervals made too narrow by %s', (factor) => {
    const { longRun } = learnStormCalibration(outcomes(1500, { half: HALF / factor }), { horizon: 1 });
    expect(longRun / factor).toBeGreaterThan(0.95);
    expect(longRun / factor).toBeLessThan(1.05);
  });

  it('holds more in a storm than the long run alone, and lets go of it after', () => {
    const storm = outcomes(560, { wildness: (day) => (day >= 500 && day < 530 ? 2.5 : 1) });
    const inStorm = storm.filter(({ baseDate }) => baseDate < date(530));
    const [followed, alone] = [undefined, 0].map((response) =>
      heldShare(inStorm, 500, { horizon: 1, ...(response === undefined ? {} : { response }) }),
    );
    expect(followed).toBeGreaterThan(alone + 0.05);
    expect(learnStormCalibration(storm, { horizon: 1 }).storm).toBeLessThan(1.05);
  });

  it('holds 80 % of days that stay as they were', () => {
    expect(Math.abs(heldShare(outcomes(1200), 200, { horizon: 1 }) - 0.8)).toBeLessThan(0.015);
    expect(Math.abs(heldShare(outcomes(1200, { horizon: 5 }), 200, { horizon: 5 }) - 0.8)).toBeLessThan(0.02);
  });

  it('uses nothing before it was known: outcomes later than a day change no forecast made by then', () => {
    const data = outcomes(80, { perDay: 4, horizon: 3 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 79 }), fc.double({ min: -50, max: 50, noNaN: true }), (day, shock) => {
        const known = (all: DatedInterval[]) => all.filter(({ actualDate }) => actualDate <= date(day));
        const shaken = data.map((one) => (one.actualDate > date(day) ? { ...one, actual: shock } : one));
        const [a, b] = [data, shaken].map((all) => {
          const tracker = stormTracker({ horizon: 3 });
          const days = new Map<string, DatedInterval[]>();
          for (const one of all) days.set(one.actualDate, [...(days.get(one.actualDate) ?? []), one]);
          let onDay = tracker.calibration();
          for (const [when, together] of days) {
            tracker.learn(together);
            if (when <= date(day)) onDay = tracker.calibration();
          }
          return onDay;
        });
        expect(b).toEqual(a);
        expect(a).toEqual(learnStormCalibration(known(data), { horizon: 3 }));
      }),
      { seed: 20261126, numRuns: 40 },
    );
  });

  it('chases the noise of two instruments no further than that of thirty', () => {
    // Nothing ever changes: every stretch but 1 is noise. Mean square of its logarithm over 600 days, after a year.
    const noiseOf = (perDay: number) => {
      const all = outcomes(850, { perDay, seed: 11 });
      const tracker = stormTracker({ horizon: 1 });
      let sum = 0;
      for (let day = 0; day < 850; day++) {
        tracker.learn(all.slice(day * perDay, (day + 1) * perDay));
        if (day >= 250) sum += Math.log(tracker.calibration().high) ** 2;
      }
      return Math.sqrt(sum / 600);
    };
    const [alone, two, many] = [1, 2, 30].map(noiseOf);
    expect(many).toBeLessThan(0.03);
    expect(two).toBeLessThan(0.045);
    expect(alone).toBeLessThan(0.045);
  });

  it('is not blown up by one instrument with mad prices', () => {
    const pool = outcomes(300, { perDay: 20 });
    const mad = outcomes(300, { perDay: 1, seed: 6 }).map((one) => ({ ...one, actual: 900 }));
    const [calm, shaken] = [pool, [...pool, ...mad]].map((all) => learnStormCalibration(all, { horizon: 1 }).high);
    expect(shaken / calm).toBeLessThan(1.15);
  });

  it('stays within [0.5, 3]', () => {
    expect(learnStormCalibration(outcomes(900, { half: 0.01 }), { horizon: 1 }).high).toBeLessThanOrEqual(3);
    expect(learnStormCalibration(outcomes(900, { half: 90 }), { horizon: 1 }).low).toBeGreaterThanOrEqual(0.5);
  });

  it('refuses options out of range', () => {
    expect(() => learnStormCalibration([], { horizon: 0 })).toThrow(
      expect.objectContaining({ code: 'INVALID_HORIZON' }),
    );
    expect(() => learnStormCalibration([], { horizon: 1, response: -1 })).toThrow(/response/);
    expect(() => learnStormCalibration([], { horizon: 1, memory: 1 })).toThrow(/memory/);
  });
});
