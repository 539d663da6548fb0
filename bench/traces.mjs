// What tracing costs where nobody listens: node bench/traces.mjs. Prints ns a call of a store's method through the context and beside it, by turns.
import { createContext, krx } from 'chronolight';
import { memoryPrices } from 'chronolight/prices/memory';
import { memoryStore } from 'chronolight/store/memory';

const CALLS = 1_000_000;
const store = { ...memoryStore(), now: () => undefined };
const traced = createContext({ market: krx, prices: memoryPrices({}), store }).store;

function time(target) {
  const started = process.cpuUsage();
  for (let i = 0; i < CALLS; i++) target.now();
  const { user, system } = process.cpuUsage(started);
  return (1e3 * (user + system)) / CALLS;
}
const least = { traced: Infinity, plain: Infinity };
for (let round = 0; round < 10; round++) {
  least.traced = Math.min(least.traced, time(traced));
  least.plain = Math.min(least.plain, time(store));
}
console.log(`${least.traced.toFixed(1)} ns through the context, ${least.plain.toFixed(1)} ns beside it`);
