import { chronosMember, pooledLgbm, randomWalk } from '../members/index.js';
import type { Context, ContextParts } from '../pipeline/index.js';
import { makeContext } from '../pipeline/inside.js';

/** What a host hands in: market and prices; the rest has defaults. */
export type ContextOptions = Omit<ContextParts, 'members'> & {
  /**
   * Who forecasts, each by a name of its own. Default the best pair that was measured: the Chronos checkpoint in the package and the pooled
   * LightGBM. A random walk joins as the yardstick unless one is named 'naive'.
   */
  members?: ContextParts['members'] | undefined;
};

/**
 * Returns the context that predict() and every other job take: checked, completed with defaults, frozen.
 *
 * @throws ForecastError `INVALID_ARGUMENT` naming the part that is missing, unknown or of the wrong kind
 * @example
 * const context = createContext({ market: krx, prices: csvPrices('data/'), store: await sqliteStore('forecasts.db') });
 */
export function createContext(options: ContextOptions): Context {
  const given = typeof options === 'object' && options !== null && options.members === undefined;
  const parts = given ? { ...options, members: [chronosMember(), pooledLgbm()] } : options;
  return makeContext(parts as ContextParts, randomWalk());
}
