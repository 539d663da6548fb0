import { describe, expect, test } from 'vitest';
import { memoryPrices } from '../../adapters/prices/memory.js';
import { type FullModelStore, memoryModels, memoryStore } from '../../adapters/store/memory.js';
import type { PriceSource } from '../../src/prices/price-source.js';
import type { PredictionKey, PredictionRecord } from '../../src/store/records.js';
import type { OutcomeQuery, PredictionQuery, Store } from '../../src/store/store.js';
import type { ConformanceCase } from '../../src/testing/index.js';
import { modelStoreSuite, priceSourceSuite, storeSuite } from '../../src/testing/index.js';

/** The names of the cases that fail, and what they say; no more than `most`. */
async function failures(cases: readonly ConformanceCase[], most = Infinity): Promise<string[]> {
  const failed: string[] = [];
  for (const { name, skipped, run } of cases) {
    if (failed.length === most) break;
    if (skipped !== undefined) continue;
    await run().catch((error: Error) => failed.push(`${name}: ${error.message}`));
  }
  return failed;
}

const inMemory = { persistent: false, shared: false, corruptRows: false } as const;

/** Each breaks one promise of a store that keeps all others. */
const brokenStores: [string, (store: Store) => Partial<Store>][] = [
  [
    'clears userTriggered',
    (store) => {
      const seen = new Map<string, boolean>();
      return {
        async upsertPredictions(records) {
          await store.upsertPredictions(records);
          for (const record of records)
            seen.set(JSON.stringify([record.code, record.baseDate, record.horizon]), record.userTriggered);
        },
        async getPrediction(key) {
          const row = await store.getPrediction(key);
          const flag = seen.get(JSON.stringify([key.code, key.baseDate, key.horizon]));
          return row && { ...row, userTriggered: flag ?? row.userTriggered };
        },
      };
    },
  ],
  [
    'rounds to single precision',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        return row && { ...row, expectedReturn: Math.fround(row.expectedReturn) };
      },
    }),
  ],
  [
    'stores what it can of a bad call',
    (store) => ({
      async upsertPredictions(records) {
        for (const record of records) await store.upsertPredictions([record]);
      },
    }),
  ],
  ['stores nothing', () => ({ upsertPredictions: async () => {} })],
  [
    'overwrites matched predictions silently',
    (store) => ({
      upsertPredictions: (records) =>
        store.upsertPredictions(records).catch((error) => {
          if (error.code !== 'ALREADY_MATCHED') throw error;
        }),
    }),
  ],
  [
    'shifts dates by a time zone',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        if (row === undefined) return row;
        const day = new Date(new Date(`${row.targetDate}T00:00:00Z`).getTime() - 9 * 3_600_000);
        return { ...row, targetDate: day.toISOString().slice(0, 10) };
      },
    }),
  ],
  [
    'cuts instants to seconds',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        return row && { ...row, issuedAt: new Date(Math.trunc(row.issuedAt.getTime() / 1000) * 1000) };
      },
    }),
  ],
  ['ignores the limit', (store) => ({ listPredictions: (query) => store.listPredictions({ ...query, limit: 9999 }) })],
  [
    'ignores after',
    (store) => ({
      listPredictions: async (query) => {
        if (query?.limit === 700) throw new Error('this mutant would never end there');
        return store.listPredictions({ ...query, after: undefined });
      },
    }),
  ],
  [
    'ignores the state',
    (store) => ({ listPredictions: (query) => store.listPredictions({ ...query, state: undefined }) }),
  ],
  [
    'takes toTargetDate as exclusive',
    (store) => ({
      listPredictions: async (query) =>
        (await store.listPredictions(query)).filter((row) => row.targetDate !== query?.toTargetDate),
    }),
  ],
  [
    'sorts by UTF-16 unit',
    (store) => ({
      listPredictions: async (query) =>
        (await store.listPredictions(query)).sort((a, b) =>
          a.baseDate !== b.baseDate || a.code === b.code ? 0 : a.code < b.code ? -1 : 1,
        ),
    }),
  ],
  [
    'keeps the caller’s own array',
    (store) => {
      let kept: Awaited<ReturnType<Store['listPredictions']>> | undefined;
      return {
        async listPredictions(query) {
          kept ??= await store.listPredictions(query);
          return kept;
        },
      };
    },
  ],
  [
    'counts known outcomes again',
    (store) => ({
      recordOutcomes: async (records) => {
        await store.recordOutcomes(records);
        return records.length;
      },
    }),
  ],
  [
    'takes outcomes of no prediction',
    (store) => ({
      recordOutcomes: (records) =>
        store.recordOutcomes(records).catch((error) => {
          if (error.code !== 'UNKNOWN_PREDICTION') throw error;
          return 0;
        }),
    }),
  ],
  [
    'forgets older weights',
    (store) => ({
      listWeights: async (query) => (await store.listWeights(query)).slice(-1),
    }),
  ],
  ['returns weights after the day', (store) => ({ getWeights: (code, horizon) => store.getWeights(code, horizon) })],
  [
    'returns the weights of several keys in an order of its own',
    (store) => ({ getManyWeights: async (keys, asOf) => (await store.getManyWeights!(keys, asOf)).reverse() }),
  ],
  [
    'turns absent rates into 0',
    (store) => ({
      getWeights: async (code, horizon, asOf) => {
        const row = await store.getWeights(code, horizon, asOf);
        return row && { ...row, hitRates: { chronos: 0, lgbm: 0, naive: 0, ensemble: 0, ...row.hitRates } };
      },
    }),
  ],
  [
    'replaces performance of another window',
    (store) => ({
      listPerformance: async (query) => {
        const rows = await store.listPerformance(query);
        return rows.filter(
          (row, index) => index === 0 || row.asOf !== rows[index - 1].asOf || row.code !== rows[index - 1].code,
        );
      },
    }),
  ],
  [
    'lets everyone win a tick',
    (store) => ({
      claimJobRun: async (claim) => {
        await store.claimJobRun(claim);
        return true;
      },
    }),
  ],
  [
    'never gives up a claim',
    (store) => ({
      claimJobRun: (claim) => store.claimJobRun({ ...claim, leaseMs: 1e9 }),
    }),
  ],
  [
    'takes a claim one millisecond early',
    (store) => ({
      claimJobRun: (claim) => store.claimJobRun({ ...claim, now: new Date(claim.now.getTime() + 1) }),
    }),
  ],
  [
    'lets anyone finish a run',
    (store) => ({
      finishJobRun: async (run) => {
        const [row] = await store.listJobRuns({ job: run.job });
        return store.finishJobRun({ ...run, owner: row?.owner ?? run.owner });
      },
    }),
  ],
  [
    'lists the oldest run first',
    (store) => ({
      listJobRuns: async (query) => (await store.listJobRuns(query)).reverse(),
    }),
  ],
  [
    'takes the name of a job as a pattern',
    (store) => ({
      listJobRuns: ({ job, limit }) => store.listJobRuns({ job: job === '%' ? 'daily-batch' : job, limit }),
    }),
  ],
  [
    'builds a statement out of an owner',
    (store) => ({
      finishJobRun: async (run) => {
        const [row] = await store.listJobRuns({ job: run.job });
        return store.finishJobRun({ ...run, owner: row?.owner.includes("'1' = '1") ? row.owner : run.owner });
      },
    }),
  ],
  [
    'keeps the codes of weights as names of fields',
    (store) => {
      const rows: { [code: string]: Awaited<ReturnType<Store['getWeights']>> } = {};
      return {
        async putWeights(records) {
          await store.putWeights(records);
          for (const record of records) rows[record.code] = record;
        },
        getWeights: async (code, horizon, asOf) =>
          (rows[code] && (await store.getWeights(code, horizon, asOf))) || undefined,
        listWeights: async (query) => (await store.listWeights(query)).filter(({ code }) => Object.hasOwn(rows, code)),
      };
    },
  ],
  ['goes on after close', () => ({ close: async () => {} })],
  [
    'fails when closed twice',
    (store) => {
      let closed = false;
      return {
        async close() {
          if (closed) throw new Error('closed already');
          closed = true;
          await store.close();
        },
      };
    },
  ],
  [
    'answers an unknown key with null',
    (store) => ({
      getPrediction: async (key) => (await store.getPrediction(key)) ?? (null as never),
    }),
  ],
  [
    'keeps the point and its interval alone',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        return row && { ...row, levels: [0.1, 0.5, 0.9], quantiles: [row.ciLow, row.pointClose, row.ciHigh] };
      },
    }),
  ],
  [
    'derives what members say of themselves',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        for (const member of Object.values(row?.members ?? {}))
          member.expectedReturn = member.pointClose / row!.baseClose - 1;
        return row;
      },
    }),
  ],
  [
    'knows only some members',
    (store) => ({
      getPrediction: async (key) => {
        const row = await store.getPrediction(key);
        const { chronos, my_model, naive } = row?.members ?? {};
        return (
          row && {
            ...row,
            members: { ...(chronos && { chronos }), ...(my_model && { my_model }), ...(naive && { naive }) },
          }
        );
      },
    }),
  ],
  [
    'takes quantiles that cross',
    (store) => ({
      upsertPredictions: (records) =>
        store.upsertPredictions(
          records.map((record) => ({ ...record, quantiles: [...(record.quantiles ?? [])].sort((a, b) => a - b) })),
        ),
    }),
  ],
  [
    'forgets the forecast at the close',
    (store) => ({
      getPrediction: async (key) => {
        const { earlier: _, ...row } = (await store.getPrediction(key)) ?? {};
        return Object.keys(row).length > 0 ? (row as never) : undefined;
      },
    }),
  ],
  [
    'lets the last forecast stand, whenever it was issued',
    (store) => {
      const last = new Map<string, PredictionRecord>();
      return {
        async upsertPredictions(records) {
          await store.upsertPredictions(records);
          for (const record of records) last.set(record.code, record);
        },
        getPrediction: async (key) => {
          const row = await store.getPrediction(key);
          const put = last.get(key.code);
          return row && put && put.issue !== row.issue ? { ...put, earlier: row.earlier } : row;
        },
      };
    },
  ],
  ['makes no prediction void', () => ({ voidPredictions: async (records) => records.length })],
  [
    'voids a prediction anew',
    (store) => ({
      async voidPredictions(records) {
        await store.voidPredictions(records);
        return records.length;
      },
    }),
  ],
  [
    'takes void predictions for due',
    (store) => ({
      listPredictions: async (query) => {
        const rows = await store.listPredictions(query);
        if (query?.state !== 'due') return rows;
        return [...rows, ...(await store.listPredictions({ ...query, state: 'void' }))];
      },
    }),
  ],
  [
    'keeps a prediction void that was put again',
    (store) => {
      const marks = new Map<string, PredictionRecord['void']>();
      const keyOf = ({ code, baseDate, horizon }: PredictionKey) => JSON.stringify([code, baseDate, horizon]);
      return {
        async voidPredictions(records) {
          const count = await store.voidPredictions(records);
          for (const record of records) marks.set(keyOf(record), { reason: record.reason, voidedAt: record.voidedAt });
          return count;
        },
        getPrediction: async (key) => {
          const row = await store.getPrediction(key);
          const mark = marks.get(keyOf(key));
          return row && mark ? { ...row, void: mark } : row;
        },
      };
    },
  ],
  [
    'voids without knowing the prediction',
    (store) => ({
      voidPredictions: (records) =>
        store.voidPredictions(records).catch((error) => {
          if (error.code !== 'UNKNOWN_PREDICTION') throw error;
          return 0;
        }),
    }),
  ],
  [
    'pairs outcomes with other predictions',
    (store) => ({
      listMatched: async (query) => {
        const rows = await store.listMatched(query);
        return rows.map(({ outcome }, index) => ({ outcome, prediction: rows[rows.length - 1 - index].prediction }));
      },
    }),
  ],
  [
    'reads a filter that it does not know as none',
    (store) => ({
      listOutcomes: (query) => {
        const { fromTargetDate: _, ...known } = (query ?? {}) as PredictionQuery;
        return store.listOutcomes(known as OutcomeQuery);
      },
    }),
  ],
  [
    'never claims a failed tick again',
    (store) => {
      const failed = new Set<string>();
      const tickOf = ({ job, scheduledFor }: { job: string; scheduledFor: Date }) => `${job} ${scheduledFor.getTime()}`;
      return {
        async finishJobRun(run) {
          const ended = await store.finishJobRun(run);
          if (ended && run.status === 'failed') failed.add(tickOf(run));
          return ended;
        },
        claimJobRun: async (claim) =>
          claim.scheduledFor instanceof Date && failed.has(tickOf(claim)) ? false : store.claimJobRun(claim),
      };
    },
  ],
  [
    'counts no attempts',
    (store) => ({
      listJobRuns: async (query) => (await store.listJobRuns(query)).map((row) => ({ ...row, attempts: 1 })),
    }),
  ],
  [
    'keeps a run’s summary alone',
    (store) => ({ finishJobRun: ({ figures: _, failures: __, ...run }) => store.finishJobRun(run) }),
  ],
  [
    'prunes what is due',
    (store) => ({
      async prune(options) {
        const due = (await store.listPredictions({ state: 'due' })).filter((row) => row.baseDate < options.before);
        if (!options.dryRun)
          await store.voidPredictions(
            due.map((row) => ({ ...row, reason: 'no-close' as const, voidedAt: new Date(0) })),
          );
        return store.prune(options);
      },
    }),
  ],
  [
    'prunes the day itself',
    (store) => ({ prune: (options) => store.prune({ ...options, before: dayAfter(options.before) }) }),
  ],
  ['deletes in a dry run', (store) => ({ prune: ({ dryRun: _, ...options }) => store.prune(options) })],
  ['prunes what keepMatched keeps', (store) => ({ prune: ({ keepMatched: _, ...options }) => store.prune(options) })],
  ['prunes on after an abort', (store) => ({ prune: ({ signal: _, ...options }) => store.prune(options) })],
  ['prunes nothing', (store) => ({ prune: (options) => store.prune({ ...options, dryRun: true }) })],
  [
    'throws its own errors',
    (store) => ({
      getPrediction: (key) => {
        if (key.horizon === 0) return Promise.reject(new RangeError('horizon'));
        return store.getPrediction(key);
      },
    }),
  ],
];

function dayAfter(date: string): string {
  const time = Date.parse(date);
  return Number.isNaN(time) ? date : new Date(time + 86_400_000).toISOString().slice(0, 10);
}

/** A wrapper that sees `close` of the store below too, so that a mutant's own state does not hide it. */
const mutantOf = (change: (store: Store) => Partial<Store>): Store => {
  const store = memoryStore();
  return { ...store, ...change(store) };
};

describe('storeSuite fails a store that', () => {
  test('is sound: not once', async () => {
    expect(await failures(storeSuite({ open: () => mutantOf(() => ({})), supports: inMemory }))).toEqual([]);
  });

  test.each(brokenStores)('%s', async (_, change) => {
    const failed = await failures(storeSuite({ open: () => mutantOf(change), supports: inMemory }), 1);
    expect(failed.length).toBeGreaterThan(0);
  });

  test('is shown to a runner of any kind: one that has no test.skip gets what is left out as empty tests, by name', async () => {
    const registered = new Map<string, () => Promise<void>>();
    const runner = (name: string, run: () => Promise<void>) => void registered.set(name, run);
    const supports = { ...inMemory, persistent: 'memory only' };
    const cases = storeSuite({ test: runner, open: () => memoryStore(), supports });
    expect(registered.size).toBe(cases.length);
    const skipped = [...registered.keys()].filter((name) => name.includes('(skipped: '));
    expect(skipped).toHaveLength(cases.filter((entry) => entry.skipped !== undefined).length);
    expect(skipped.some((name) => name.endsWith('(skipped: memory only)'))).toBe(true);
    for (const run of registered.values()) await run();
  });

  test('says nothing of what it lacks, with a message that tells what to say', async () => {
    const open = () => {
      const store = memoryStore();
      const { get, put, list } = store.models;
      return { ...store, models: { get, put, list } };
    };
    const failed = await failures(storeSuite({ open }));
    const missing = ['putMany', 'getMany', 'getMeta', 'getCompact'].map((name) => `models.${name} is missing`);
    for (const word of ['`reopen`', '`damage`', ...missing]) {
      expect(failed.some((message) => message.includes(word))).toBe(true);
    }
    const supports = { ...inMemory, modelBatches: false, modelReads: false, modelMeta: false, modelCompact: false };
    expect(await failures(storeSuite({ open, supports }))).toEqual([]);
  });
});

const brokenModels: [string, (models: FullModelStore) => Partial<FullModelStore>][] = [
  ['trims texts', (models) => ({ get: async (key) => (await models.get(key))?.trim() })],
  [
    'translates line ends',
    (models) => ({ put: (key, text, meta) => models.put(key, text?.replace?.(/\r\n/g, '\n') ?? text, meta) }),
  ],
  [
    'ignores case',
    (models) => ({
      get: (key) => models.get(key.toLowerCase()),
      put: (key, text) => models.put(key.toLowerCase(), text),
    }),
  ],
  [
    'takes _ as a wildcard',
    (models) => ({
      list: async (prefix = '') => {
        const pattern = new RegExp(`^${prefix.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('_', '.')}`);
        return (await models.list()).filter((key) => pattern.test(key));
      },
    }),
  ],
  ['lists in any order', (models) => ({ list: async (prefix) => (await models.list(prefix)).reverse() })],
  [
    'takes keys that leave the folder',
    (models) => ({
      get: async (key) => (key.includes('/') ? undefined : models.get(key)),
    }),
  ],
  [
    'puts part of a batch',
    (models) => ({
      putMany: async (entries) => {
        for (const { key, text, meta } of entries) await models.put(key, text, meta);
      },
    }),
  ],
  [
    'reads the first of many',
    (models) => ({
      getMany: async (keys) => (await models.getMany(keys)).map((text, index) => (index === 0 ? text : undefined)),
    }),
  ],
  [
    'leaves out absent ones of many',
    (models) => ({ getMany: async (keys) => (await models.getMany(keys)).filter((text) => text !== undefined) }),
  ],
  [
    'reads many one after another',
    (models) => ({
      getMany: async (keys) => {
        const texts: (string | undefined)[] = [];
        for (const key of keys) texts.push(await models.get(key));
        return texts;
      },
    }),
  ],
  [
    'keeps the meta of an older text',
    (models) => {
      const metas = new Map<string, object>();
      return {
        put: (key, text, meta) => {
          if (meta !== undefined) metas.set(key, structuredClone(meta));
          return models.put(key, text, meta);
        },
        getMeta: async (key) => (await models.getMeta(key)) ?? structuredClone(metas.get(key)),
      };
    },
  ],
  [
    'keeps the compact form of an older text',
    (models) => {
      const forms = new Map<string, Uint8Array>();
      return {
        putMany: async (entries) => {
          await models.putMany(entries);
          for (const { key, compact } of entries) if (compact) forms.set(key, compact.slice());
        },
        getCompact: async (keys) =>
          (await models.getCompact(keys)).map((form, i) => form ?? forms.get(keys[i])?.slice()),
      };
    },
  ],
  [
    'hands out the compact form that it keeps',
    (models) => {
      const forms = new Map<Uint8Array | undefined, Uint8Array>();
      const kept = (form: Uint8Array | undefined) => {
        const known = [...forms.values()].find((one) => one.length === form?.length);
        if (form && !known) forms.set(form, form);
        return known ?? form;
      };
      return { getCompact: async (keys) => (await models.getCompact(keys)).map(kept) };
    },
  ],
];

describe('modelStoreSuite fails a model store that', () => {
  test.each(brokenModels)('%s', async (_, change) => {
    const open = () => {
      const models = memoryModels();
      return { ...models, ...change(models) };
    };
    expect((await failures(modelStoreSuite({ open, supports: { persistent: false } }))).length).toBeGreaterThan(0);
  });
});

const brokenSources: [string, (source: PriceSource) => PriceSource['getBars']][] = [
  [
    'limits to the oldest bars',
    (source) =>
      async (code, { limit, ...range }) => {
        const bars = await source.getBars(code, range);
        return limit !== undefined && limit >= 1 && Number.isInteger(limit)
          ? bars.slice(0, limit)
          : source.getBars(code, { ...range, limit });
      },
  ],
  [
    'limits before it looks at `to`',
    (source) => async (code, range) => {
      const bars = await source.getBars(code, { ...range, to: undefined });
      await source.getBars(code, range);
      return bars.filter((bar) => bar.date <= (range.to ?? bar.date));
    },
  ],
  [
    'takes `from` as exclusive',
    (source) => async (code, range) => (await source.getBars(code, range)).filter((bar) => bar.date !== range.from),
  ],
  [
    'returns nothing for an unknown code',
    (source) => (code, range) =>
      source.getBars(code, range).catch((error) => {
        if (error.code !== 'UNKNOWN_CODE') throw error;
        return [];
      }),
  ],
  ['serves newest first', (source) => async (code, range) => (await source.getBars(code, range)).reverse()],
  ['ignores the signal', (source) => (code, range) => source.getBars(code, { ...range, signal: undefined })],
  [
    'hands out its own array',
    (source) => {
      const kept = new Map<string, ReturnType<PriceSource['getBars']>>();
      return (code, range) => {
        if (Object.keys(range).length > 0) return source.getBars(code, range);
        if (!kept.has(code)) kept.set(code, source.getBars(code, range));
        return kept.get(code)!;
      };
    },
  ],
  [
    'rounds prices',
    (source) => async (code, range) =>
      (await source.getBars(code, range)).map((bar) => ({ ...bar, close: Math.round(bar.close) })),
  ],
  [
    'adds a field of its own',
    (source) => async (code, range) => (await source.getBars(code, range)).map((bar) => ({ ...bar, change: 0 })),
  ],
];

describe('priceSourceSuite fails a source that', () => {
  test.each(brokenSources)('%s', async (_, change) => {
    const open = (bars: Parameters<typeof memoryPrices>[0]) => ({ getBars: change(memoryPrices(bars)) });
    expect((await failures(priceSourceSuite({ open }))).length).toBeGreaterThan(0);
  });
});
