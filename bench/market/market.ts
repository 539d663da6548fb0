import { memoryModels } from '../../adapters/store/memory.js';
import type { ChronosModel } from '../../src/chronos/index.js';
import { ForecastError } from '../../src/errors.js';
import { krx } from '../../src/markets/index.js';
import { chronosMember, instrumentLgbm, modelKey } from '../../src/members/index.js';
import { type Context, retrain } from '../../src/pipeline/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { type Bar, type PriceSeries, parseSeries } from '../../src/series/index.js';
import { createContext } from '../../src/setup/index.js';
import type { ModelEntry, ModelStore } from '../../src/store/model-store.js';
import type { Store } from '../../src/store/store.js';
import { simulateBars } from '../../test/pipeline/simulated-market.js';

export const HORIZONS = [1, 3, 5];

/** The last day that the simulated bars know; forecasts are made after its close. */
export const LAST_DAY = '2024-03-29';

/** Half past four in Seoul. */
export const clock = () => new Date(`${LAST_DAY}T07:30:00Z`);

/** Instruments' codes, six digits. */
export function marketCodes(count: number): string[] {
  return Array.from({ length: count }, (_, index) => String(10 + 10 * index).padStart(6, '0'));
}

/** Checked bars of every instrument, daily volatilities from 1 to 4 %, in the order of the codes. */
export function simulateMarket(codes: readonly string[], count: number, last = LAST_DAY): PriceSeries[] {
  let dates: readonly string[] | undefined;
  return codes.map((code, index) => {
    const sigma = 0.01 + 0.03 * ((index % 97) / 96);
    const series = parseSeries(simulateBars(index + 1, { count, last, sigma }), { code });
    dates ??= series.dates;
    return { ...series, dates };
  });
}

/** Returns a source that makes each answer anew, as one does that reads a file or a network, and keeps columns of numbers only. */
export function columnPrices(codes: readonly string[], market: readonly PriceSeries[]): PriceSource {
  const byCode = new Map(codes.map((code, index) => [code, market[index]]));
  return {
    async getBars(code, { from = '', to = '9999-12-31', limit = Number.POSITIVE_INFINITY }) {
      const series = byCode.get(code);
      if (series === undefined) throw new ForecastError('UNKNOWN_CODE', `no ${code}`);
      const bars = barsOf(series).filter(({ date }) => from <= date && date <= to);
      return bars.slice(-Math.min(limit, bars.length));
    },
  };
}

export function barsOf({ dates, open, high, low, close, volume }: PriceSeries): Bar[] {
  return dates.map((date, t) => ({
    date,
    open: open[t],
    high: high[t],
    low: low[t],
    close: close[t],
    volume: volume[t],
  }));
}

/** Returns the key of one of an instrument's models. */
export function keyOf(code: string, horizon: number, kind: 'reg' | 'cls'): string {
  return modelKey('lgbm', { code, horizon, kind });
}

/** Returns the context of a market's batch: Chronos and the pairs of LightGBM models of each instrument. */
export function marketContext(
  parts: { prices: PriceSource; store: Store; chronos: ChronosModel },
  now = clock,
): Context {
  const { chronos, ...rest } = parts;
  return createContext({
    market: krx,
    ...rest,
    members: [chronosMember(chronos), instrumentLgbm({ halfWidth: 0.03 })],
    clock: now,
  });
}

/** The texts of a trained pair of each horizon, in the order of `HORIZONS`. */
type TrainedTexts = { reg: string; cls: string }[];

/** Retrains some instruments on five years of bars, and returns every pair, whatever the gate thinks of it. */
export async function trainSome(count: number): Promise<TrainedTexts[]> {
  const codes = marketCodes(count);
  const prices = columnPrices(codes, simulateMarket(codes, 1250));
  const models = memoryModels();
  const members = [instrumentLgbm({ halfWidth: 0.03, gateTolerance: Number.MAX_VALUE })];
  const context = createContext({ market: krx, prices, models, members, clock });
  await retrain(context, { codes, horizons: HORIZONS });
  const textOf = async (code: string, horizon: number, kind: 'reg' | 'cls') =>
    (await models.get(keyOf(code, horizon, kind)))!;
  const pairOf = async (code: string, horizon: number) => ({
    reg: await textOf(code, horizon, 'reg'),
    cls: await textOf(code, horizon, 'cls'),
  });
  return Promise.all(codes.map((code) => Promise.all(HORIZONS.map((horizon) => pairOf(code, horizon)))));
}

/** Puts a pair of models for each code and horizon, the trained ones by turns; returns their size in bytes. */
export async function putModels(
  models: ModelStore,
  codes: readonly string[],
  trained: readonly TrainedTexts[],
): Promise<number> {
  let bytes = 0;
  for (let start = 0; start < codes.length; start += 100) {
    const entries: ModelEntry[] = codes.slice(start, start + 100).flatMap((code, offset) =>
      HORIZONS.flatMap((horizon, h) => {
        const { reg, cls } = trained[(start + offset) % trained.length][h];
        return [
          { key: keyOf(code, horizon, 'reg'), text: reg },
          { key: keyOf(code, horizon, 'cls'), text: cls },
        ];
      }),
    );
    for (const { text } of entries) bytes += text.length;
    await models.putMany!(entries);
  }
  return bytes;
}
