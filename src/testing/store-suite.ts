import type { ModelStore } from '../store/model-store.js';
import type { PredictionKey } from '../store/records.js';
import type { Store } from '../store/store.js';
import { type ConformanceCase, missing, register, type TestFunction } from './conformance.js';
import { historyCases } from './history-cases.js';
import { issueCases } from './issue-cases.js';
import { jobRunCases } from './job-run-cases.js';
import { lifecycleCases } from './lifecycle-cases.js';
import { listCases } from './list-cases.js';
import { modelStoreSuite } from './model-store-suite.js';
import { outcomeCases } from './outcome-cases.js';
import { pruneCases } from './prune-cases.js';
import { roundTripCases } from './round-trip-cases.js';
import type { StoreBench, StoreSupport } from './store-cases.js';
import { upsertCases } from './upsert-cases.js';
import { voidCases } from './void-cases.js';

/** How the suite gets at the store that it tests. */
export interface StoreSuiteOptions {
  /** The runner's `test`; without it the cases are only returned. */
  test?: TestFunction | undefined;
  /** Opens a store that holds nothing and shares nothing with those opened before. */
  open(): Promise<Store> | Store;
  /** Opens the data of `store` once more, which may be open still or closed. */
  reopen?: ((store: Store) => Promise<Store> | Store) | undefined;
  /** Makes the stored prediction unreadable, past the store's own methods. */
  damage?: ((store: Store, key: PredictionKey) => Promise<void> | void) | undefined;
  /** Called after each case with the store that `open` returned, closed by then. */
  cleanUp?: ((store: Store) => Promise<void> | void) | undefined;
  supports?: StoreSupport | undefined;
  /** How many rows the case about many rows uses; default 2,500. */
  rows?: number | undefined;
}

/**
 * Returns the cases that hold a Store (and its `models`) to every promise of the interface, each on a fresh store, and
 * registers them with `test` if it is given. A case fails by rejecting.
 *
 * @example
 * import { test } from 'node:test';
 * storeSuite({ test, open: () => memoryStore(), supports: { persistent: 'memory only', shared: false, corruptRows: false } });
 */
export function storeSuite(options: StoreSuiteOptions): ConformanceCase[] {
  const supports = options.supports ?? {};
  const all = [
    ...[lifecycleCases, roundTripCases, upsertCases, issueCases, listCases, outcomeCases, voidCases],
    ...[historyCases, jobRunCases, pruneCases],
  ].flat();
  const cases: ConformanceCase[] = all.map(({ name, needs, run }) => ({
    name,
    skipped: needs && missing(needs, supports[needs]),
    run: () => withStore(options, run),
  }));
  const opened = new Map<ModelStore, Store[]>();
  const models = modelStoreSuite({
    async open() {
      const store = await options.open();
      opened.set(store.models, [store]);
      return store.models;
    },
    reopen:
      options.reopen &&
      (async (models) => {
        const stores = opened.get(models)!;
        stores.push(await options.reopen!(stores[0]));
        return stores[stores.length - 1].models;
      }),
    async cleanUp(models) {
      const stores = opened.get(models)!;
      for (const store of [...stores].reverse()) await store.close();
      await options.cleanUp?.(stores[0]);
    },
    supports: {
      persistent: supports.persistent,
      batches: supports.modelBatches,
      reads: supports.modelReads,
      meta: supports.modelMeta,
      compact: supports.modelCompact,
    },
  });
  cases.push(...models.map((entry) => ({ ...entry, name: `models: ${entry.name}` })));
  register(cases, options.test);
  return cases;
}

async function withStore(options: StoreSuiteOptions, run: (bench: StoreBench) => Promise<void>): Promise<void> {
  const store = await options.open();
  const others: Store[] = [];
  try {
    await run({
      store,
      rows: options.rows ?? 2500,
      async reopen() {
        if (options.reopen === undefined)
          throw new Error('give `reopen`, or say supports: { persistent, shared } why not');
        const other = await options.reopen(store);
        others.push(other);
        return other;
      },
      async damage(key) {
        if (options.damage === undefined) throw new Error('give `damage`, or say supports: { corruptRows } why not');
        await options.damage(store, key);
      },
    });
  } finally {
    for (const opened of [...others, store]) await opened.close();
    await options.cleanUp?.(store);
  }
}
