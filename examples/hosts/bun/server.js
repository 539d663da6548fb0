// bun server.js: GET /005930. Bun needs no node:http for it; the model is the one of the package, on the built-in runtime.
import { chronosMember, createContext, isForecastError, krx, loadChronos, predict } from 'chronolight';
import { csvPrices } from 'chronolight/prices/csv';

const chronos = await loadChronos(undefined, { runtime: 'builtin' });
const context = createContext({ market: krx, prices: csvPrices('data/'), members: [chronosMember(chronos)] });

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT ?? 8080),
  async fetch(request) {
    const code = decodeURIComponent(new URL(request.url).pathname.slice(1));
    try {
      return Response.json(await predict(code, context, { horizons: [1, 5], signal: request.signal }));
    } catch (error) {
      if (!isForecastError(error)) throw error;
      return Response.json({ error: error.code }, { status: error.code === 'UNKNOWN_CODE' ? 404 : 500 });
    }
  },
});
console.log(`listening on ${server.url}`);
process.once('SIGTERM', () => server.stop()); // what is in work ends
