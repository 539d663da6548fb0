// Forecasts by HTTP: POST and GET /forecast, the scorecard, health, and an end that lets requests in work finish. With `--port 8080` it stays up.
import { createContext, krx } from 'chronolight';
import { createForecastService } from 'chronolight/service';
import { memoryStore } from 'chronolight/store/memory';
import { simulatedPrices } from './simulated-market.js';

const codes = ['005930', '000660', '035420'];
const context = createContext({
  market: krx,
  prices: simulatedPrices(codes, { last: '2026-11-20' }), // your prices: csvPrices('data/')
  store: memoryStore(), // your store: await sqliteStore('forecasts.db')
  clock: () => new Date('2026-11-20T18:00:00+09:00'), // leave it out for the real one
});
const service = createForecastService(context, { maxConcurrent: 32, timeoutMs: 20_000 });

const at = process.argv.indexOf('--port');
const url = await service.listen({ port: at < 0 ? 0 : Number(process.argv[at + 1]) });

if (at < 0) {
  // Three callers at once: one call of Chronos serves them.
  const asked = codes.map((code) => fetch(`${url}/forecast/${code}?horizons=1,5`).then((response) => response.json()));
  for (const { code, baseDate, steps } of await Promise.all(asked)) {
    const [{ targetDate, ciLow, ciHigh }] = steps;
    console.log(`${code} after ${baseDate}: 80 % for ${targetDate} from ${ciLow.toFixed(0)} to ${ciHigh.toFixed(0)}`);
  }
  const stored = await fetch(`${url}/forecast`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ codes: ['005930', 'nobody'], store: true }),
  });
  const { forecasts, failures } = await stored.json();
  console.log(`${forecasts.length} stored; ${failures.map(({ code, error }) => `${code}: ${error.code}`).join()}`);
  const { issued, waiting } = await (await fetch(`${url}/scorecard`)).json();
  console.log(`the scorecard: ${issued} issued, ${waiting} wait for their day`);
  console.log(`health: ${(await (await fetch(`${url}/health`)).json()).status}`);
  await service.stop();
} else {
  console.log(url);
  process.once('SIGTERM', () => service.stop());
}
