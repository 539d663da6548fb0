import { describe, expect, it } from 'vitest';
import { memoryStore } from '../../adapters/store/memory.js';
import { ForecastError } from '../../src/errors.js';
import { dailyBatch, matchOutcomes, predict, predictAndStore, updateWeights } from '../../src/pipeline/index.js';
import type { Bar } from '../../src/series/index.js';
import type { OutcomeQuery, PredictionQuery } from '../../src/store/store.js';
import { arrayPrices, fakeChronos, referenceOf, seoulClock, simulateBars } from './simulated-market.js';

const bars = simulateBars(1, { last: '2024-04-12' });
const until = (date: string) => bars.filter((bar) => bar.date <= date);

/** A store with forecasts of 2024-03-29 for h = 1, 3, 5, whose prices run on to 2024-04-12. */
async function issued({ userTriggered = true, drift = 0 } = {}) {
  const source = arrayPrices({ '005930': until('2024-03-29') });
  const time = seoulClock('2024-03-29T16:00:00');
  const store = memoryStore();
  const parts = { prices: source.prices, store, chronos: fakeChronos({ drift }), clock: time.clock };
  const context = referenceOf(parts);
  await predictAndStore('005930', context, { userTriggered });
  source.bars['005930'] = bars;
  return { ...source, time, store, parts, context };
}

describe('predictAndStore', () => {
  it('stores one row a horizon with every member and what was asked', async () => {
    const { store } = await issued();
    const rows = await store.listPredictions();
    expect(rows.map(({ horizon, baseDate, targetDate }) => [horizon, baseDate, targetDate])).toEqual([
      [1, '2024-03-29', '2024-04-01'],
      [3, '2024-03-29', '2024-04-03'],
      [5, '2024-03-29', '2024-04-05'],
    ]);
    expect(rows[0]).toMatchObject({ userTriggered: true, sourcesUsed: ['chronos'] });
    expect(Object.keys(rows[0].members).sort()).toEqual(['chronos', 'naive']);
    expect(rows[0].members.chronos?.quantiles).toHaveLength(9);
  });

  it('keeps a user mark through a later batch, and adds it to an earlier one', async () => {
    const { store, context, bars: source } = await issued();
    source['005930'] = until('2024-03-29');
    await predictAndStore('005930', context);
    expect((await store.listPredictions()).every((row) => row.userTriggered)).toBe(true);
    const batch = await issued({ userTriggered: false });
    batch.bars['005930'] = until('2024-03-29');
    expect((await batch.store.listPredictions()).some((row) => row.userTriggered)).toBe(false);
    await predictAndStore('005930', batch.context, { userTriggered: true });
    expect((await batch.store.listPredictions()).every((row) => row.userTriggered)).toBe(true);
  });

  it('does not overwrite a forecast that has met its outcome, and leaves all rows as they were', async () => {
    const { store, parts, context, time, bars: source } = await issued();
    time.set('2024-04-01T16:30:00');
    await matchOutcomes('2024-04-01', context);
    const before = await store.listPredictions();
    source['005930'] = until('2024-03-29');
    const again = predictAndStore('005930', referenceOf({ ...parts, chronos: fakeChronos({ drift: 0.5 }) }));
    await expect(again).rejects.toMatchObject({ code: 'ALREADY_MATCHED' });
    expect(await store.listPredictions()).toEqual(before);
  });

  it('stores nothing when the forecast fails, and says that the store is missing', async () => {
    const { store, parts, context } = await issued();
    const before = await store.listPredictions();
    await expect(predictAndStore('nobody', context)).rejects.toMatchObject({ code: 'UNKNOWN_CODE' });
    expect(await store.listPredictions()).toEqual(before);
    await expect(
      predictAndStore('005930', referenceOf({ ...parts, store: undefined, models: store.models })),
    ).rejects.toMatchObject({
      code: 'INVALID_ARGUMENT',
      field: 'context.store',
    });
  });
});

describe('matchOutcomes', () => {
  it('waits for the close of a session that goes on, whatever its bar says until then', async () => {
    const { store, context, time, bars: source } = await issued();
    const running = until('2024-04-01').map((bar) =>
      bar.date === '2024-04-01' ? { ...bar, high: bar.open, low: bar.open, close: bar.open } : bar,
    );
    source['005930'] = running;
    time.set('2024-04-01T15:29:59');
    expect(await matchOutcomes('2024-04-01', context)).toMatchObject({ matched: 0, void: [] });
    expect(await store.listOutcomes()).toEqual([]);
    source['005930'] = until('2024-04-01');
    time.set('2024-04-01T15:30:00');
    expect((await matchOutcomes('2024-04-01', context)).matched).toBe(1);
    const { close } = bars.find(({ date }) => date === '2024-04-01')!;
    expect(await store.listOutcomes()).toMatchObject([{ horizon: 1, actualClose: close }]);
  });

  it('matches what is due with the real close, and scores every member', async () => {
    const { store, context, time } = await issued({ drift: 0.02 });
    time.set('2024-04-01T16:30:00');
    const report = await matchOutcomes('2024-04-01', context);
    expect(report).toEqual({ date: '2024-04-01', matched: 1, pending: [], void: [], failures: [] });
    const [outcome] = await store.listOutcomes();
    const base = bars.find(({ date }) => date === '2024-03-29')!.close;
    const actual = bars.find(({ date }) => date === '2024-04-01')!.close;
    expect(outcome).toMatchObject({ actualDate: '2024-04-01', baseClose: base, actualClose: actual });
    expect(outcome.actualReturn).toBe(actual / base - 1);
    expect(outcome.absError).toBeCloseTo(Math.abs(base * 1.02 - actual), 6);
    expect(outcome.members.naive?.absError).toBeCloseTo(Math.abs(base - actual), 6);
    const [prediction] = await store.listPredictions({ horizon: 1 });
    expect(outcome.covered).toBe(prediction.ciLow <= actual && actual <= prediction.ciHigh);
    expect(outcome.directionHit).toBe(prediction.direction === outcome.actualDirection);
    expect(outcome.members.chronos?.pinball).toBeGreaterThan(0);
    const given = { up: prediction.probUp, flat: prediction.probFlat, down: prediction.probDown };
    expect(outcome.members.chronos?.logLoss).toBeCloseTo(-Math.log(Math.max(given[outcome.actualDirection], 1e-6)), 12);
    expect(outcome.matchedAt).toEqual(time.clock());
  });

  it('changes nothing the second time', async () => {
    const { store, context, time } = await issued();
    time.set('2024-04-12T16:30:00');
    expect((await matchOutcomes('2024-04-12', context)).matched).toBe(3);
    const before = await store.listOutcomes();
    expect((await matchOutcomes('2024-04-12', context)).matched).toBe(0);
    expect(await store.listOutcomes()).toEqual(before);
  });

  it('leaves batch forecasts alone where asked for those of users only', async () => {
    const { context, time } = await issued({ userTriggered: false });
    time.set('2024-04-12T16:30:00');
    expect((await matchOutcomes('2024-04-12', context, { scope: 'user' })).matched).toBe(0);
    expect((await matchOutcomes('2024-04-12', context)).matched).toBe(3);
  });

  it('never looks at a bar after the date', async () => {
    const { store, context, time } = await issued();
    time.set('2024-04-12T16:30:00');
    expect((await matchOutcomes('2024-04-03', context)).matched).toBe(2);
    expect((await store.listOutcomes()).map(({ actualDate }) => actualDate)).toEqual(['2024-04-01', '2024-04-03']);
  });

  /** As `issued`, the exchange shut on 2024-04-01, which the calendar did not know: so other instruments show. */
  async function shutOnAprilFirst() {
    const house = await issued();
    const others = ['a', 'b', 'c', 'd'];
    for (const code of others) house.bars[code] = until('2024-03-29');
    await dailyBatch(house.context, { codes: others });
    const real = bars.filter(({ date }) => date !== '2024-04-01');
    for (const code of others) house.bars[code] = real;
    house.bars['005930'] = real;
    return { ...house, real };
  }

  it('waits for a close that is not there, and takes the h-th real bar after a closure that nobody announced', async () => {
    const { context, time, store, bars: source, real } = await shutOnAprilFirst();
    for (const code of Object.keys(source)) source[code] = real.filter(({ date }) => date <= '2024-04-01');
    time.set('2024-04-01T16:30:00');
    const first = await matchOutcomes('2024-04-01', context, { codes: ['005930'] });
    expect(first).toMatchObject({
      matched: 0,
      pending: [{ code: '005930', baseDate: '2024-03-29', horizon: 1, reason: 'no-close' }],
    });
    for (const code of Object.keys(source)) source[code] = real;
    time.set('2024-04-03T16:30:00');
    await matchOutcomes('2024-04-03', context);
    const [outcome] = await store.listOutcomes({ code: '005930' });
    expect(outcome.actualDate).toBe('2024-04-02');
  });

  it('never lets the next bar stand in for one that the source lacks while the exchange was open', async () => {
    const { context, time, store, bars: source } = await issued();
    source['005930'] = bars.filter(({ date }) => date !== '2024-04-01');
    time.set('2024-04-02T16:30:00');
    expect((await matchOutcomes('2024-04-02', context)).pending).toEqual([
      { code: '005930', baseDate: '2024-03-29', horizon: 1, reason: 'missing-bar' },
    ]);
    expect(await store.listOutcomes()).toEqual([]);
    // the bar comes late, within the wait
    source['005930'] = bars;
    time.set('2024-04-03T16:30:00');
    await matchOutcomes('2024-04-03', context);
    expect((await store.listOutcomes({ horizon: 1 })).map(({ actualDate }) => actualDate)).toEqual(['2024-04-01']);
  });

  it('gives up after the wait: void where the exchange was open, with the reason', async () => {
    const { context, time, store, bars: source } = await issued();
    source.other = until('2024-03-29');
    await dailyBatch(context, { codes: ['other'] });
    source.other = bars;
    source['005930'] = bars.filter(({ date }) => date !== '2024-04-01');
    time.set('2024-04-12T16:30:00');
    const { matched, void: never } = await matchOutcomes('2024-04-12', context);
    // h = 3 and 5 have closes on their own target days
    expect(matched).toBe(5);
    expect(never).toEqual([{ code: '005930', baseDate: '2024-03-29', horizon: 1, reason: 'no-close' }]);
    const [row] = await store.listPredictions({ state: 'void' });
    expect(row.void).toEqual({ reason: 'no-close', voidedAt: time.clock() });
    expect(await store.listPredictions({ state: 'due', toTargetDate: '2024-04-12' })).toEqual([]);
    expect((await store.listOutcomes({ code: '005930' })).map(({ actualDate }) => actualDate)).toEqual([
      '2024-04-03',
      '2024-04-05',
    ]);
  });

  it('lets no bar after a halt stand in, also where no other instrument tells whether the exchange was open', async () => {
    const { context, time, store, bars: source } = await issued();
    // h = 1 and 3 were to be met within the halt, h = 5 (2024-04-05) after it
    source['005930'] = bars.filter(({ date }) => date < '2024-04-01' || date > '2024-04-03');
    time.set('2024-04-12T16:30:00');
    const { void: never } = await matchOutcomes('2024-04-12', context);
    expect(never.map(({ horizon, reason }) => [horizon, reason])).toEqual([
      [1, 'no-close'],
      [3, 'no-close'],
    ]);
    expect((await store.listOutcomes()).map(({ horizon, actualDate }) => [horizon, actualDate])).toEqual([
      [5, '2024-04-05'],
    ]);
  });

  it('counts sessions by the calendar, less a closure that others show, where a halt has left out bars', async () => {
    const { context, time, store, bars: source, real } = await shutOnAprilFirst();
    source['005930'] = real.filter(({ date }) => date !== '2024-04-02');
    time.set('2024-04-12T16:30:00');
    await matchOutcomes('2024-04-12', context);
    const met = (await store.listOutcomes({ code: '005930' })).map(({ horizon, actualDate }) => [horizon, actualDate]);
    // the sessions after the base date were April 2nd (halted), 3rd, 4th, 5th and 8th
    expect(met).toEqual([
      [3, '2024-04-04'],
      [5, '2024-04-08'],
    ]);
    const [row] = await store.listPredictions({ code: '005930', state: 'void' });
    expect(row).toMatchObject({ horizon: 1, void: { reason: 'no-close' } });
  });

  it('voids what a vanished base bar or a forgotten code leaves due for ever', async () => {
    const { context, time, store, bars: source } = await issued();
    source['005930'] = bars.filter(({ date }) => date > '2024-03-29');
    time.set('2024-05-31T16:30:00');
    expect((await matchOutcomes('2024-05-31', context)).void.map(({ reason }) => reason)).toEqual([
      'no-base',
      'no-base',
      'no-base',
    ]);
    expect(await store.listPredictions({ state: 'due' })).toEqual([]);
    const gone = await issued();
    delete gone.bars['005930'];
    gone.time.set('2024-05-31T16:30:00');
    const report = await matchOutcomes('2024-05-31', gone.context);
    expect(report.void.map(({ reason }) => reason)).toEqual(['unknown-code', 'unknown-code', 'unknown-code']);
    expect(report.failures).toEqual([]);
  });

  it('tells a late correction of the base close from a split, and says which it was', async () => {
    const { context, time, store, bars: source } = await issued({ drift: 0.02 });
    const base = bars.find(({ date }) => date === '2024-03-29')!;
    const mended = { ...base, close: base.close * 1.02, high: Math.max(base.high, base.close * 1.02) };
    source['005930'] = bars.map((bar) => (bar === base ? mended : bar));
    time.set('2024-04-01T16:30:00');
    await matchOutcomes('2024-04-01', context);
    const [outcome] = await store.listOutcomes();
    const actual = bars.find(({ date }) => date === '2024-04-01')!.close;
    expect(outcome.baseChange).toBe('corrected');
    expect(outcome.actualReturn).toBe(actual / mended.close - 1);
    // the forecast is not moved along: it was of that price
    expect(outcome.absError).toBeCloseTo(Math.abs(base.close * 1.02 - actual), 6);
  });

  it('reports a base bar that the source no longer has', async () => {
    const { context, time, bars: source } = await issued();
    source['005930'] = bars.filter(({ date }) => date > '2024-03-29');
    time.set('2024-04-12T16:30:00');
    const { matched, pending } = await matchOutcomes('2024-04-12', context);
    expect(matched).toBe(0);
    expect(pending.map(({ reason }) => reason)).toEqual(['no-base', 'no-base', 'no-base']);
  });

  it('is not fooled by a split between issue and match', async () => {
    const plain = await issued({ drift: 0.02 });
    plain.time.set('2024-04-12T16:30:00');
    await matchOutcomes('2024-04-12', plain.context);
    const split = await issued({ drift: 0.02 });
    split.time.set('2024-04-12T16:30:00');
    const fifth = (bar: Bar): Bar => ({
      ...bar,
      open: bar.open / 50,
      high: bar.high / 50,
      low: bar.low / 50,
      close: bar.close / 50,
    });
    split.bars['005930'] = bars.map(fifth);
    await matchOutcomes('2024-04-12', split.context);
    const [a, b] = [await plain.store.listOutcomes(), await split.store.listOutcomes()];
    a.forEach((outcome, i) => {
      expect(b[i].actualReturn).toBeCloseTo(outcome.actualReturn, 12);
      expect(b[i].absError * 50).toBeCloseTo(outcome.absError, 6);
      expect(b[i].baseChange).toBe('adjusted');
      expect([b[i].covered, b[i].directionHit]).toEqual([outcome.covered, outcome.directionHit]);
      expect(b[i].members.chronos.pinball).toBeCloseTo(outcome.members.chronos.pinball!, 12);
    });
  });

  it('reports a source that fails and goes on with the rest', async () => {
    const { context, time, store, bars: source } = await issued();
    source['000660'] = simulateBars(2);
    time.set('2024-03-29T16:10:00');
    await predictAndStore('000660', context, { userTriggered: true });
    source['000660'] = simulateBars(2, { last: '2024-04-12', count: 510 });
    delete source['005930'];
    time.set('2024-04-12T16:30:00');
    const report = await matchOutcomes('2024-04-12', context);
    expect(report.failures).toEqual([{ code: '005930', error: expect.objectContaining({ code: 'UNKNOWN_CODE' }) }]);
    expect((await store.listOutcomes()).every(({ code }) => code === '000660')).toBe(true);
  });

  it('stops at once when the store is gone, or when aborted', async () => {
    const { context, time, store } = await issued();
    time.set('2024-04-12T16:30:00');
    const signal = AbortSignal.abort('enough');
    await expect(matchOutcomes('2024-04-12', context, { signal })).rejects.toBe('enough');
    expect(await store.listOutcomes()).toEqual([]);
    await store.close();
    await expect(matchOutcomes('2024-04-12', context)).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  /** Forecasts of 2024-03-29 for many instruments, all due by 2024-04-12. */
  async function manyIssued(count: number) {
    const codes = Array.from({ length: count }, (_, i) => `S${String(i).padStart(3, '0')}`);
    const source = arrayPrices(Object.fromEntries(codes.map((code) => [code, until('2024-03-29')])));
    const time = seoulClock('2024-03-29T16:00:00');
    const store = memoryStore();
    const parts = { prices: source.prices, store, chronos: fakeChronos(), clock: time.clock };
    await dailyBatch(referenceOf(parts), { codes });
    for (const code of codes) source.bars[code] = bars;
    time.set('2024-04-12T16:30:00');
    const context = referenceOf(parts);
    return { ...source, codes, store, parts, context };
  }

  it('fetches several instruments at a time and stores a chunk of them at once', async () => {
    const { parts, store, codes } = await manyIssued(70);
    let [flying, most] = [0, 0];
    const prices: typeof parts.prices = {
      async getBars(code, range) {
        most = Math.max(most, ++flying);
        await new Promise((resolve) => setImmediate(resolve));
        flying--;
        return parts.prices.getBars(code, range);
      },
    };
    const calls: number[] = [];
    const counting = {
      ...store,
      recordOutcomes(outcomes: Parameters<typeof store.recordOutcomes>[0]) {
        calls.push(outcomes.length);
        return store.recordOutcomes(outcomes);
      },
    };
    const progress: string[] = [];
    const onProgress = ({ done, total, item }: { done: number; total: number; item: string }) =>
      void progress.push(`${done}/${total} ${item}`);
    const report = await matchOutcomes('2024-04-12', referenceOf({ ...parts, prices, store: counting }), {
      onProgress,
    });
    expect(report).toMatchObject({ matched: 210, pending: [], failures: [] });
    expect(most).toBe(8);
    expect(calls).toEqual([192, 18]);
    expect(progress).toEqual(codes.map((code, i) => `${i + 1}/70 ${code}`));
  });

  it('does not let an instrument whose outcomes the store refuses take the others along', async () => {
    const { parts, store } = await manyIssued(3);
    const error = new ForecastError('UNKNOWN_PREDICTION', 'gone');
    const refusing = {
      ...store,
      recordOutcomes: (outcomes: Parameters<typeof store.recordOutcomes>[0]) =>
        outcomes.some(({ code }) => code === 'S001') ? Promise.reject(error) : store.recordOutcomes(outcomes),
    };
    const report = await matchOutcomes('2024-04-12', referenceOf({ ...parts, store: refusing }));
    expect(report).toMatchObject({ matched: 6, failures: [{ code: 'S001', error }] });
    expect(new Set((await store.listOutcomes()).map(({ code }) => code))).toEqual(new Set(['S000', 'S002']));
  });

  it('matches only the instruments that it is asked for', async () => {
    const { context, store } = await manyIssued(3);
    const report = await matchOutcomes('2024-04-12', context, { codes: ['S002', 'S000', 'nobody'] });
    expect(report).toMatchObject({ matched: 6, failures: [] });
    expect(new Set((await store.listOutcomes()).map(({ code }) => code))).toEqual(new Set(['S000', 'S002']));
    await expect(matchOutcomes('2024-04-12', context, { codes: [] })).rejects.toMatchObject({ field: 'codes' });
  });

  it('reports a stored prediction that cannot be read back, and matches the others', async () => {
    const { parts, context, store } = await manyIssued(3);
    const error = new ForecastError('CORRUPT_ROW', 'spoiled', { actual: 'S001 2024-03-29 3' });
    const spoiled = {
      ...store,
      async listPredictions(query: PredictionQuery = {}) {
        const rows = await store.listPredictions(query);
        const readable = rows.filter(({ code, horizon }) => code !== 'S001' || horizon !== 3);
        if (readable.length < rows.length && query.onCorruptRow === undefined) throw error;
        if (readable.length < rows.length) query.onCorruptRow!(error);
        return readable;
      },
      async listMatched(query: OutcomeQuery = {}) {
        const rows = await store.listMatched(query);
        const readable = rows.filter(({ outcome }) => outcome.code !== 'S001' || outcome.horizon !== 3);
        if (readable.length < rows.length) query.onCorruptRow!(error);
        return readable;
      },
    };
    const only = await matchOutcomes('2024-04-12', referenceOf({ ...parts, store: spoiled }), { codes: ['S001'] });
    expect(only).toMatchObject({ matched: 2, failures: [{ code: 'S001', error }] });
    const all = await matchOutcomes('2024-04-12', referenceOf({ ...parts, store: spoiled }));
    expect(all).toMatchObject({ matched: 6, failures: [{ code: 'S001 2024-03-29 3', error }] });

    const warnings: object[] = [];
    const logger = { info() {}, warn: (_message: string, detail?: object) => void warnings.push(detail!) };
    await matchOutcomes('2024-04-12', context);
    expect(await updateWeights(referenceOf({ ...parts, store: spoiled, logger }))).toHaveLength(8);
    expect(warnings).toContainEqual({ error });
  });

  it('lets timers and signals through between instruments, though prices and store never wait', async () => {
    const { context, store } = await manyIssued(70);
    const controller = new AbortController();
    setImmediate(() => controller.abort('enough'));
    const call = matchOutcomes('2024-04-12', context, { signal: controller.signal });
    await expect(call).rejects.toBe('enough');
    expect(await store.listOutcomes()).toEqual([]);
  });

  it('refuses a date that is none', async () => {
    const { context } = await issued();
    await expect(matchOutcomes('2024-02-30', context)).rejects.toMatchObject({ code: 'INVALID_DATE' });
  });
});

describe('predict on past days', () => {
  it('gives the same forecast whatever came later', async () => {
    const { clock } = seoulClock('2024-03-20T16:00:00');
    const chronos = fakeChronos();
    const early = await predict(
      'x',
      referenceOf({ prices: arrayPrices({ x: until('2024-03-20') }).prices, chronos, clock }),
    );
    const late = await predict('x', referenceOf({ prices: arrayPrices({ x: bars }).prices, chronos, clock }));
    expect(late).toEqual(early);
  });
});
