// What a call did, as spans: the events of node:diagnostics_channel, handed to any tracer that is shaped as OpenTelemetry's.
import { AsyncLocalStorage } from 'node:async_hooks';
import { tracingChannel } from 'node:diagnostics_channel';
import { createContext, krx, predictAndStore } from 'chronolight';
import { har } from 'chronolight/members';
import { memoryStore } from 'chronolight/store/memory';
import { simulatedPrices } from './simulated-market.js';

/** The channels, and what of an event becomes attributes. */
const CHANNELS = {
  forecast: ({ codes, horizons }) => ({ instruments: codes.length, horizons: horizons.join() }),
  member: ({ member, codes }) => ({ member, instruments: codes.length }),
  prices: ({ code }) => ({ code }),
  store: ({ method }) => ({ method }),
  job: ({ job, scheduledFor }) => ({ job, tick: scheduledFor.toISOString() }),
  retrain: ({ member, codes }) => ({ member, instruments: codes.length }),
};

/**
 * Makes a span of everything that chronolight does, each within the one that it belongs to. With OpenTelemetry:
 *   const within = (parent) => (parent ? trace.setSpan(context.active(), parent) : context.active());
 *   traceForecasts((name, attributes, parent) => trace.getTracer('chronolight').startSpan(name, { attributes }, within(parent)));
 *
 * @returns what ends it
 */
export function traceForecasts(startSpan) {
  const current = new AsyncLocalStorage();
  const spans = new WeakMap();
  const ends = Object.entries(CHANNELS).map(([name, attributesOf]) => {
    const channel = tracingChannel(`chronolight:${name}`);
    channel.start.bindStore(current, (event) => {
      const span = startSpan(`chronolight ${name}`, attributesOf(event), current.getStore());
      spans.set(event, span);
      return span;
    });
    const listener = {
      error: (event) => {
        spans.get(event).recordException(event.error);
        spans.get(event).setStatus({ code: 2, message: event.error.code ?? event.error.name }); // 2: ERROR
      },
      asyncEnd: (event) => spans.get(event).end(),
    };
    channel.subscribe(listener);
    return () => {
      channel.start.unbindStore(current);
      channel.unsubscribe(listener);
    };
  });
  return () => {
    for (const end of ends) end();
  };
}

/** A tracer that remembers; yours is OpenTelemetry's. */
const finished = [];
const startSpan = (name, attributes, parent) => {
  const span = { name, attributes, depth: parent === undefined ? 0 : parent.depth + 1, status: 'ok' };
  finished.push(span);
  return Object.assign(span, {
    recordException() {},
    setStatus: ({ message }) => Object.assign(span, { status: message }),
    end: () => Object.assign(span, { ended: true }),
  });
};

const stop = traceForecasts(startSpan);
const broken = {
  name: 'broken',
  prior: 1,
  forecast: async () => {
    throw new TypeError('no model');
  },
};
const context = createContext({
  market: krx,
  prices: simulatedPrices(['005930'], { last: '2026-11-20' }),
  store: memoryStore(),
  members: [har(), broken],
  clock: () => new Date('2026-11-20T18:00:00+09:00'), // leave it out for the real one
});
await predictAndStore('005930', context, { horizons: [1] });
stop();
for (const { name, attributes, depth, status, ended } of finished) {
  const about = Object.entries(attributes).map(([key, value]) => `${key}=${value}`);
  console.log(`${'  '.repeat(depth)}${name} ${about.join(' ')}: ${ended ? status : 'not ended'}`);
}
