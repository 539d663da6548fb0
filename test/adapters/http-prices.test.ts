import { getEventListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemPace } from '../../adapters/prices/pace.js';
import { type PoliteGetOptions, politeGet } from '../../adapters/prices/polite-get.js';
import { failureOf, fakePace, handPace, type PricesServer, type Reply, startPricesServer } from './prices-server.js';

let server: PricesServer;
beforeAll(async () => {
  server = await startPricesServer();
});
beforeEach(() => {
  server.requests.length = 0;
});
afterAll(() => server.close());

/** Answers the requests with the replies, one after the other; the last one again and again. */
const answerWith = (...replies: Reply[]) => {
  server.reply = (_, number) => replies[Math.min(number, replies.length) - 1];
};

const opened = (options: PoliteGetOptions = {}) => {
  const pace = fakePace();
  const get = politeGet('test', { baseUrl: server.url, ...options }, pace);
  return {
    pace,
    get: async (path = '/x', signal?: AbortSignal) => {
      const { status, bytes } = await get('test(X)', { path, accept: 'text/plain', signal });
      return `${status} ${Buffer.from(bytes)}`;
    },
  };
};

describe('repetition', () => {
  test('5xx is tried again after waits that double', async () => {
    answerWith({ status: 503 }, { status: 500 }, { body: 'fine' });
    const { get, pace } = opened({ minGapMs: 0 });
    expect(await get()).toBe('200 fine');
    expect(server.requests).toHaveLength(3);
    expect(pace.waits).toEqual([1000, 2000]);
  });

  test('it ends after `retries`, with PRICE_SOURCE_FAILED, the status and the number of tries', async () => {
    answerWith({ status: 500, body: 'secret page' });
    const { get } = opened({ retries: 3 });
    const error = await failureOf(get());
    expect(error).toMatchObject({ name: 'ForecastError', code: 'PRICE_SOURCE_FAILED', cause: { status: 500 } });
    expect(error.message).toBe('test(X): HTTP 500, tried 4 times');
    expect(server.requests).toHaveLength(4);
  });

  test('the doubled wait is never longer than maxWaitMs', async () => {
    answerWith({ status: 500 });
    const { get, pace } = opened({ retries: 4, minGapMs: 0, maxWaitMs: 3000 });
    await failureOf(get());
    expect(pace.waits).toEqual([1000, 2000, 3000, 3000]);
  });

  test.each([
    ['seconds', { 'retry-after': '7' }],
    ['a date', { 'retry-after': 'Fri, 08 Mar 2024 07:00:07 GMT', date: 'Fri, 08 Mar 2024 07:00:00 GMT' }],
  ])('429 waits as long as Retry-After says, in %s', async (_, headers) => {
    answerWith({ status: 429, headers }, { body: 'fine' });
    const { get, pace } = opened({ minGapMs: 0 });
    expect(await get()).toBe('200 fine');
    expect(pace.waits).toEqual([7000]);
  });

  test.each(['0', '-5', 'soon', 'Fri, 08 Mar 2024 06:00:00 GMT'])(
    'Retry-After %s leaves the usual wait',
    async (value) => {
      const headers = { 'retry-after': value, date: 'Fri, 08 Mar 2024 07:00:00 GMT' };
      answerWith({ status: 429, headers }, { body: 'fine' });
      const { get, pace } = opened({ minGapMs: 0 });
      expect(await get()).toBe('200 fine');
      expect(pace.waits).toEqual([1000]);
    },
  );

  test('a Retry-After beyond maxWaitMs fails at once and is handed on', async () => {
    answerWith({ status: 429, headers: { 'retry-after': '3600' } });
    const { get, pace } = opened();
    const error = await failureOf(get());
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status: 429, retryAfterMs: 3_600_000 } });
    expect(error.message).toBe('test(X): HTTP 429, tried 1 time; the server asks to wait 3600 s');
    expect(server.requests).toHaveLength(1);
    expect(pace.waits).toEqual([]);
  });

  test.each([200, 204, 400, 401, 403, 404])('%i is an answer, not tried again', async (status) => {
    answerWith({ status });
    expect(await opened().get()).toBe(`${status} `);
    expect(server.requests).toHaveLength(1);
  });

  test('a body cut off midway is tried again', async () => {
    answerWith({ body: 'half of it', fault: 'cut' }, { body: 'the whole' });
    expect(await opened().get()).toBe('200 the whole');
  });

  test('a connection that always breaks is PRICE_SOURCE_FAILED with what fetch threw', async () => {
    answerWith({ body: 'half of it', fault: 'cut' });
    const error = await failureOf(opened().get());
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { cause: expect.any(TypeError) } });
    expect(error.cause.status).toBeUndefined();
    expect(server.requests).toHaveLength(3);
  });

  test.each(['hang', 'stall'] as const)('a server that %ss is left after timeoutMs, and asked again', async (fault) => {
    answerWith({ body: 'half of it', fault }, { body: 'the whole' });
    expect(await opened({ timeoutMs: 50 }).get()).toBe('200 the whole');
    answerWith({ body: 'half of it', fault });
    const error = await failureOf(opened({ timeoutMs: 50, retries: 0 }).get());
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', message: expect.stringContaining('within 50 ms') });
    await server.hungUp;
  });
});

describe('the queue', () => {
  test('requests made together start minGapMs apart, in their order', async () => {
    const starts: string[] = [];
    const pace = fakePace();
    const send = (async (url: string) => {
      starts.push(`${new URL(url).pathname} at ${pace.now()}`);
      return new Response('');
    }) as typeof fetch;
    const get = politeGet('test', { baseUrl: server.url, minGapMs: 300, fetch: send }, pace);
    await Promise.all(['/a', '/b', '/c', '/d'].map((path) => get('test', { path, accept: '*/*' })));
    expect(starts).toEqual(['/a at 0', '/b at 300', '/c at 600', '/d at 900']);
  });

  test('after a 429 the others wait too', async () => {
    const starts: string[] = [];
    const pace = handPace();
    const send = (async (url: string) => {
      starts.push(`${new URL(url).pathname} at ${pace.now()}`);
      return starts.length === 1
        ? new Response('', { status: 429, headers: { 'retry-after': '9' } })
        : new Response('');
    }) as typeof fetch;
    const get = politeGet('test', { baseUrl: server.url, minGapMs: 10, fetch: send }, pace);
    const first = get('test', { path: '/a', accept: '*/*' });
    await pace.asleep();
    const second = get('test', { path: '/b', accept: '*/*' });
    pace.wake();
    await first;
    await pace.asleep();
    pace.wake();
    await second;
    expect(starts).toEqual(['/a at 0', '/a at 9000', '/b at 9010']);
  });
});

describe('timers', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('an answered request leaves none behind, which would keep the process alive', async () => {
    const send = (async () => new Response('fine')) as typeof fetch;
    expect(await opened({ fetch: send }).get()).toBe('200 fine');
    expect(vi.getTimerCount()).toBe(0);
  });

  test('an aborted wait leaves none behind either', async () => {
    const controller = new AbortController();
    const wait = systemPace.wait(1000, controller.signal);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(new Error('enough'));
    await expect(wait).rejects.toThrow('enough');
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('an abort', () => {
  const reason = new Error('enough');

  test.each(['hang', 'stall'] as const)(
    'ends a request that %ss at once, closes the connection, leaves no listener',
    async (fault) => {
      const controller = new AbortController();
      const { signal } = controller;
      const fresh = await startPricesServer(() => {
        setImmediate(() => controller.abort(reason));
        return { body: 'half of it', fault };
      });
      const { get } = opened({ baseUrl: fresh.url });
      expect(await failureOf(get('/x', signal))).toBe(reason);
      expect(getEventListeners(signal, 'abort')).toEqual([]);
      await fresh.hungUp;
      expect(fresh.requests).toHaveLength(1);
      await fresh.close();
    },
  );

  test('ends the wait before a repetition, and nothing more is sent', async () => {
    answerWith({ status: 503 });
    const controller = new AbortController();
    const { signal } = controller;
    const send = (async (...args: Parameters<typeof fetch>) => {
      const response = await fetch(...args);
      setImmediate(() => controller.abort(reason));
      return response;
    }) as typeof fetch;
    // the platform's own timers: an hour would outlast the test
    const hour = 3_600_000;
    const get = politeGet('test', { baseUrl: server.url, fetch: send, backoffMs: hour, maxWaitMs: hour });
    expect(await failureOf(get('test', { path: '/x', accept: '*/*', signal }))).toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    expect(server.requests).toHaveLength(1);
  });

  test('ends the wait in the queue, which goes on without it', async () => {
    answerWith({ body: 'fine' });
    const controller = new AbortController();
    const { signal } = controller;
    const get = politeGet('test', { baseUrl: server.url, minGapMs: 30 });
    const [first, second, third] = [undefined, signal, undefined].map((each, index) =>
      get('test', { path: `/${index}`, accept: '*/*', signal: each }).catch((error: unknown) => error),
    );
    controller.abort(reason);
    expect(await second).toBe(reason);
    expect(await Promise.all([first, third])).toMatchObject([{ status: 200 }, { status: 200 }]);
    expect(server.requests.map(({ url }) => url.pathname)).toEqual(['/0', '/2']);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('does not wait for a fetch that looks at no signal', async () => {
    const controller = new AbortController();
    const send = (() => {
      setImmediate(() => controller.abort(reason));
      return new Promise(() => {});
    }) as typeof fetch;
    expect(await failureOf(opened({ fetch: send }).get('/x', controller.signal))).toBe(reason);
  });

  test('a request that succeeds leaves no listener either', async () => {
    answerWith({ body: 'fine' });
    const { signal } = new AbortController();
    expect(await opened().get('/x', signal)).toBe('200 fine');
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

test('requests say who asks and for what', async () => {
  answerWith({});
  await opened().get();
  await opened({ userAgent: 'my host (me@example.org)' }).get();
  expect(server.requests.map(({ headers }) => [headers['user-agent'], headers.accept])).toEqual([
    ['chronolight', 'text/plain'],
    ['my host (me@example.org)', 'text/plain'],
  ]);
  const headers: Headers[] = [];
  const send = (async (_: string, init: RequestInit) => {
    headers.push(new Headers(init.headers));
    return new Response('');
  }) as typeof fetch;
  await opened({ userAgent: '', fetch: send }).get();
  expect(headers[0].has('user-agent')).toBe(false);
});

test('a path after the host is kept, as proxies have one', async () => {
  answerWith({});
  await opened({ baseUrl: `${server.url}/proxy/yahoo/` }).get('/v8/x');
  expect(server.requests[0].url.pathname).toBe('/proxy/yahoo/v8/x');
});

test.each([
  ['timeoutMs', 0],
  ['retries', -1],
  ['backoffMs', 0.5],
  ['maxWaitMs', Number.NaN],
  ['minGapMs', '250'],
  ['fetch', 'fetch'],
  ['baseUrl', 'query2.finance.yahoo.com'],
  ['baseUrl', 'file:///etc'],
  ['baseUrl', 'https://prices.example/?key=1'],
  ['baseUrl', 'https://me:hunter2@prices.example'],
])('refuses the option %s %s, naming it and no password', (field, value) => {
  const open = () => politeGet('test', { baseUrl: 'https://prices.example', [field]: value });
  expect(open).toThrow(expect.objectContaining({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(field) }));
  expect(open).not.toThrow(/hunter2/);
});

test.each(['yahoo', 'naver'])('prices/%s can be bundled for a browser', async (name) => {
  const { metafile } = await build({
    entryPoints: [fileURLToPath(new URL(`../../adapters/prices/${name}.ts`, import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    outdir: 'unwritten',
    metafile: true,
    logLevel: 'silent',
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports.map(({ path }) => path));
  expect(imports).toEqual([]);
});
