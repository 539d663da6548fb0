import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createForecastService, type ForecastServiceOptions } from '../../adapters/service/forecast-service.js';
import { memoryStore } from '../../adapters/store/memory.js';
import type { Member } from '../../src/ensemble/index.js';
import { ForecastError } from '../../src/errors.js';
import { krx } from '../../src/markets/index.js';
import { har } from '../../src/members/index.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { type ContextOptions, createContext } from '../../src/setup/index.js';
import { arrayPrices, seoulClock, simulateBars } from '../pipeline/simulated-market.js';

const SECRET = 'postgres://user:hunter2@db.internal/x';
const codes = Array.from({ length: 12 }, (_, i) => String(5930 + i).padStart(6, '0'));
const { prices } = arrayPrices(Object.fromEntries(codes.map((code, i) => [code, simulateBars(i + 1)])));
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

/** HAR, counting how often it is asked and for how many; `hold` keeps its answers back. */
function countingMember(hold?: Promise<void>) {
  const batches: number[] = [];
  const plain = har();
  const member: Member = {
    ...plain,
    async forecast(batch, request) {
      batches.push(batch.length);
      await hold;
      return plain.forecast(batch, request);
    },
  };
  return { member, batches };
}

async function started(options: ForecastServiceOptions = {}, parts: Partial<ContextOptions> = {}) {
  const store = memoryStore();
  const warnings: unknown[] = [];
  const logger = { info() {}, warn: (_: string, detail?: object) => void warnings.push(detail) };
  const { clock } = seoulClock('2024-03-29T18:00:00');
  const context = createContext({ market: krx, prices, store, members: [har()], clock, logger, ...parts });
  const service = createForecastService(context, options);
  const url = await service.listen();
  stops.push(() => service.stop());
  const ask = async (path: string, init?: RequestInit) => {
    const response = await fetch(`${url}${path}`, init);
    return { status: response.status, headers: response.headers, body: await response.json() };
  };
  const post = (body: unknown, path = '/forecast') =>
    ask(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  return { service, url, ask, post, store, warnings };
}

describe('createForecastService', () => {
  it('forecasts a code, zeros in front and all', async () => {
    const { ask } = await started();
    const { status, body } = await ask('/forecast/005930?horizons=1,5');
    expect(status).toBe(200);
    expect(body).toMatchObject({ code: '005930', baseDate: '2024-03-29', horizons: [1, 5], failures: [] });
    expect(body.steps[0].ciLow).toBeLessThan(body.steps[0].pointClose);
  });

  it('makes the forecasts of requests at the same time by one call of a member', async () => {
    const { member, batches } = countingMember();
    const { ask } = await started({ batchMs: 100 }, { members: [member] });
    const answers = await Promise.all([...codes, codes[0]].map((code) => ask(`/forecast/${code}`)));
    expect(answers.map(({ body }) => body.code)).toEqual([...codes, codes[0]]);
    expect(batches).toEqual([codes.length]);
  });

  it('stores what it is told to, answers what failed beside it, and the scorecard counts it', async () => {
    const { post, ask, store } = await started();
    const { status, body } = await post({ codes: ['005930', 'nobody'], horizons: [1], store: true });
    expect(status).toBe(200);
    expect(body.forecasts).toHaveLength(1);
    expect(body.failures).toEqual([{ code: 'nobody', error: { code: 'UNKNOWN_CODE', message: expect.any(String) } }]);
    expect(await store.listPredictions()).toMatchObject([{ code: '005930', horizon: 1, userTriggered: true }]);
    expect((await ask('/scorecard?from=2024-03-01')).body).toMatchObject({ issued: 1, waiting: 1, to: '2024-03-29' });
    expect((await ask('/health')).body).toMatchObject({ status: 'ok', store: 'answers' });
  });

  it.each([
    ['/nothing', {}, 404],
    ['/forecast/nobody', {}, 404],
    ['/forecast/005930?horizons=1,x', {}, 400],
    ['/forecast/%ff', {}, 400],
    ['/forecast/a/b', {}, 404],
    ['/forecast', {}, 405],
    ['/scorecard?from=2024-02-30', {}, 400],
    ['/scorecard?codes=', {}, 400],
    ['/forecast', { method: 'POST', body: '{}' }, 415],
    ['/forecast', { method: 'POST', headers: { 'content-type': 'application/json' }, body: 'x' }, 400],
    ['/forecast', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"codes":[]}' }, 400],
    ['/forecast', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"code":"x"}' }, 400],
    ['/forecast', { method: 'POST', headers: { 'content-type': 'application/json' }, body: ' '.repeat(70_000) }, 413],
  ])('answers %s %o with %i and a reason', async (path, init, status) => {
    const { ask } = await started();
    const answer = await ask(path, init);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toMatch(/\w/);
  });

  it('keeps what a price source, a store or a member says out of answers, and hands it to the logger', async () => {
    const failing: PriceSource = { getBars: () => Promise.reject(new Error(SECRET)) };
    const member: Member = { name: 'remote', prior: 1, forecast: () => Promise.reject(new Error(SECRET)) };
    const broken = {
      ...memoryStore(),
      listPredictions: () => Promise.reject(new ForecastError('STORE_FAILED', SECRET)),
    };
    const first = await started({}, { prices: failing });
    const second = await started({}, { members: [har(), member] });
    const third = await started({}, { store: broken });
    const answers = [
      await first.ask('/forecast/005930'),
      await first.post({ codes: ['005930'] }),
      await second.ask('/forecast/005930'),
      await third.ask('/health'),
      await third.ask('/scorecard'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([500, 200, 200, 500, 500]);
    expect(answers[2].body.failures).toEqual([{ member: 'remote', horizons: [1, 3, 5], code: 'UNEXPECTED' }]);
    expect(JSON.stringify(answers.map(({ body }) => body))).not.toContain('hunter2');
    expect(first.warnings.length).toBeGreaterThan(0);
  });

  it('asks for its token', async () => {
    const token = 'a-token-of-some-length';
    const { ask } = await started({ token });
    expect((await ask('/forecast/005930')).status).toBe(401);
    expect((await ask('/forecast/005930', { headers: { authorization: 'Bearer wrong' } })).status).toBe(401);
    expect((await ask('/forecast/005930', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    expect((await ask('/health')).status).toBe(200);
  });

  it('takes a limit beyond 2^31 ms for a long one, not for 1 ms', async () => {
    const { member } = countingMember(new Promise((resolve) => setTimeout(resolve, 50)));
    const { ask } = await started({ timeoutMs: 3e9, stopMs: 3e9 }, { members: [member] });
    expect((await ask('/forecast/005930')).status).toBe(200);
  });

  it('answers 503 beyond its concurrency and 504 beyond its time, and goes on', async () => {
    let release = () => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { member, batches } = countingMember(hold);
    const { ask } = await started({ maxConcurrent: 1, timeoutMs: 2000, batchMs: 1 }, { members: [member] });
    const slow = ask('/forecast/005930');
    while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const busy = await ask('/forecast/005931');
    expect([busy.status, busy.headers.get('retry-after')]).toEqual([503, '1']);
    expect((await ask('/health')).status).toBe(200);
    expect((await slow).status).toBe(504);
    release();
    expect((await ask('/forecast/005931')).status).toBe(200);
  });

  it('stops after the requests in work, and takes no more', async () => {
    let release = () => {};
    const hold = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { member, batches } = countingMember(hold);
    const { ask, service, url } = await started({}, { members: [member] });
    const pending = ask('/forecast/005930');
    while (batches.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const stopped = service.stop();
    await expect(fetch(`${url}/health`)).rejects.toThrow();
    release();
    expect((await pending).status).toBe(200);
    await stopped;
    await service.stop();
    const { hostname, port } = new URL(url);
    await expect(
      new Promise((resolve, reject) => connect(Number(port), hostname, () => resolve('open')).on('error', reject)),
    ).rejects.toThrow(/ECONNREFUSED/);
  });

  it('refuses faulty options', async () => {
    await expect(started({ maxCode: 3 } as never)).rejects.toMatchObject({ field: 'maxCode' });
    await expect(started({ timeoutMs: 0 })).rejects.toMatchObject({ field: 'timeoutMs' });
    await expect(started({ token: 'short' })).rejects.toMatchObject({ field: 'token' });
  });
});
