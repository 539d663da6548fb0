import { type Combine, combine, type Member } from '../ensemble/index.js';
import { YARDSTICK } from '../ensemble/inside.js';
import { invalid, refuseUnknown } from '../errors.js';
import { tracedMethods } from '../host/traced.js';
import { defineMarket, type Market } from '../markets/index.js';
import type { PriceSource } from '../prices/price-source.js';
import type { ModelStore } from '../store/model-store.js';
import type { Store } from '../store/store.js';
import { type Logger, type MessageFirstLogger, toLogger } from './logger.js';

/** What a long job reports after each item. */
export interface Progress {
  /** Items finished, in any way, of `total`. */
  done: number;
  total: number;
  /** The item just finished, for example '005930 h3'. */
  item: string;
}

/** What is the same in every call of a host. Nothing is opened or closed by it: the host owns what it hands in. */
export interface ContextParts {
  /** Calendar, time zone, hours, flat band, currency and schedule. There is no default. */
  market: Market;
  prices: PriceSource;
  /** Where forecasts, outcomes and weights live; without it nothing is stored and the members' priors hold. */
  store?: Store | undefined;
  /** Where trained models live; default the store's own. */
  models?: ModelStore | undefined;
  /** Who forecasts, each by a name of its own. One named 'naive' is what the others are measured against; a random walk joins where there is none. */
  members: readonly Member[];
  /** How one forecast is made of the members'; default `combine`. */
  combine?: Combine | undefined;
  /** What time it is; default the system clock. */
  clock?: (() => Date) | undefined;
  /** Told what jobs do; `console`, winston, pino and bunyan fit. One that throws stops nothing. Default nobody. */
  logger?: Logger | undefined;
  /** Bars read for a forecast; default 400. */
  historyBars?: number | undefined;
  /** Fewest bars that a forecast is made from; default 20. */
  minBars?: number | undefined;
  /**
   * 'refuse': an instrument with a bar that needs a repair (see `parseSeries`) fails with `INVALID_BAR`; 'mend', the default: it is mended or left
   * out, and the forecast warns.
   */
  repair?: 'mend' | 'refuse' | undefined;
  /** How long one call of the price source may take; default 30,000. */
  priceTimeoutMs?: number | undefined;
  /** How long one member may take over a batch of instruments, or to end a training that is aborted; default 120,000. */
  memberTimeoutMs?: number | undefined;
  /**
   * Whether newly trained models are held to those in force on recent days, and published only if they are not worse by more than their uncertainty
   * (`retrain`); default true.
   */
  judgeModels?: boolean | undefined;
}

const IS_CONTEXT = Symbol.for('chronolight.context');

/** A checked and completed context. */
export interface Context {
  readonly [IS_CONTEXT]: true;
  readonly market: Market;
  readonly prices: PriceSource;
  readonly store: Store | undefined;
  readonly models: ModelStore | undefined;
  /** The yardstick among them. */
  readonly members: readonly Member[];
  readonly combine: Combine;
  readonly clock: () => Date;
  readonly logger: MessageFirstLogger | undefined;
  readonly historyBars: number;
  readonly minBars: number;
  readonly repair: 'mend' | 'refuse';
  readonly priceTimeoutMs: number;
  readonly memberTimeoutMs: number;
  readonly judgeModels: boolean;
}

/** A context whose store is there. */
export type StoringContext = Context & { readonly store: Store };

/** The horizons of the first user: tomorrow, three and five trading days. */
export const DEFAULT_HORIZONS: readonly number[] = Object.freeze([1, 3, 5]);

const KEYS: readonly (keyof ContextParts)[] = [
  'market',
  'prices',
  'store',
  'models',
  'members',
  'combine',
  'clock',
  'logger',
  'historyBars',
  'minBars',
  'repair',
  'priceTimeoutMs',
  'memberTimeoutMs',
  'judgeModels',
];

/**
 * Returns what every pipeline function takes: the parts checked, completed and frozen. Every default of a host's set-up is resolved here.
 *
 * @param yardstick joins the members where none of them bears its name
 * @throws ForecastError `INVALID_ARGUMENT` naming the part that is missing, unknown or of the wrong kind
 */
export function makeContext(parts: ContextParts, yardstick: Member): Context {
  const where = 'createContext';
  if (typeof parts !== 'object' || parts === null) throw refuse('parts', 'an object', parts);
  refuseUnknown(where, parts, KEYS);
  if (parts.market === undefined) {
    throw refuse('market', "a market: krx, us, everyDay, weekdays, or one's own (defineMarket)", undefined);
  }
  const { store } = parts;
  requireMethods('prices', parts.prices, ['getBars']);
  if (store !== undefined) requireMethods('store', store, ['upsertPredictions', 'listPredictions', 'recordOutcomes']);
  const models = parts.models ?? store?.models;
  if (models !== undefined) requireMethods('models', models, ['get', 'put', 'list']);
  if (parts.combine !== undefined) requireFunction('combine', parts.combine);
  if (parts.clock !== undefined) requireFunction('clock', parts.clock);
  const { repair = 'mend' } = parts;
  if (repair !== 'mend' && repair !== 'refuse') throw refuse('repair', "'mend' or 'refuse'", repair);
  if (parts.logger !== undefined) requireMethods('logger', parts.logger, ['info', 'warn']);
  return Object.freeze<Context>({
    [IS_CONTEXT]: true,
    market: defineMarket(parts.market),
    prices: parts.prices,
    store: store && tracedMethods(store),
    models: models && tracedMethods(models, 'models.'),
    members: Object.freeze(checkMembers(parts.members, yardstick)),
    combine: parts.combine ?? combine,
    clock: parts.clock ?? (() => new Date()),
    logger: parts.logger && toLogger(parts.logger),
    historyBars: wholeNumber('historyBars', parts.historyBars, 400),
    minBars: wholeNumber('minBars', parts.minBars, 20),
    repair,
    priceTimeoutMs: duration('priceTimeoutMs', parts.priceTimeoutMs, 30_000),
    memberTimeoutMs: duration('memberTimeoutMs', parts.memberTimeoutMs, 120_000),
    judgeModels: trueOrFalse('judgeModels', parts.judgeModels, true),
  });
}

/** What a call may have of its own instead of the context's. */
export interface CallOptions {
  signal?: AbortSignal | undefined;
  /** What time it is, in this call; default the context's clock. */
  clock?: (() => Date) | undefined;
}

/** The keys of `CallOptions`, for `refuseUnknown`. */
export const CALL_OPTIONS: readonly string[] = ['signal', 'clock'];

/**
 * Returns the context as this call sees it.
 *
 * @throws ForecastError `INVALID_ARGUMENT` for anything that createContext() did not make
 */
export function requireContext(where: string, context: Context, { clock }: CallOptions = {}): Context {
  if (typeof context !== 'object' || context === null || context[IS_CONTEXT] !== true) {
    throw invalid('INVALID_ARGUMENT', where, 'context', 'what createContext() returns', context);
  }
  if (clock === undefined) return context;
  if (typeof clock !== 'function')
    throw invalid('INVALID_ARGUMENT', where, 'clock', 'a function that returns a Date', clock);
  return Object.freeze({ ...context, clock });
}

/** As `requireContext`, with a store. @throws ForecastError `INVALID_ARGUMENT` also for a context without one */
export function requireStoring(where: string, context: Context, options?: CallOptions): StoringContext {
  const checked = requireContext(where, context, options);
  if (checked.store === undefined) throw invalid('INVALID_ARGUMENT', where, 'context.store', 'handed in', undefined);
  return checked as StoringContext;
}

const NAME = /^[a-z][a-z0-9_]{0,39}$/;

function checkMembers(members: readonly Member[], yardstick: Member): Member[] {
  if (!Array.isArray(members)) throw refuse('members', 'an array of members', members);
  const names = new Set<string>();
  for (const [i, member] of members.entries()) {
    const at = `members[${i}]`;
    if (typeof member !== 'object' || member === null) throw refuse(at, 'a member', member);
    const { name, prior } = member;
    if (typeof name !== 'string' || !NAME.test(name) || name === 'ensemble') {
      throw refuse(`${at}.name`, "a small letter, then small letters, digits and _ (and not 'ensemble')", name);
    }
    if (names.has(name)) throw refuse(`${at}.name`, 'a name that no other member has', name);
    names.add(name);
    if (!(typeof prior === 'number' && prior >= 0 && prior < Infinity))
      throw refuse(`${at}.prior`, 'a share >= 0', prior);
    requireMethods(at, member, ['forecast']);
  }
  return names.has(YARDSTICK) ? [...members] : [...members, yardstick];
}

function requireMethods(field: string, value: object, methods: readonly string[]): void {
  for (const method of methods) {
    const held = (value as Record<string, unknown> | null | undefined)?.[method];
    if (typeof held !== 'function')
      throw refuse(field, `an object with ${methods.map((name) => `${name}()`).join(', ')}`, value);
  }
}

function requireFunction(field: string, value: unknown): void {
  if (typeof value !== 'function') throw refuse(field, 'a function', value);
}

function wholeNumber(field: string, value: number | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (!Number.isInteger(value) || value < 1) throw refuse(field, 'a whole number >= 1', value);
  return value;
}

function trueOrFalse(field: string, value: boolean | undefined, usual: boolean): boolean {
  if (value === undefined) return usual;
  if (typeof value !== 'boolean') throw refuse(field, 'true or false', value);
  return value;
}

function duration(field: string, value: number | undefined, usual: number): number {
  if (value === undefined) return usual;
  if (!(typeof value === 'number' && value > 0)) throw refuse(field, 'milliseconds > 0', value);
  return value;
}

function refuse(field: string, expected: string, actual: unknown) {
  return invalid('INVALID_ARGUMENT', 'createContext', field, expected, actual);
}
