// deno run --allow-read=data,node_modules --allow-net=127.0.0.1 server.js: GET /005930. It may read prices and the model, and no more.
import { chronosMember, createContext, isForecastError, krx, loadChronos, predict } from 'chronolight';
import { csvPrices } from 'chronolight/prices/csv';

const chronos = await loadChronos(undefined, { runtime: 'builtin' });
const context = createContext({ market: krx, prices: csvPrices('data/'), members: [chronosMember(chronos)] });

const server = Deno.serve({ hostname: '127.0.0.1', port: 8080 }, async (request) => {
  const code = decodeURIComponent(new URL(request.url).pathname.slice(1));
  try {
    return Response.json(await predict(code, context, { horizons: [1, 5], signal: request.signal }));
  } catch (error) {
    if (!isForecastError(error)) throw error;
    return Response.json({ error: error.code }, { status: error.code === 'UNKNOWN_CODE' ? 404 : 500 });
  }
});
Deno.addSignalListener('SIGTERM', () => server.shutdown()); // what is in work ends
