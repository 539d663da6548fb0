import { type MarketReference, type MarketStates, marketStates } from './market-state.js';
import { ownHistory } from './own-inputs.js';
import type { PooledInstrument } from './pooled-rows.js';

/** So many instruments of a pool stand for its market: those of them all tell no more, and each costs a forecast of one code its prices. */
const MOST_REFERENCES = 12;

/** A year, in which an instrument's usual variance settles, and three months of warm-up. */
const LEAST_BARS = 310;

/** The instruments that stand for a pool's market, and what they say of each date. */
export interface PooledMarket {
  readonly codes: readonly string[];
  readonly states: MarketStates;
}

/** Returns the market of a pool: up to twelve of its instruments, evenly spaced in order of their codes; undefined for fewer than two old enough. */
export function pooledMarket(pool: ReadonlyMap<string, PooledInstrument>): PooledMarket | undefined {
  const old = [...pool].filter(([, { dates }]) => dates.length >= LEAST_BARS).sort(([a], [b]) => (a < b ? -1 : 1));
  if (old.length < 2) return undefined;
  const count = Math.min(MOST_REFERENCES, old.length);
  const chosen = Array.from({ length: count }, (_, i) => old[Math.floor((i * old.length) / count)]);
  const references = chosen.map(([, instrument]): MarketReference => {
    const { dates, close, location } = instrument;
    return { dates, close, location, history: ownHistory(instrument) };
  });
  return { codes: chosen.map(([code]) => code), states: marketStates(references) };
}
