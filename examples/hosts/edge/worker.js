// A worker of an edge network: no files, no processes; the weights are in the bundle. POST { code, bars } gives a forecast.
import { chronosMember, createContext, isForecastError, krx, loadChronos, predict } from 'chronolight';
import * as checkpoint from 'chronolight/chronos/default-checkpoint';
import { memoryPrices } from 'chronolight/prices/memory';

/** Loaded by the first request of an instance, since some networks forbid work outside of requests. */
let loading;

export default {
  async fetch(request) {
    if (request.method !== 'POST') return Response.json({ error: 'POST { code, bars }' }, { status: 405 });
    try {
      const { code, bars, horizons } = await request.json();
      loading ??= loadChronos(checkpoint, { runtime: 'builtin' });
      const members = [chronosMember(await loading)];
      const context = createContext({ market: krx, prices: memoryPrices({ [code]: bars }), members });
      return Response.json(await predict(code, context, { horizons, signal: request.signal }));
    } catch (error) {
      const isOurs = isForecastError(error);
      return Response.json({ error: isOurs ? error.code : 'BAD_REQUEST' }, { status: isOurs ? 422 : 400 });
    }
  },
};
