// The entry of the page's workers: answers one request. The page ends it to cancel.
import { isForecastError } from '../../src/errors.js';
import { loadSimdKernel, type SplitKernel } from '../../src/lgbm/index.js';
import { everyDay, krx, us } from '../../src/markets/index.js';
import { addTradingDays } from '../../src/series/index.js';
import { answerRequests } from './answer-requests.js';
import { forecastAll } from './forecast.js';
import { readSource } from './read-source.js';
import { replay } from './replay.js';
import type { MarketName, Request } from './request.js';
import { trainLgbm } from './train-lgbm.js';

const MARKETS = { krx, us, 'every-day': everyDay } as const satisfies Record<MarketName, unknown>;

answerRequests(answer);

async function answer(request: Request, onProgress: (share: number) => void) {
  if (request.kind === 'replay') return replay(request.series, request.horizon, onProgress);
  if (request.kind === 'chronos') throw new TypeError('chronos-worker.js answers this');
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
