import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { everyDay, krx, type Market, us, weekdays } from '../../src/markets/index.js';
import { chronosMember, garch, har, instrumentLgbm, pooledLgbm } from '../../src/members/index.js';
import type { Context } from '../../src/pipeline/index.js';
import { DEFAULT_HORIZONS } from '../../src/pipeline/inside.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import { createContext } from '../../src/setup/index.js';
import { memoryStore } from '../store/memory.js';
import { sqliteStore } from '../store/sqlite.js';
import type { CommandIo } from './command-io.js';
import { codesIn, pricesAt } from './price-place.js';
import { type Call, listOf, wholeNumbers } from './read-call.js';
import { UsageError } from './usage-error.js';

/** What `init` writes: a module, whatever package.json says of .js. */
export const CONFIG_FILE = 'chronolight.config.mjs';

/** Returns the config of a folder, where --config names none; undefined where there is none. */
export function configIn(folder: string): string | undefined {
  return ['chronolight.config.js', CONFIG_FILE].map((name) => resolve(folder, name)).find((path) => existsSync(path));
}

const MARKETS: Readonly<Record<string, Market>> = { krx, us, 'every-day': everyDay, weekdays };

const MEMBERS = {
  chronos: () => chronosMember(),
  lgbm: () => pooledLgbm(),
  instrument: () => instrumentLgbm({ name: 'instrument' }),
  har: () => har(),
  garch: () => garch(),
} as const;

/** What a call works on. */
export interface CallContext {
  readonly context: Context;
  readonly horizons: readonly number[];
  /** Whether there is a store that outlives the call. */
  readonly storing: boolean;
  /** Returns the instruments: --codes, else the config's, else all that the prices have (a folder's files). */
  codes(): Promise<readonly string[]>;
  /** Closes what the call opened, and the config's store. */
  close(): Promise<void>;
}

interface Config {
  readonly path: string;
  readonly context?: Context;
  readonly codes?: readonly string[];
  readonly horizons?: readonly number[];
}

/**
 * Returns the context of a call: its options, over those of the environment (CHRONOLIGHT_MARKET, _PRICES, _STORE), over the config file's.
 *
 * @param prices of the arguments, in the place of --prices
 * @throws UsageError for what is missing or wrong
 */
export async function callContext(call: Call, io: CommandIo, prices?: PriceSource): Promise<CallContext> {
  const { texts } = call;
  const setting = (name: 'market' | 'prices' | 'store') =>
    texts[name] ?? (io.env[`CHRONOLIGHT_${name.toUpperCase()}`] || undefined);
  const config = await readConfig(texts.config, io.cwd);
  const base = config?.context;
  const market = setting('market');
  const where = prices === undefined ? setting('prices') : undefined;
  const file = setting('store');
  const source = prices ?? (where === undefined ? base?.prices : pricesAt(where, io.cwd));
  const chosen = market === undefined ? base?.market : marketOf(market);
  if (chosen === undefined)
    throw new UsageError(`--market is missing: ${Object.keys(MARKETS).join(', ')}, or a ${CONFIG_FILE}`);
  if (source === undefined) throw new UsageError('--prices is missing: a folder of CSV files, yahoo or naver');
  if (file !== undefined && /^[a-z]+:\/\//i.test(file))
    throw new UsageError(`--store takes a SQLite file; for Postgres write a ${CONFIG_FILE}`);
  const members = texts.members === undefined ? base?.members : membersOf(texts.members);
  const horizons =
    texts.horizons === undefined ? (config?.horizons ?? DEFAULT_HORIZONS) : wholeNumbers('horizons', texts.horizons);
  const opened = file === undefined ? undefined : await sqliteStore(file === ':memory:' ? file : resolve(io.cwd, file));
  // A backtest never writes among live forecasts and models: it has a store of its own.
  const isBacktest = call.command === 'backtest';
  const kept = opened ?? (isBacktest ? undefined : base?.store);
  const store = kept ?? (isBacktest ? memoryStore() : undefined);
  const own = opened ?? (isBacktest ? store : undefined);
  // A context is made of the same parts as another one.
  const parts = { ...base, market: chosen, prices: source, store, ...(own && { models: own.models }), members };
  return {
    context: createContext(parts),
    horizons,
    storing: kept !== undefined,
    async codes() {
      if (texts.codes !== undefined) return listOf('codes', texts.codes);
      if (config?.codes !== undefined) return config.codes;
      if (where !== undefined && where !== 'yahoo' && where !== 'naver') return codesIn(where, io.cwd);
      const known = await source.codes?.();
      if (known === undefined || known.length === 0) throw new UsageError('--codes is missing');
      return known;
    },
    async close() {
      await opened?.close();
      await base?.store?.close();
    },
  };
}

function marketOf(name: string): Market {
  const market = Object.hasOwn(MARKETS, name) ? MARKETS[name] : undefined;
  if (market === undefined) throw new UsageError(`--market takes ${Object.keys(MARKETS).join(', ')}; came ${name}`);
  return market;
}

function membersOf(list: string) {
  return listOf('members', list).map((name) => {
    if (!Object.hasOwn(MEMBERS, name))
      throw new UsageError(`--members takes ${Object.keys(MEMBERS).join(', ')}; came ${name}`);
    return MEMBERS[name as keyof typeof MEMBERS]();
  });
}

async function readConfig(named: string | undefined, cwd: string): Promise<Config | undefined> {
  const path = named === undefined ? configIn(cwd) : resolve(cwd, named);
  if (path === undefined) return undefined;
  if (!existsSync(path)) throw new UsageError(`there is no config file ${named}`);
  const config = (await import(pathToFileURL(path).href)) as Partial<Record<string, unknown>>;
  const unknown = Object.keys(config).find((name) => !['context', 'codes', 'horizons'].includes(name));
  if (unknown !== undefined || config['context'] === undefined) {
    throw new UsageError(
      `${path} must export context (createContext), and may export codes and horizons${unknown ? `; it exports ${unknown}` : ''}`,
    );
  }
  return { path, ...config } as Config;
}
