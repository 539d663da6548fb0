import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { buildFeatures, DEFAULT_FEATURES } from '../../src/features/index.js';
import type { Bar } from '../../src/series/index.js';

interface Golden {
  madeBy: string;
  instruments: (Record<'open' | 'high' | 'low' | 'close' | 'volume', number[]> & {
    name: string;
    dates: string[];
    rows: number[];
    talib: Record<string, (number | null)[]>;
    numpy: Record<string, (number | null)[]>;
  })[];
}

// Simulated bars, and values by TA-Lib's C library and by numpy: test/parity/features/make-golden.py.
const golden: Golden = JSON.parse(readFileSync(new URL('../fixtures/features/golden.json', import.meta.url), 'utf8'));

/** Rows that TA-Lib leaves empty though the value is defined: it starts line and %K with the signal and %D. */
const EARLIER_HERE: Record<string, number> = { macd: 33, stoch_k: 17 };

describe.each(golden.instruments)('on the simulated instrument $name', (instrument) => {
  const bars: Bar[] = instrument.dates.map((date, t) => ({
    date,
    open: instrument.open[t],
    high: instrument.high[t],
    low: instrument.low[t],
    close: instrument.close[t],
    volume: instrument.volume[t],
  }));
  const { names, values } = buildFeatures(bars);
  const at = (name: string, row: number) => values[row * names.length + names.indexOf(name)];

  const compare = (name: string, expected: (number | null)[]) => {
    const warmup = EARLIER_HERE[name] ?? 0;
    let compared = 0;
    instrument.rows.forEach((row, i) => {
      const wanted = expected[i];
      const got = at(name, row);
      if (wanted === null) {
        if (row >= warmup) expect(got, `row ${row}`).toBeNaN();
        return;
      }
      compared++;
      expect(Math.abs(got - wanted), `row ${row}: ${got} for ${wanted}`).toBeLessThanOrEqual(1e-9 * Math.abs(wanted));
    });
    expect(compared).toBeGreaterThan(5);
  };

  test.each(Object.entries(instrument.talib))('%s equals TA-Lib within 1e-9, relatively', compare);
  test.each(Object.entries(instrument.numpy))('%s equals numpy within 1e-9, relatively', compare);

  test('every feature has a golden column', () => {
    const covered = [...Object.keys(instrument.talib), ...Object.keys(instrument.numpy)].sort();
    expect(DEFAULT_FEATURES.map(({ name }) => name).sort()).toEqual(covered);
  });
});
