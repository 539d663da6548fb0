import { describe, expect, it } from 'vitest';
import { lossSkill, shareInterval } from '../../src/scoring/index.js';
import { createRandom } from '../../src/stats/index.js';

describe('lossSkill', () => {
  const random = createRandom(3);
  const date = (day: number) => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);
  const rows = Array.from({ length: 100 }, (_, day) => ({ date: date(day), reference: 1 + random.uniform() }));

  it('calls a steady advantage better and its opposite worse', () => {
    const better = lossSkill(
      rows.map((row) => ({ ...row, loss: row.reference * 0.9 })),
      1,
    );
    expect(better?.estimate).toBeCloseTo(0.1, 12);
    expect(better?.verdict).toBe('better');
    expect(
      lossSkill(
        rows.map((row) => ({ ...row, loss: row.reference * 1.1 })),
        1,
      )?.verdict,
    ).toBe('worse');
  });

  it('does not tell noise from chance, nor a copy that differs by rounding', () => {
    // Gains and losses of the same size in turn: nothing in sum.
    const noisy = rows.map((row, day) => ({ ...row, loss: row.reference + (day % 2 === 0 ? 0.3 : -0.3) }));
    expect(lossSkill(noisy, 1)?.verdict).toBe('not distinguishable');
    const copy = rows.map((row) => ({ ...row, loss: row.reference * (1 - 2e-16) }));
    expect(lossSkill(copy, 1)?.verdict).toBe('not distinguishable');
  });

  it('rarely finds skill where there is none, also in forecasts that overlap', () => {
    // 60 days, 5 ahead: each difference is a sum of 5 successive shocks. 5 % would be ideal; 2h - 1 lags give about 10 %.
    const verdicts = Array.from({ length: 200 }, () => {
      const shocks = Array.from({ length: 65 }, () => random.normal());
      const overlapping = rows.slice(0, 60).map(({ date }, day) => {
        const sum = shocks.slice(day, day + 5).reduce((total, shock) => total + shock, 0);
        return { date, reference: 20, loss: 20 + sum };
      });
      return lossSkill(overlapping, 5)?.verdict;
    });
    const found = verdicts.filter((state) => state !== 'not distinguishable').length;
    expect(found / verdicts.length).toBeLessThan(0.15);
  });

  it('has nothing to say of 39 days, or of a reference without losses', () => {
    expect(
      lossSkill(
        rows.slice(0, 39).map((row) => ({ ...row, loss: 0.5 })),
        1,
      ),
    ).toBeUndefined();
    expect(
      lossSkill(
        rows.map((row) => ({ ...row, loss: 0, reference: 0 })),
        1,
      ),
    ).toBeUndefined();
    expect(
      shareInterval(
        rows.slice(0, 39).map((row) => ({ ...row, held: true })),
        1,
      ),
    ).toBeUndefined();
  });

  it('counts all instruments of a date as one', () => {
    const once = rows.map((row) => ({ ...row, loss: row.reference + random.normal() }));
    const twice = once.flatMap((row) => [row, row]);
    expect(lossSkill(twice, 1)?.low).toBeCloseTo(lossSkill(once, 1)?.low ?? Number.NaN, 12);
  });
});
