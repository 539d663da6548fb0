import { fileURLToPath } from 'node:url';
import * as web from 'onnxruntime-web';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ChronosBars, type ChronosModel, loadChronos, type OrtRuntime } from '../../src/chronos/index.js';
import { goldens } from './fixtures.js';

const FOLDER = fileURLToPath(new URL('../../models/default', import.meta.url));

/** Worst deviation from PyTorch, in widths of the step's 80 % interval: some ten roundings of float32. */
const TOLERANCE = 2e-6;

/**
 * Eight simulated contexts (late starts, missing days, whole ones; log prices relative to the last close) and what PyTorch
 * computed for them with the weights of models/default, written by models/training/export.py.
 */
const golden = goldens('default');
const [series, , days] = golden.tensors.get('bars')!.shape;
const [, levels, horizon] = golden.tensors.get('quantiles')!.shape;
const logs = golden.floats('bars');
const expected = golden.floats('quantiles');
const [TENTH, NINETIETH] = [2, 10];

/** Context `row`, priced around `price`. */
function context(row: number, price = 100): ChronosBars {
  const column = (channel: number) => {
    const start = (4 * row + channel) * days;
    return Float64Array.from(logs.subarray(start, start + days), (log) => price * Math.exp(log));
  };
  return { open: column(0), high: column(1), low: column(2), close: column(3) };
}

/** The largest distance of two forecasts' log returns, in widths of the step's 80 % interval. */
function apart(one: Float64Array, other: Float64Array, row: number): number {
  const width = (step: number) =>
    expected[(levels * row + NINETIETH) * horizon + step] - expected[(levels * row + TENTH) * horizon + step];
  return Math.max(...one.map((v, i) => Math.abs(Math.log(v / other[i])) / width(Math.floor(i / levels))));
}

/** The largest distance of a forecast's log returns from the golden ones, in widths of the step's 80 % interval. */
function distance(quantiles: Float64Array, row: number, price = 100): number {
  const wanted = (step: number, level: number) => expected[(levels * row + level) * horizon + step];
  let worst = 0;
  for (let step = 0; step < horizon; step++) {
    const width = wanted(step, NINETIETH) - wanted(step, TENTH);
    for (let level = 0; level < levels; level++) {
      const got = Math.log(quantiles[step * levels + level] / price);
      worst = Math.max(worst, Math.abs(got - wanted(step, level)) / width);
    }
  }
  return worst;
}

describe('the default network of bars', () => {
  let model: ChronosModel;
  beforeAll(async () => {
    model = await loadChronos(FOLDER);
  });
  afterAll(() => model.dispose());

  it.each(Array.from({ length: series }, (_, row) => row))('forecasts context %i as PyTorch does', async (row) => {
    const [forecast] = await model.forecast([context(row)], { horizon });
    expect(distance(forecast.quantiles, row)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('gives a series of a mixed batch the numbers that it has alone', async () => {
    const rows = Array.from({ length: series }, (_, row) => row);
    const short = { open: [9, 10], high: [11, 11], low: [8, 9], close: [10, 10] };
    const forecasts = await model.forecast([short, ...rows.map((row) => context(row))], { horizon });
    for (const row of rows) expect(distance(forecasts[row + 1].quantiles, row)).toBeLessThanOrEqual(TOLERANCE);
    const [alone] = await model.forecast([short], { horizon });
    forecasts[0].quantiles.forEach((value, i) => {
      expect(Math.log(value / alone.quantiles[i])).toBeCloseTo(0, 6);
    });
  });

  it('reads only the last 256 days', async () => {
    const bars = context(series - 1);
    const longer = (column: ArrayLike<number>) => [Number.NaN, -3, 7, ...Array.from(column)];
    const { open, high, low, close } = bars;
    const more = { open: longer(open), high: longer(high), low: longer(low), close: longer(close) };
    const [forecast] = await model.forecast([more], { horizon });
    expect(distance(forecast.quantiles, series - 1)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('scales with the price', async () => {
    const [forecast] = await model.forecast([context(4, 1e-3)], { horizon });
    expect(distance(forecast.quantiles, 4, 1e-3)).toBeLessThanOrEqual(TOLERANCE);
  });

  it('comes close in int8, alone as in a batch, natively as in WebAssembly', async () => {
    const contexts = Array.from({ length: series }, (_, row) => context(row));
    const [native, wasm] = await Promise.all(
      [undefined, web as OrtRuntime].map((ort) => loadChronos(FOLDER, { precision: 'int8', ort, threads: 1 })),
    );
    const together = await native.forecast(contexts, { horizon });
    const inPage = await wasm.forecast(contexts, { horizon });
    for (const [row, one] of contexts.entries()) {
      const [alone] = await native.forecast([one], { horizon });
      // A hundredth of a step of 8 bits would show: the scale of one tensor for all rows moved a forecast by 2 %.
      expect(apart(alone.quantiles, together[row].quantiles, row)).toBeLessThan(1e-4);
      expect(apart(alone.quantiles, inPage[row].quantiles, row)).toBeLessThan(1e-2);
      expect(distance(alone.quantiles, row)).toBeGreaterThan(TOLERANCE);
      expect(distance(alone.quantiles, row)).toBeLessThan(0.04);
    }
    await Promise.all([native.dispose(), wasm.dispose()]);
  });
});
