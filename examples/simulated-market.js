// A seeded random walk on KRX trading days, so that the examples run without anyone's data. Swap `prices` for your own source:
// csvPrices('folder/'), a table, or any object with getBars(code, { from, to, limit }).
import { krx } from 'chronolight';
import { memoryPrices } from 'chronolight/prices/memory';
import { addTradingDays } from 'chronolight/series';

export function simulatedPrices(codes, { last, count = 600 }) {
  return memoryPrices(Object.fromEntries(codes.map((code, i) => [code, simulatedBars(i + 1, last, count)])));
}

function simulatedBars(seed, last, count) {
  let state = seed;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  let date = addTradingDays(last, 1 - count, krx.calendar);
  let close = 50_000;
  const bars = [];
  for (let i = 0; i < count; i++) {
    const open = close * Math.exp(0.004 * normal());
    close *= Math.exp(0.015 * normal());
    const high = Math.max(open, close) * Math.exp(0.005 * Math.abs(normal()));
    const low = Math.min(open, close) * Math.exp(-0.005 * Math.abs(normal()));
    bars.push({ date, open, high, low, close, volume: Math.round(1e6 * Math.exp(0.4 * normal())) });
    date = addTradingDays(date, 1, krx.calendar);
  }
  return bars;
}
