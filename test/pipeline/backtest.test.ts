import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { DEFAULT_FEATURES, defineFeature } from '../../src/features/index.js';
import {
  type BacktestOptions,
  backtest,
  backtestRecord,
  matchedForecasts,
  scoreForecasts,
} from '../../src/pipeline/index.js';
import type { Store } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, simulateBars, type TestParts } from './simulated-market.js';

const params = { num_iterations: 5, num_leaves: 4 };
const bars = { a: simulateBars(1, { count: 330 }), b: simulateBars(2, { count: 330 }) };
const span = { from: '2024-03-04', to: '2024-03-29' }; // 20 KRX trading days, three trainings after the first

function house(prices = bars) {
  const store = memoryStore();
  const parts = { prices: arrayPrices({ ...prices }).prices, store, chronos: fakeChronos(), lgbm: { params } };
  const run = (options: Partial<BacktestOptions> = {}, change: TestParts = {}) =>
    backtest(referenceOf({ ...parts, ...change }), { codes: ['a', 'b'], ...span, horizons: [1, 3], ...options });
  return { store, run };
}

async function recordsOf(store: Store) {
  const lines: string[] = [];
  for await (const page of matchedForecasts(store)) {
    lines.push(...page.map((matched) => JSON.stringify(backtestRecord(matched))));
  }
  return lines;
}

describe('backtest', () => {
  it('issues and matches a forecast for every day, instrument and horizon', async () => {
    const { store, run } = house();
    const progress: string[] = [];
    const report = await run({ onProgress: ({ done, total }) => void progress.push(`${done}/${total}`) });
    expect(report).toMatchObject({ days: 20, resumedDays: 0, failures: [], retrainFailures: [] });
    expect(progress[19]).toBe('20/20');
    const lines = await recordsOf(store);
    // 20 days, of which the last one (h = 1) and three (h = 3) have not met their close
    expect(lines).toHaveLength(2 * (19 + 17));
    const [record] = lines.map((line) => JSON.parse(line));
    expect(record.quantiles).toHaveLength(9);
    expect(Object.keys(record.members)).toEqual(['chronos', 'lgbm', 'naive']);
    expect(record.probs.reduce((sum: number, p: number) => sum + p, 0)).toBeCloseTo(1, 9);
    expect(await store.listWeights()).not.toEqual([]);
  });

  it('gives the same bytes from the same input', async () => {
    const runs = [];
    for (let i = 0; i < 2; i++) {
      const { store, run } = house();
      await run();
      runs.push(await recordsOf(store));
    }
    expect(runs[1]).toEqual(runs[0]);
  });

  it('sees nothing of the future: bars after a day change no forecast up to that day', async () => {
    const cut = '2024-03-15';
    const wild = (from: typeof bars.a) =>
      from.map((bar) =>
        bar.date > cut
          ? {
              ...bar,
              open: bar.open * 3,
              high: bar.high * 3,
              low: bar.low * 3,
              close: bar.close * 3,
              volume: bar.volume * 7,
            }
          : bar,
      );
    const [plain, changed] = [house(), house({ a: wild(bars.a), b: wild(bars.b) })];
    await plain.run();
    await changed.run();
    const until = { toBaseDate: cut };
    expect(await changed.store.listPredictions(until)).toEqual(await plain.store.listPredictions(until));
    expect(await changed.store.listPredictions()).not.toEqual(await plain.store.listPredictions());
  });

  it('catches a planted leak: tomorrow as a feature, and the target as a feature', async () => {
    const shifted = defineFeature('tomorrow', ({ close }) =>
      close.map((_, t) => (close[t + 1] ?? Number.NaN) / close[t] - 1),
    );
    const target = defineFeature('target', ({ close }) =>
      close.map((price, t) => (close[t + 3] ?? Number.NaN) / price - 1),
    );
    for (const leak of [shifted, target]) {
      const lgbm = { params, features: [...DEFAULT_FEATURES, leak] };
      const report = await house().run({ to: '2024-03-05' }, { lgbm });
      expect(report.retrainFailures.map(({ status, error }) => [status, (error as { code?: string }).code])).toEqual(
        Array.from({ length: 4 }, () => ['failed', 'LOOKAHEAD']),
      );
    }
  });

  it('goes on where it was cut off, and ends with the same rows', async () => {
    const whole = house();
    await whole.run();
    const cut = house();
    const controller = new AbortController();
    const onProgress = ({ done }: { done: number }) => {
      if (done === 8) controller.abort('enough');
    };
    await expect(cut.run({ signal: controller.signal, onProgress })).rejects.toBe('enough');
    expect(await cut.run()).toMatchObject({ days: 12, resumedDays: 8 });
    expect(await recordsOf(cut.store)).toEqual(await recordsOf(whole.store));
  });

  it('runs without training, and reports an instrument without prices day by day', async () => {
    const { store, run } = house();
    const report = await run({ codes: ['a', 'nobody'], to: '2024-03-06', retrainEvery: false });
    expect(report.failures.map(({ date, code }) => `${date} ${code}`)).toEqual([
      '2024-03-04 nobody',
      '2024-03-05 nobody',
      '2024-03-06 nobody',
    ]);
    expect(await store.models.list()).toEqual([]);
    expect((await store.listPredictions()).every(({ sourcesUsed }) => sourcesUsed.join() === 'chronos')).toBe(true);
  });

  it.each([
    [{ from: '2024-13-01' }, 'INVALID_DATE'],
    [{ from: '2024-04-01' }, 'INVALID_ARGUMENT'],
    [{ retrainEvery: 0 }, 'INVALID_ARGUMENT'],
    [{ horizons: [0] }, 'INVALID_HORIZON'],
    [{ codes: [] }, 'INVALID_ARGUMENT'],
  ])('refuses %j with %s', async (change, code) => {
    await expect(house().run(change)).rejects.toMatchObject({ code });
  });
});

describe('scoreForecasts', () => {
  it('gives the random walk no skill over itself, and a Chronos that equals it none that counts', async () => {
    const { store, run } = house();
    await run({ retrainEvery: false });
    const matched = [];
    for await (const page of matchedForecasts(store)) matched.push(...page);
    const scores = scoreForecasts(matched);
    expect(scores.map(({ horizon, forecaster }) => `${forecaster} ${horizon}`)).toEqual([
      'ensemble 1',
      'chronos 1',
      'naive 1',
      'ensemble 3',
      'chronos 3',
      'naive 3',
    ]);
    const [ensemble, chronos, naive] = scores;
    // 19 dates say nothing about their own scatter.
    expect(naive.pinballSkill).toEqual({ estimate: 0, verdict: 'not distinguishable' });
    expect(chronos.absErrorSkill.estimate).toBeCloseTo(0, 12);
    expect(ensemble).toMatchObject({ count: 38, dates: 19 });
    // By hand from the rows: the share of closes inside the stored interval.
    const own = matched.filter(({ outcome }) => outcome.horizon === 1);
    expect(ensemble.coverage).toBeCloseTo(own.filter(({ outcome }) => outcome.covered).length / 38, 12);
    expect(ensemble.hitRate).toBeCloseTo(own.filter(({ outcome }) => outcome.directionHit).length / 38, 12);
    const pinball = own.reduce((sum, { outcome }) => sum + outcome.members.chronos.pinball!, 0) / 38;
    expect(chronos.pinball).toBeCloseTo(pinball, 12);
    expect(chronos.pinballSkill.estimate).toBeCloseTo(1 - chronos.pinball / naive.pinball, 12);
  });

  it('tells a Chronos that is always 2 % too high from the random walk', async () => {
    const { store, run } = house();
    const chronos = fakeChronos({ drift: 0.02 });
    await run({ from: '2024-01-15', horizons: [1], retrainEvery: false }, { chronos });
    const matched = [];
    for await (const page of matchedForecasts(store)) matched.push(...page);
    const [, biased] = scoreForecasts(matched);
    expect(biased.dates).toBeGreaterThan(40);
    expect(biased.pinballSkill.high).toBeLessThan(0);
    expect(biased.pinballSkill.verdict).toBe('worse');
    expect(biased.absErrorSkill.verdict).toBe('worse');
  });

  it('is empty without forecasts', () => {
    expect(scoreForecasts([])).toEqual([]);
  });
});
