import { describe, expect, it } from 'vitest';
import { forecastRows, isChronos2, loadChronos, type TableOptions, type TableRow } from '../../src/chronos/index.js';
import { nextTimestamps } from '../../src/chronos/table/next-timestamps.js';
import { fixture } from './fixtures.js';

const day = (i: number) => new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
const series = (code: string, length: number, scale: number): TableRow[] =>
  Array.from({ length }, (_, i) => ({
    code,
    date: day(i),
    close: scale * (100 + ((i * 7919) % 23)),
    volume: 10 + (i % 4),
    weekday: ['mon', 'tue', 'wed'][i % 3],
  }));
const A = series('A', 30, 1);
const B = series('B', 20, 3);
const closes = (rows: readonly TableRow[]) => rows.map(({ close }) => close as number);
const OPTIONS: TableOptions = { id: 'code', timestamp: 'date', target: 'close', horizon: 3 };

describe('forecastRows', () => {
  it.each(['bolt-wide-heads', 't5-wide-heads', 'chronos2-wide-heads'])(
    'gives each series of a mixed table what forecast gives it, with the days that follow: %s',
    async (name) => {
      const model = await loadChronos(fixture(name));
      const rows = [...B, ...A].sort((x, y) => (String(x['close']) < String(y['close']) ? -1 : 1));
      const table = await forecastRows(model, rows, { ...OPTIONS, numSamples: 4 });
      const order = [...new Set(rows.map(({ code }) => code))];
      const contexts = order.map((code) => closes(code === 'A' ? A : B));
      const forecasts = await model.forecast(contexts, { horizon: 3, numSamples: 4 });
      expect(table).toHaveLength(6);
      table.forEach((row, i) => {
        const { median, levels, quantiles } = forecasts[Math.floor(i / 3)];
        const step = i % 3;
        expect(row).toEqual({
          code: order[Math.floor(i / 3)],
          date: day((row['code'] === 'A' ? 30 : 20) + step),
          target_name: 'close',
          predictions: median[step],
          ...Object.fromEntries(levels.map((level, j) => [String(level), quantiles[step * levels.length + j]])),
        });
      });
      await model.dispose();
    },
  );

  it('hands targets and covariates of Chronos-2 to its tasks, those known ahead with their future', async () => {
    const model = await loadChronos(fixture('chronos2-wide-heads'));
    if (!isChronos2(model)) throw new Error('another family');
    const future = Array.from({ length: 3 }, (_, i) => ({ code: 'A', date: day(40 + i), weekday: 'tue' }));
    const options = { ...OPTIONS, target: ['close', 'volume'], covariates: ['weekday', 'extra'], levels: [0.2, 0.7] };
    const rows = A.map((row, i) => ({ ...row, extra: i === 3 ? null : i / 7 }));
    const table = await forecastRows(model, rows, { ...options, future });
    const [[close, volume]] = await model.forecastTasks(
      [
        {
          targets: [closes(A), A.map(({ volume }) => volume as number)],
          pastCovariates: {
            weekday: A.map(({ weekday }) => weekday as string),
            extra: rows.map(({ extra }) => extra ?? Number.NaN),
          },
          futureCovariates: { weekday: ['tue', 'tue', 'tue'] },
        },
      ],
      { horizon: 3, levels: [0.2, 0.7] },
    );
    expect(table.map((row) => [row['target_name'], row['date'], row['0.2'], row['0.7']])).toEqual(
      [close, volume].flatMap(({ quantiles }, t) =>
        [0, 1, 2].map((i) => [['close', 'volume'][t], day(40 + i), quantiles[2 * i], quantiles[2 * i + 1]]),
      ),
    );
    await model.dispose();
  });

  it('takes missing values for NaN, and keeps the form of times', async () => {
    const model = await loadChronos(fixture('bolt-wide-heads'));
    const values = closes(A).map((value, i) => (i === 5 ? Number.NaN : value));
    const [{ median }] = await model.forecast([values], { horizon: 1 });
    for (const [form, next] of [
      [(i: number) => Date.UTC(2024, 0, 1 + i), Date.UTC(2024, 0, 31)],
      [(i: number) => new Date(Date.UTC(2024, 0, 1 + i)), new Date(Date.UTC(2024, 0, 31))],
      [(i: number) => `${day(i)}T09:00:00Z`, '2024-01-31T09:00:00.000Z'],
    ] as const) {
      const rows = A.map((row, i) => ({ item_id: 7, timestamp: form(i), target: i === 5 ? null : row['close'] }));
      const table = await forecastRows(model, rows, { horizon: 1 });
      expect(table).toEqual([expect.objectContaining({ item_id: 7, timestamp: next, predictions: median[0] })]);
    }
    await model.dispose();
  });

  it('asks the host what comes next where no rule tells it', async () => {
    const model = await loadChronos(fixture('bolt-wide-heads'));
    const gap = A.filter((_, i) => i !== 7);
    await expect(forecastRows(model, gap, OPTIONS)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', field: 'date' });
    const table = await forecastRows(model, gap, {
      ...OPTIONS,
      ahead: (last, n) => Array.from({ length: n }, (_, i) => `${last}+${i}`),
    });
    expect(table.map(({ date }) => date)).toEqual([0, 1, 2].map((i) => `${day(29)}+${i}`));
    await model.dispose();
  });

  it.each<[string, TableRow[], Partial<TableOptions>, string]>([
    ['a value that is text', [{ code: 'A', date: day(0), close: '12' }], {}, 'rows[0].close'],
    ['a column that is not there', [{ code: 'A', date: day(0) }], {}, 'rows[0].close'],
    ['a day that is none', [{ code: 'A', date: '03/04/2024', close: 1 }], {}, 'rows[0].date'],
    ['a series without a name', [{ date: day(0), close: 1 }], {}, 'rows[0].code'],
    ['two rows of one time', [A[0], A[1], A[0]], {}, 'rows[2].date'],
    ['covariates that the family does not read', A, { covariates: ['volume'] }, 'covariates'],
    ['a future of another length', A, { future: [{ code: 'A', date: day(30) }] }, 'future'],
    [
      'a future that lies in the past',
      A,
      { future: [0, 1, 2].map((i) => ({ code: 'A', date: day(i) })) },
      'future[0].date',
    ],
    ['no target', A, { target: [] }, 'target'],
    ['an option that is none', A, { targt: 'close' } as object, 'targt'],
    ['a horizon that is none', A, { horizon: Infinity }, 'horizon'],
  ])('refuses %s', async (_, rows, more, field) => {
    const model = await loadChronos(fixture('bolt-wide-heads'));
    await expect(forecastRows(model, rows, { ...OPTIONS, ...more })).rejects.toMatchObject({ field });
    await model.dispose();
  });
});

describe('nextTimestamps', () => {
  const at = (text: string) => Date.parse(text);
  // As pandas 2 continues them: pd.date_range of the inferred frequency.
  it.each<[string, string[], string[] | undefined]>([
    ['hours', ['2024-03-08T10:00Z', '2024-03-08T11:00Z'], ['2024-03-08T12:00Z', '2024-03-08T13:00Z']],
    ['days', ['2024-03-08', '2024-03-09'], ['2024-03-10', '2024-03-11']],
    ['weekdays', ['2024-03-07', '2024-03-08', '2024-03-11'], ['2024-03-12', '2024-03-13']],
    ['weekdays up to a Friday', ['2024-03-11', '2024-03-12', '2024-03-13', '2024-03-14', '2024-03-15'], undefined],
    ['firsts of months', ['2024-01-01', '2024-02-01', '2024-03-01'], ['2024-04-01', '2024-05-01']],
    ['ends of months', ['2023-12-31', '2024-01-31', '2024-02-29'], ['2024-03-31', '2024-04-30']],
    ['quarters', ['2023-09-30', '2023-12-31', '2024-03-31'], ['2024-06-30', '2024-09-30']],
    ['years', ['2022-07-01', '2023-07-01', '2024-07-01'], ['2025-07-01', '2026-07-01']],
    ['a day with a holiday left out', ['2024-03-05', '2024-03-06', '2024-03-08'], undefined],
    ['one', ['2024-03-05'], undefined],
  ])('continues %s', (_, times, next) => {
    expect(nextTimestamps(times.map(at), 2)).toEqual(next?.map(at));
  });
});
