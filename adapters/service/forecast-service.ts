import { createHash, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { timerMs } from '../../src/concurrency/index.js';
import { invalid, isForecastError, refuseUnknown } from '../../src/errors.js';
import { issueOf } from '../../src/pipeline/forecast/issue-of.js';
import { toRecords } from '../../src/pipeline/forecast/predict-and-store.js';
import { type Context, type Forecast, scorecard } from '../../src/pipeline/index.js';
import { DEFAULT_HORIZONS } from '../../src/pipeline/inside.js';
import { type AskForecast, batchedForecasts } from './batched-forecasts.js';
import { checkedHorizons, type ForecastQuestion, forecastQuestion, numbersOf, refuse } from './forecast-question.js';
import { readJsonBody } from './request-body.js';
import { faultOf, ServiceFault } from './service-fault.js';

/** Limits and habits of the service. */
export interface ForecastServiceOptions {
  /** Forecast unless a request says otherwise; default 1, 3, 5. */
  horizons?: readonly number[] | undefined;
  /** If given, requests must carry `Authorization: Bearer TOKEN`; /health is open. */
  token?: string | undefined;
  /** How long a request waits for others to be forecast with; default 5. */
  batchMs?: number | undefined;
  /** Instruments in one request, and in one batch; default 64. */
  maxCodes?: number | undefined;
  /** Bytes of a request's body; default 65,536. */
  maxBodyBytes?: number | undefined;
  /** Requests in work at a time, beyond which 503 is answered; default 64. */
  maxConcurrent?: number | undefined;
  /** How long one request may take before 504 is answered; default 30,000. */
  timeoutMs?: number | undefined;
  /** How long `stop` waits for requests in work; default 10,000. */
  stopMs?: number | undefined;
}

const NUMBERS = {
  batchMs: 5,
  maxCodes: 64,
  maxBodyBytes: 65_536,
  maxConcurrent: 64,
  timeoutMs: 30_000,
  stopMs: 10_000,
} as const;

/** An HTTP service of forecasts. */
export interface ForecastService {
  /** Starts to listen, by default on the loopback alone and a free port; returns the address, such as 'http://127.0.0.1:8080'. */
  listen(options?: { port?: number | undefined; host?: string | undefined }): Promise<string>;
  /** Takes no more requests, lets those in work end (up to `stopMs`), and closes. Context and store stay the host's. */
  stop(): Promise<void>;
}

/**
 * Returns an HTTP service over a context: GET /forecast/CODE, POST /forecast, GET /scorecard, GET /health; JSON in and out.
 *
 * Forecasts that are asked for at the same time are made by one call of each member. A failure is answered by its code and words of our own; what a
 * store, a price source or a member said goes to the context's logger alone.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the option
 * @example
 * const service = createForecastService(context);
 * console.log(await service.listen({ port: 8080 }));
 */
export function createForecastService(context: Context, options: ForecastServiceOptions = {}): ForecastService {
  const where = 'createForecastService';
  refuseUnknown(where, options, ['horizons', 'token', ...Object.keys(NUMBERS)]);
  const limits = Object.fromEntries(
    Object.entries(NUMBERS).map(([name, usual]) => {
      const value = options[name as keyof typeof NUMBERS] ?? usual;
      if (!Number.isInteger(value) || value < 1)
        throw invalid('INVALID_ARGUMENT', where, name, 'a whole number >= 1', value);
      return [name, value];
    }),
  ) as Record<keyof typeof NUMBERS, number>;
  if (options.token !== undefined && options.token.length < 16) {
    throw invalid('INVALID_ARGUMENT', where, 'token', 'at least 16 characters', `${options.token.length} characters`);
  }
  const ending = new AbortController();
  const ask = batchedForecasts(context, { waitMs: limits.batchMs, maxCodes: limits.maxCodes, signal: ending.signal });
  const horizons = options.horizons ?? DEFAULT_HORIZONS;
  const service = { context, ask, horizons, limits, token: options.token, signal: ending.signal };
  let inWork = 0;
  const server = createServer({ requestTimeout: limits.timeoutMs, headersTimeout: Math.min(10_000, limits.timeoutMs) });
  server.on('request', async (request, response) => {
    const isHealth = request.url === '/health';
    inWork++;
    try {
      if (inWork > limits.maxConcurrent && !isHealth) {
        throw new ServiceFault(503, 'BUSY', 'too many requests are in work; try again', { 'retry-after': '1' });
      }
      answer(response, 200, await withinTime(respond(request, service), limits.timeoutMs));
    } catch (error) {
      const fault = faultOf(error);
      const { status, code, message, headers } = fault;
      if (fault !== error) context.logger?.warn(`service: ${request.method} answered ${status}`, { error });
      answer(response, status, { error: { code, message } }, headers);
    } finally {
      inWork--;
    }
  });
  return {
    listen: ({ port = 0, host = '127.0.0.1' } = {}) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, host, () => {
          const { port: chosen } = server.address() as AddressInfo;
          resolve(`http://${host.includes(':') ? `[${host}]` : host}:${chosen}`);
        });
      }),
    async stop() {
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      const late = setTimeout(() => {
        ending.abort(new DOMException('the service was stopped', 'AbortError'));
        server.closeAllConnections();
      }, timerMs(limits.stopMs));
      server.closeIdleConnections();
      await closed;
      clearTimeout(late);
    },
  };
}

interface Service {
  context: Context;
  ask: AskForecast;
  horizons: readonly number[];
  limits: Record<keyof typeof NUMBERS, number>;
  token: string | undefined;
  signal: AbortSignal;
}

async function respond(request: IncomingMessage, service: Service): Promise<unknown> {
  const url = new URL(request.url ?? '/', 'http://service');
  const [, room, code, ...rest] = url.pathname.split('/');
  if (rest.length > 0) throw notFound();
  if (room === 'health' && code === undefined) {
    requireMethod(request, ['GET', 'HEAD']);
    return health(service.context);
  }
  requireToken(request, service.token);
  if (room === 'scorecard' && code === undefined) {
    requireMethod(request, ['GET', 'HEAD']);
    return card(url.searchParams, service);
  }
  if (room !== 'forecast') throw notFound();
  if (code !== undefined) {
    requireMethod(request, ['GET', 'HEAD']);
    const given = { codes: [decoded(code)], horizons: numbersOf(url.searchParams.get('horizons')) };
    const { forecasts, failures } = await forecast(forecastQuestion(given, limitsOf(service)), service);
    if (failures.length > 0) throw failures[0].fault;
    return forecasts[0];
  }
  requireMethod(request, ['POST']);
  const body = await readJsonBody(request, service.limits.maxBodyBytes);
  const { forecasts, failures } = await forecast(forecastQuestion(body, limitsOf(service)), service);
  return {
    forecasts,
    failures: failures.map(({ code: failed, fault }) => ({
      code: failed,
      error: { code: fault.code, message: fault.message },
    })),
  };
}

const limitsOf = ({ horizons, limits: { maxCodes } }: Service) => ({ horizons, maxCodes });

async function forecast({ codes, horizons, store }: ForecastQuestion, { context, ask }: Service) {
  if (store && context.store === undefined) throw refuse('store', 'false: the service has no store');
  const results = await Promise.all(codes.map((code) => ask(code, horizons)));
  const forecasts: object[] = [];
  const failures: { code: string; fault: ServiceFault }[] = [];
  for (const result of results) {
    const { code } = result;
    try {
      if ('error' in result) throw result.error;
      if (store)
        await context.store!.upsertPredictions(
          toRecords(result.forecast, { userTriggered: true, issue: issueOf(result.forecast, context) }),
        );
      forecasts.push(shown(result.forecast));
    } catch (error) {
      if (isForecastError(error)) context.logger?.warn(`service: ${code} has no forecast`, { error });
      failures.push({ code, fault: faultOf(error) });
    }
  }
  return { forecasts, failures };
}

/** A member's message may hold the address or the key of what it asked. */
function shown({ failures, ...rest }: Forecast): object {
  return { ...rest, failures: failures.map(({ member, horizons, code }) => ({ member, horizons, code })) };
}

async function card(query: URLSearchParams, { context }: Service): Promise<unknown> {
  if (context.store === undefined) throw new ServiceFault(404, 'INVALID_ARGUMENT', 'the service has no store');
  const horizons = numbersOf(query.get('horizons'));
  const [codes, from, to] = ['codes', 'from', 'to'].map((name) => query.get(name) ?? undefined);
  try {
    return await scorecard(context, {
      codes: codes?.split(','),
      horizons: horizons && checkedHorizons(horizons),
      from,
      to,
    });
  } catch (error) {
    if (isForecastError(error, 'INVALID_DATE')) throw refuse(error.field ?? 'the date', "an existing day 'YYYY-MM-DD'");
    if (isForecastError(error, 'INVALID_ARGUMENT'))
      throw refuse(error.field ?? 'the request', error.expected ?? 'right');
    throw error;
  }
}

async function health({ store, clock }: Context): Promise<unknown> {
  // The clock of the store's own, where it has one, else any read: what counts is that it answers.
  await store?.listPredictions({ limit: 1 });
  return { status: 'ok', store: store === undefined ? 'none' : 'answers', at: clock() };
}

function requireMethod({ method }: IncomingMessage, allowed: readonly string[]): void {
  if (method !== undefined && allowed.includes(method)) return;
  throw new ServiceFault(405, 'INVALID_ARGUMENT', `the method must be ${allowed.join(' or ')}`, {
    allow: allowed.join(', '),
  });
}

function requireToken({ headers }: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return;
  // of one length, whatever came, so that the time it takes tells nothing
  const digest = (text: string) => createHash('sha256').update(text).digest();
  if (timingSafeEqual(digest(headers.authorization ?? ''), digest(`Bearer ${token}`))) return;
  throw new ServiceFault(401, 'UNAUTHORIZED', 'a bearer token is needed', { 'www-authenticate': 'Bearer' });
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw refuse('the code', 'URL-encoded UTF-8');
  }
}

const notFound = () => new ServiceFault(404, 'NOT_FOUND', 'there is /forecast/CODE, /forecast, /scorecard and /health');

async function withinTime<T>(work: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const late = new ServiceFault(504, 'TIMEOUT', 'the request took too long');
    timer = setTimeout(() => reject(late), timerMs(timeoutMs));
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
    work.catch(() => {});
  }
}

function answer(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(text),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : text);
}
