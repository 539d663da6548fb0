import { getEventListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
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

describe('a wait that the server asks for', () => {
  const asking = { status: 429, headers: { 'retry-after': '3600' } };

  test('beyond maxWaitMs holds for all calls of the source: 50 codes, one request', async () => {
    answerWith(asking);
    const { get } = opened({ minGapMs: 1 });
    const first = await failureOf(get('/0'));
    const others = await Promise.all(Array.from({ length: 49 }, (_, index) => failureOf(get(`/${index + 1}`))));
    const errors = [first, ...others];
    expect(server.requests).toHaveLength(1);
    for (const error of errors) {
      expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status: 429, retryAfterMs: 3_600_000 } });
    }
    expect(errors[1].message).toBe('test(X): not sent: after HTTP 429 the server asks to wait 3600 s more');
  });

  test('is over when it is over, and is waited for once it is short enough', async () => {
    answerWith(asking, { body: 'fine' });
    const { get, pace } = opened({ minGapMs: 0 });
    await failureOf(get());
    await pace.wait(3_579_000);
    expect((await failureOf(get())).message).toContain('wait 21 s more');
    await pace.wait(1_000);
    expect(await get()).toBe('200 fine');
    expect(pace.waits.at(-1)).toBe(20_000);
    expect(server.requests).toHaveLength(2);
  });

  test('after the last try is kept by the next call', async () => {
    answerWith({ status: 503, headers: { 'retry-after': '9' } }, { body: 'fine' });
    const { get, pace } = opened({ retries: 0, minGapMs: 0 });
    await failureOf(get());
    expect(await get()).toBe('200 fine');
    expect(pace.waits).toEqual([9000]);
  });

  test('is a day at most', async () => {
    answerWith({ status: 429, headers: { 'retry-after': '99999999999' } });
    expect((await failureOf(opened().get())).cause.retryAfterMs).toBe(86_400_000);
  });
});

describe('a redirect', () => {
  test('within the host is followed, three times at most', async () => {
    answerWith(
      { status: 302, headers: { location: '/y' } },
      { status: 308, headers: { location: 'z?a=1' } },
      { body: 'fine' },
    );
    expect(await opened().get()).toBe('200 fine');
    expect(server.requests.map(({ url }) => url.pathname + url.search)).toEqual(['/x', '/y', '/z?a=1']);
    answerWith({ status: 302, headers: { location: '/y' } });
    server.requests.length = 0;
    expect((await failureOf(opened().get())).message).toBe('test(X): more than 3 redirects');
    expect(server.requests).toHaveLength(4);
  });

  test('to another port of the loopback is not followed: nothing arrives there', async () => {
    const inner = await startPricesServer(() => ({ body: 'secret' }));
    answerWith({ status: 302, headers: { location: `${inner.url}/admin` } });
    const error = await failureOf(opened().get());
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status: 302 } });
    expect(error.message).toContain(new URL(inner.url).host);
    expect(inner.requests).toEqual([]);
    expect(server.requests).toHaveLength(1);
    await inner.close();
  });

  test.each([
    'http://127.0.0.1/',
    'http://localhost/',
    'http://169.254.169.254/latest/meta-data/',
    'http://10.0.0.1/',
    'http://[::1]/',
    'http://0x7f000001/',
    'https://rebound.example/',
    'http://prices.example/',
    'https://prices.example:8443/',
    'https://me:hunter2@prices.example/',
    '//prices.example.evil.example/x',
    'file:///etc/passwd',
    'data:text/plain,x',
    'http://',
    '',
  ])('from https://prices.example to %j is not followed', async (location) => {
    const asked: string[] = [];
    const send = (async (url: string) => {
      asked.push(url);
      return new Response(null, { status: 302, headers: { location } });
    }) as typeof fetch;
    const error = await failureOf(opened({ fetch: send, baseUrl: 'https://prices.example' }).get());
    expect(error).toMatchObject({ code: 'PRICE_SOURCE_FAILED', cause: { status: 302 } });
    expect(error.message).not.toContain('hunter2');
    expect(asked).toEqual(['https://prices.example/x']);
  });

  test('from http to https of the same host is followed', async () => {
    const send = (async (url: string) =>
      url.startsWith('https:')
        ? new Response('fine')
        : new Response(null, { status: 301, headers: { location: 'https://prices.example/x' } })) as typeof fetch;
    expect(await opened({ fetch: send, baseUrl: 'http://prices.example' }).get()).toBe('200 fine');
  });

  test('that a fetch of the host’s own has followed elsewhere is refused as well', async () => {
    const send = (async () =>
      Object.defineProperty(new Response('secret'), 'url', { value: 'http://127.0.0.1/' })) as typeof fetch;
    const error = await failureOf(opened({ fetch: send, baseUrl: 'https://prices.example' }).get());
    expect(error.message).toContain('127.0.0.1');
  });
});

describe('an answer beyond maxBytes', () => {
  const tooLarge = { code: 'PRICE_SOURCE_FAILED', message: 'test(X): an answer of more than 1000 bytes' };

  test('is refused by its length before it is read, and not asked for again', async () => {
    answerWith({ body: 'x'.repeat(1001) });
    expect(await failureOf(opened({ maxBytes: 1000 }).get())).toMatchObject(tooLarge);
    expect(server.requests).toHaveLength(1);
    answerWith({ body: 'x'.repeat(1000) });
    expect(await opened({ maxBytes: 1000 }).get()).toHaveLength(1004);
  });

  test('is left after maxBytes where it has no end', async () => {
    let sent = 0;
    let cancelled = false;
    const endless = () =>
      new ReadableStream({
        pull(controller) {
          sent += 100;
          controller.enqueue(new Uint8Array(100));
        },
        cancel() {
          cancelled = true;
        },
      });
    const send = (async () => new Response(endless())) as typeof fetch;
    expect(await failureOf(opened({ fetch: send, maxBytes: 1000 }).get())).toMatchObject(tooLarge);
    expect(sent).toBeLessThanOrEqual(1300);
    expect(cancelled).toBe(true);
  });

  test('counts unpacked: 64 MB in 65 kB of gzip are left after 8 MiB', async () => {
    const body = gzipSync(Buffer.alloc(64e6, 32), { level: 9 });
    expect(body.length).toBeLessThan(70_000);
    answerWith({ body, headers: { 'content-encoding': 'gzip' } });
    const error = await failureOf(opened().get());
    expect(error.message).toBe('test(X): an answer of more than 8388608 bytes');
    expect(server.requests).toHaveLength(1);
    answerWith({ body: gzipSync('fine'), headers: { 'content-encoding': 'gzip' } });
    expect(await opened().get()).toBe('200 fine');
  });

  test('of a 503 is not read at all', async () => {
    answerWith({ status: 503, body: 'x'.repeat(5000) }, { body: 'fine' });
    expect(await opened({ maxBytes: 1000 }).get()).toBe('200 fine');
  });

  test('is refused also from a fetch without streams', async () => {
    const plain = { status: 200, url: '', headers: new Headers(), arrayBuffer: async () => new ArrayBuffer(1001) };
    const send = (async () => plain) as unknown as typeof fetch;
    expect(await failureOf(opened({ fetch: send, maxBytes: 1000 }).get())).toMatchObject(tooLarge);
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

  test('a wait beyond 2^31 ms is no wait of 1 ms', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let over = false;
    const wait = systemPace.wait(3e9).then(() => {
      over = true;
    });
    await vi.advanceTimersByTimeAsync(2 ** 31 - 2);
    expect(over).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await wait;
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
  ['timeoutMs', Infinity],
  ['timeoutMs', 3e9],
  ['maxWaitMs', Infinity],
  ['minGapMs', 2 ** 31],
  ['maxBytes', 0],
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
