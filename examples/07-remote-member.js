// A model that is elsewhere, as a member: asked by HTTP, with a limit of time. When it is slow, broken or talks nonsense, that is its own
// failure with a code, and the ensemble goes on without it.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { chronosMember, createContext, ForecastError, krx, predict } from 'chronolight';
import { garchForecast } from 'chronolight/baselines';
import { simulatedPrices } from './simulated-market.js';

/**
 * Returns a member that asks a service: POST { series: [{ code, closes }], horizons } -> { levels, quantiles: [series][horizon][level] }.
 *
 * @param timeoutMs for the whole batch
 */
export function remoteMember(url, { name = 'remote', prior = 0.3, timeoutMs = 2_000 } = {}) {
  return {
    name,
    prior,
    async forecast(batch, { horizons, signal }) {
      const series = batch.map(({ code, series: { close } }) => ({ code, closes: [...close] }));
      const { levels, quantiles } = await ask(url, { series, horizons }, { name, timeoutMs, signal });
      // what is no forecast (levels out of order, a price below 0) is refused by the library, with INVALID_FORECAST
      return batch.map((_, i) => new Map(horizons.map((h, j) => [h, { levels, quantiles: quantiles?.[i]?.[j] }])));
    },
  };
}

async function ask(url, question, { name, timeoutMs, signal }) {
  const limit = AbortSignal.timeout(timeoutMs);
  const failed = (code, message, cause) => new ForecastError(code, `${name}: ${message}`, { field: 'members', cause });
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(question),
      signal: AbortSignal.any([signal, limit]),
    });
    if (!response.ok) throw failed('NO_FORECAST', `the service answered ${response.status}`);
    return await response.json();
  } catch (error) {
    signal.throwIfAborted(); // the caller gave up: no failure of the service
    if (error instanceof ForecastError) throw error;
    if (limit.aborted) throw failed('TIMEOUT', `no answer within ${timeoutMs} ms`, error);
    throw failed('NO_FORECAST', 'the service cannot be reached, or does not speak JSON', error);
  }
}

/** The service: GARCH(1,1), here in the same process; yours is a GPU, or Python. `mood` makes it fail as services do. */
let mood = 'well';
const service = createServer(async (request, response) => {
  let body = '';
  for await (const part of request) body += part;
  if (mood === 'slow') return;
  if (mood === 'broken') return void response.writeHead(503).end();
  const { series, horizons } = JSON.parse(body);
  const answers = series.map(({ closes }) => garchForecast(closes, { horizon: Math.max(...horizons) }));
  const [{ levels }] = answers;
  const step = ({ quantiles }, horizon) => [...quantiles.slice((horizon - 1) * levels.length, horizon * levels.length)];
  const quantiles = answers.map((answer) => horizons.map((horizon) => step(answer, horizon)));
  if (mood === 'mad') for (const row of quantiles.flat()) row[0] = -1;
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ levels, quantiles }));
});
await once(service.listen(0, '127.0.0.1'), 'listening');

const remote = remoteMember(`http://127.0.0.1:${service.address().port}`, { timeoutMs: 1_000 });
const context = createContext({
  market: krx,
  prices: simulatedPrices(['005930'], { last: '2026-11-20' }),
  members: [chronosMember(), remote],
  clock: () => new Date('2026-11-20T18:00:00+09:00'), // leave it out for the real one
});
for (mood of ['well', 'slow', 'broken', 'mad']) {
  const { steps, failures } = await predict('005930', context, { horizons: [1] });
  const [{ weights, ciLow, ciHigh }] = steps;
  const shares = Object.entries(weights).map(([name, weight]) => `${name} ${Math.round(100 * weight)} %`);
  const failed = failures.map(({ member, code }) => `${member} failed with ${code}`);
  console.log(`${mood}: ${[...shares, ...failed].join(', ')}; 80 % from ${ciLow.toFixed(0)} to ${ciHigh.toFixed(0)}`);
}
service.closeAllConnections();
service.close();
