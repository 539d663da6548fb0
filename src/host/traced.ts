import { foundModule } from './node.js';

/** What is traced, by the last word of its channels' names, and what the events say of it from the start. */
export interface TracedWork {
  /** Instruments are forecast together, from fetching their prices on; storing is not part of it. */
  forecast: { codes: readonly string[]; horizons: readonly number[] };
  /** A member is asked about a batch. */
  member: { member: string; codes: readonly string[]; horizons: readonly number[] };
  /** The price source is asked for an instrument's bars. */
  prices: { code: string; from?: string | undefined; to?: string | undefined; limit?: number | undefined };
  /** A method of the store, or of the store of models ('models.putMany'), is called. */
  store: { method: string };
  /** A scheduler runs a tick that it has claimed. */
  job: { job: string; scheduledFor: Date; owner: string };
  /** A member that learns is retrained. */
  retrain: { member: string; codes: readonly string[]; horizons: readonly number[] };
}

type Channel = ReturnType<typeof import('node:diagnostics_channel').tracingChannel>;

const channels = new Map<keyof TracedWork, Channel | undefined>();

/**
 * Does the work, told to whoever listens to Node's tracing channel `chronolight:NAME`; where nobody does, or there is no Node, that costs a look.
 *
 * @see https://nodejs.org/api/diagnostics_channel.html#tracingchannel-channels
 */
export function traced<Name extends keyof TracedWork, T>(
  name: Name,
  about: () => TracedWork[Name],
  work: () => Promise<T>,
): Promise<T> {
  const channel = channelOf(name);
  return channel?.hasSubscribers ? channel.tracePromise(work, about()) : work();
}

function channelOf(name: keyof TracedWork): Channel | undefined {
  if (!channels.has(name)) {
    channels.set(name, foundModule('node:diagnostics_channel')?.tracingChannel?.(`chronolight:${name}`));
  }
  return channels.get(name);
}

/** Returns an object whose methods are those of the target, each call traced as the store's; `prefix` stands before their names. */
export function tracedMethods<T extends object>(target: T, prefix = ''): T {
  if (targets.has(target)) return target;
  // over an object of its own: the methods of a frozen target could not be replaced in a proxy over it
  const proxy: T = new Proxy({} as T, {
    get(_, key) {
      const held: unknown = Reflect.get(target, key, target);
      if (key === 'models' && typeof held === 'object' && held !== null) return tracedMethods(held, 'models.');
      if (typeof held !== 'function' || typeof key === 'symbol') return held;
      return (...values: unknown[]) =>
        traced(
          'store',
          () => ({ method: prefix + key }),
          () => Reflect.apply(held, target, values),
        );
    },
    has: (_, key) => Reflect.has(target, key),
    set: (_, key, value) => Reflect.set(target, key, value, target),
    ownKeys: () => Reflect.ownKeys(target),
    getOwnPropertyDescriptor(_, key) {
      const held = Reflect.getOwnPropertyDescriptor(target, key);
      const { enumerable } = held ?? {};
      return held && { value: Reflect.get(proxy, key), writable: true, enumerable, configurable: true };
    },
  });
  targets.set(proxy, target);
  return proxy;
}

const targets = new WeakMap<object, object>();

/** Returns what `tracedMethods` returned the calls of, or the object itself: one for all that lead to it. */
export function untraced(target: object): object {
  return targets.get(target) ?? target;
}
