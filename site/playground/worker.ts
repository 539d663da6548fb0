// The entry of the page's workers: answers one request. The page ends it to cancel.
import { isForecastError } from '../../src/errors.js';
import { loadSimdKernel, type SplitKernel } from '../../src/lgbm/index.js';
import { everyDay, krx, us } from '../../src/markets/index.js';
import { addTradingDays } from '../../src/series/index.js';
import { forecastAll } from './forecast.js';
import { readSource } from './read-source.js';
import { replay } from './replay.js';
import type { Fault, Forecasts, MarketName, Reply, Request, Trained } from './request.js';
import type { Score } from './score.js';
import { trainLgbm } from './train-lgbm.js';

const MARKETS = { krx, us, 'every-day': everyDay } as const satisfies Record<MarketName, unknown>;

/** How often progress is told. */
const PROGRESS_EVERY_MS = 60;

const scope = globalThis as unknown as Worker;
scope.addEventListener('message', async ({ data }: MessageEvent<Request>) => {
  let told = 0;
  const onProgress = (share: number) => {
    if (performance.now() - told < PROGRESS_EVERY_MS) return;
    told = performance.now();
    post({ kind: 'progress', share });
  };
  try {
    post({ kind: 'result', result: await answer(data, onProgress) });
  } catch (error) {
    post({ kind: 'fault', fault: faultOf(error) });
  }
});

function post(reply: Reply<Forecasts | readonly Score[] | Trained>): void {
  scope.postMessage(reply);
}

async function answer(request: Request, onProgress: (share: number) => void) {
  if (request.kind === 'replay') return replay(request.series, request.horizon, onProgress);
  if (request.kind === 'train') {
    return trainLgbm(request.series, request.horizon, { onProgress, kernel: await fastKernel() });
  }
  const { series, notes } = readSource(request.source);
  const { calendar, flatBand } = MARKETS[request.market];
  const last = series.dates[series.length - 1];
  const dates = Array.from({ length: request.horizon }, (_, k) => addTradingDays(last, k + 1, calendar));
  return { series, notes, dates, flatBand, ...forecastAll(series, request.horizon) };
}

async function fastKernel(): Promise<SplitKernel | undefined> {
  try {
    return await loadSimdKernel();
  } catch (error) {
    if (!isForecastError(error, 'RUNTIME_MISSING')) throw error;
    return undefined;
  }
}

function faultOf(error: unknown): Fault {
  const message = error instanceof Error ? error.message : String(error);
  return isForecastError(error) ? { code: error.code, message } : { message };
}
