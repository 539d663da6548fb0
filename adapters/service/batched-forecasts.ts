import { timerMs } from '../../src/concurrency/index.js';
import { type Context, type ForecastResult, predictMany } from '../../src/pipeline/index.js';

/** Asks for forecasts of one code. */
export type AskForecast = (code: string, horizons: readonly number[]) => Promise<ForecastResult>;

/**
 * Returns a function that forecasts one instrument, and asks the members once for all that are asked for within a few milliseconds: a
 * transformer forecasts 64 series in little more time than one.
 *
 * Callers of the same code and horizons share one forecast. At most one batch of a set of horizons is in work; later ones gather meanwhile.
 *
 * @param waitMs how long the first of a batch waits for others
 * @param maxCodes instruments in one batch; the rest make the next
 */
export function batchedForecasts(
  context: Context,
  { waitMs, maxCodes, signal }: { waitMs: number; maxCodes: number; signal: AbortSignal },
): AskForecast {
  interface Gathering {
    horizons: readonly number[];
    waiting: Map<string, PromiseWithResolvers>;
  }
  const gatherings = new Map<string, Gathering>();

  async function flush(key: string, gathering: Gathering): Promise<void> {
    const batch = [...gathering.waiting].slice(0, maxCodes);
    for (const [code] of batch) gathering.waiting.delete(code);
    try {
      const codes = batch.map(([code]) => code);
      const results = await predictMany(codes, context, { horizons: gathering.horizons, signal });
      for (const [i, [, waiter]] of batch.entries()) waiter.resolve(results[i]);
    } catch (error) {
      for (const [, waiter] of batch) waiter.reject(error);
    }
    if (gathering.waiting.size > 0) void flush(key, gathering);
    else gatherings.delete(key);
  }

  return (code, horizons) => {
    const key = horizons.join(',');
    let gathering = gatherings.get(key);
    if (gathering === undefined) {
      const fresh: Gathering = { horizons, waiting: new Map() };
      gathering = fresh;
      gatherings.set(key, fresh);
      setTimeout(() => void flush(key, fresh), timerMs(waitMs));
    }
    let waiter = gathering.waiting.get(code);
    if (waiter === undefined) {
      waiter = withResolvers();
      gathering.waiting.set(code, waiter);
    }
    return waiter.promise;
  };
}

interface PromiseWithResolvers {
  promise: Promise<ForecastResult>;
  resolve(result: ForecastResult): void;
  reject(error: unknown): void;
}

function withResolvers(): PromiseWithResolvers {
  let settle: Omit<PromiseWithResolvers, 'promise'> | undefined;
  const promise = new Promise<ForecastResult>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle! };
}
