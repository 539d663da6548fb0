// AWS Lambda behind a function URL or an HTTP API: GET /005930. Bundled to one file, it needs nothing else:
//   esbuild handler.js --bundle --platform=node --format=esm --outfile=dist/handler.mjs
import { chronosMember, createContext, ForecastError, isForecastError, krx, loadChronos, predict } from 'chronolight';
import { parseBars } from 'chronolight/prices/csv';

/** CSV files over HTTP; a bucket's address, for example. */
const prices = {
  async getBars(code, { from = '', to = '9999', limit, signal }) {
    const response = await fetch(`${process.env.PRICES_URL}/${encodeURIComponent(code)}.csv`, { signal });
    if (response.status === 404) throw new ForecastError('UNKNOWN_CODE', `no prices of ${code}`, { field: 'code' });
    if (!response.ok) throw new ForecastError('PRICE_SOURCE_FAILED', `prices of ${code}: ${response.status}`);
    const bars = parseBars(await response.text(), code).filter(({ date }) => date >= from && date <= to);
    return limit === undefined ? bars : bars.slice(-limit);
  },
};

// once for each instance of the function, not for each request
const chronos = await loadChronos(undefined, { runtime: 'builtin' });
const context = createContext({ market: krx, prices, priceTimeoutMs: 5_000, members: [chronosMember(chronos)] });

export async function handler({ rawPath, queryStringParameters }) {
  const code = decodeURIComponent(rawPath.slice(1));
  const horizons = (queryStringParameters?.horizons ?? '1,5').split(',').map(Number);
  try {
    return answer(200, await predict(code, context, { horizons }));
  } catch (error) {
    if (isForecastError(error, 'UNKNOWN_CODE')) return answer(404, { error: error.code });
    if (isForecastError(error, 'INVALID_HORIZON')) return answer(400, { error: error.code });
    console.error(error); // to the function's log, not to the caller
    return answer(502, { error: isForecastError(error) ? error.code : 'UNEXPECTED' });
  }
}

const answer = (statusCode, body) => {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
};
