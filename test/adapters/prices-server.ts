import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Pace } from '../../adapters/prices/pace.js';
import type { HttpFailure } from '../../adapters/prices/polite-get.js';

/** What the server does with one request. */
export interface Reply {
  status?: number;
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  /** 'hang': no answer at all. 'cut': half of the body, then the connection ends. 'stall': half of the body, then nothing more. */
  fault?: 'hang' | 'cut' | 'stall';
}

/** A server on the loopback that answers as the test says. */
export interface PricesServer {
  readonly url: string;
  readonly requests: { url: URL; headers: IncomingHttpHeaders }[];
  /** Resolves once a request's connection was closed before its answer was complete. */
  readonly hungUp: Promise<void>;
  reply: (url: URL, number: number) => Reply;
  close(): Promise<void>;
}

/** Starts a server; `reply` gets each request's address and its number, from 1. */
export async function startPricesServer(reply: PricesServer['reply'] = () => ({ status: 404 })): Promise<PricesServer> {
  let noteHungUp = () => {};
  const hungUp = new Promise<void>((resolve) => {
    noteHungUp = resolve;
  });
  const running = { requests: [] as PricesServer['requests'], hungUp, reply };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://prices');
    running.requests.push({ url, headers: request.headers });
    response.on('close', () => {
      if (!response.writableFinished) noteHungUp();
    });
    send(response, running.reply(url, running.requests.length));
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  return Object.assign(running, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  });
}

function send(response: ServerResponse, { status = 200, headers = {}, body = '', fault }: Reply): void {
  if (fault === 'hang') return;
  const bytes = Buffer.from(body);
  response.writeHead(status, { ...headers, 'content-length': bytes.length });
  if (fault === undefined) response.end(bytes);
  else {
    response.write(bytes.subarray(0, bytes.length >> 1), () => {
      if (fault === 'cut') response.destroy();
    });
  }
}

/** Returns what the call rejects with, which it must. */
export async function failureOf(call: Promise<unknown>): Promise<Error & { cause: HttpFailure }> {
  try {
    await call;
  } catch (error) {
    return error as Error & { cause: HttpFailure };
  }
  throw new Error('the call did not fail');
}

/** A clock that stands still but for waits, which are over at once and are noted. */
export function fakePace(): Pace & { readonly waits: number[] } {
  let time = 0;
  const waits: number[] = [];
  return {
    waits,
    now: () => time,
    async wait(ms) {
      waits.push(ms);
      await Promise.resolve();
      time += ms;
    },
  };
}

/** A clock moved by hand: `asleep` resolves when someone waits, `wake` ends the shortest wait. */
export function handPace(): Pace & { asleep(): Promise<void>; wake(): void } {
  let time = 0;
  const sleepers: { until: number; resolve: () => void }[] = [];
  return {
    now: () => time,
    wait: (ms) => new Promise((resolve) => sleepers.push({ until: time + ms, resolve })),
    async asleep() {
      while (sleepers.length === 0) await new Promise((resolve) => setImmediate(resolve));
    },
    wake() {
      sleepers.sort((a, b) => a.until - b.until);
      const { until, resolve } = sleepers.shift()!;
      time = until;
      resolve();
    },
  };
}
