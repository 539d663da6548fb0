import type { ModelEntry, ModelStore } from '../store/model-store.js';
import { type ConformanceCase, missing, register, type Support, type TestFunction } from './conformance.js';
import { expectRejects, expectSame, expectThat } from './expect.js';

/** How the suite gets at the model store that it tests. */
export interface ModelStoreSuiteOptions {
  /** The runner's `test`; without it the cases are only returned. */
  test?: TestFunction | undefined;
  /** Opens a model store that holds nothing and shares nothing with those opened before. */
  open(): Promise<ModelStore> | ModelStore;
  /** Opens the models of `models` once more, as the next process would. */
  reopen?: ((models: ModelStore) => Promise<ModelStore> | ModelStore) | undefined;
  /** Called after each case with the model store that `open` returned. */
  cleanUp?: ((models: ModelStore) => Promise<void> | void) | undefined;
  supports?: ModelStoreSupport | undefined;
}

/** What a model store can have or lack. */
export interface ModelStoreSupport {
  /** Models are there for the next process. Needs `reopen`. */
  persistent?: Support | undefined;
  /** `putMany`: several models, all or none. */
  batches?: Support | undefined;
  /** `getMany`: several models as they stood at one moment. */
  reads?: Support | undefined;
  /** `getMeta`: the meta object put with a model. */
  meta?: Support | undefined;
  /** `getCompact`: the compact form put with a model. */
  compact?: Support | undefined;
}

interface ModelBench {
  models: ModelStore;
  reopen(): Promise<ModelStore>;
}

interface ModelCase {
  name: string;
  needs?: keyof ModelStoreSupport | undefined;
  run(bench: ModelBench): Promise<void>;
}

const BAD_KEYS = ['', '../../x', '..', 'a..b', 'a/b', 'a\\b', 'a b', 'a\0', '한글', '%2e%2e', 'C:', 'x'.repeat(201)];

/** Texts that a store which trims, re-encodes or translates line ends changes. */
const TEXTS = [
  '',
  'tree\nversion=v4\n',
  ' \r\n\ttabs and CRLF\r\n',
  '삼성 \u{1f4c8} e\u0301',
  "'; DROP TABLE models; --",
];

const KEY = '005930_h1_reg';

function batchOf(models: ModelStore): (entries: readonly ModelEntry[]) => Promise<void> {
  expectThat(models.putMany !== undefined, 'models.putMany is missing: say supports: { ... } why, or write it');
  return (entries) => models.putMany!(entries);
}

function compactOf(models: ModelStore): NonNullable<ModelStore['getCompact']> {
  expectThat(models.getCompact !== undefined, 'models.getCompact is missing: say supports: { ... } why, or write it');
  batchOf(models);
  return (keys) => models.getCompact!(keys);
}

const numbersOf = (bytes: Uint8Array | undefined) => bytes && Array.from(bytes);

const cases: ModelCase[] = [
  {
    name: 'a model comes back exactly as it was put; an absent one is undefined',
    async run({ models }) {
      for (const [index, text] of TEXTS.entries()) await models.put(`k${index}`, text);
      for (const [index, text] of TEXTS.entries()) expectSame(await models.get(`k${index}`), text, `get(k${index})`);
      expectSame(await models.get('absent'), undefined, 'get of an absent key');
    },
  },
  {
    name: 'a model of two million characters comes back whole',
    async run({ models }) {
      const text = 'leaf_value=0.1234567890123456\n'.repeat(70_000);
      await models.put(KEY, text);
      expectThat((await models.get(KEY)) === text, 'get: the long text changed');
    },
  },
  {
    name: 'a second put replaces the text, whether it is longer or shorter',
    async run({ models }) {
      for (const text of ['middle text', 'a much longer text than the one before', 'x']) {
        await models.put(KEY, text);
        expectSame(await models.get(KEY), text, 'get');
      }
      expectSame(await models.list(), [KEY], 'list');
    },
  },
  {
    name: 'keys are told apart by case and by every character',
    async run({ models }) {
      const keys = ['A_h1', 'A-h1', 'A.h1', 'a_h1', '.hidden', 'Ah1', '_', '-x', 'con', 'x'.repeat(200)];
      for (const key of keys) await models.put(key, `text of ${key}`);
      for (const key of keys) expectSame(await models.get(key), `text of ${key}`, `get(${key})`);
    },
  },
  {
    name: 'list returns the keys that start with the prefix, ascending by code unit, wildcards taken as they are',
    async run({ models }) {
      const keys = ['000660_h1_reg', '005930_h10_reg', '005930_h1_cls', '005930_h1_reg', 'B.x', 'Bax', '_x', 'b'];
      for (const key of [...keys].reverse()) await models.put(key, 't');
      const listed = async (prefix?: string) => (await models.list(prefix)).join(' ');
      expectSame(await listed(), [...keys].sort().join(' '), 'list()');
      expectSame(await listed(''), [...keys].sort().join(' '), "list('')");
      expectSame(await listed('005930_h1_'), '005930_h1_cls 005930_h1_reg', "list('005930_h1_')");
      expectSame(await listed('_'), '_x', "list('_')");
      expectSame(await listed('B.'), 'B.x', "list('B.')");
      for (const prefix of ['%', '*', '?', '../', "'", '\\', '한'])
        expectSame(await listed(prefix), '', `list('${prefix}')`);
    },
  },
  {
    name: 'a key that could leave its place is refused with INVALID_KEY by every method',
    async run({ models }) {
      await models.put(KEY, 'text');
      for (const key of BAD_KEYS) {
        const what = JSON.stringify(key.slice(0, 20));
        await expectRejects(() => models.get(key), 'INVALID_KEY', `get(${what})`);
        await expectRejects(() => models.put(key, 'text'), 'INVALID_KEY', `put(${what})`);
        if (models.getMeta) await expectRejects(() => models.getMeta!(key), 'INVALID_KEY', `getMeta(${what})`);
        if (models.putMany) {
          const entries = [
            { key: 'good', text: 'text' },
            { key, text: 'text' },
          ];
          await expectRejects(() => models.putMany!(entries), 'INVALID_KEY', `putMany(${what})`);
        }
      }
      expectSame(await models.list(), [KEY], 'list');
    },
  },
  {
    name: 'text that is no text is refused, and what was there stays',
    async run({ models }) {
      await models.put(KEY, 'text');
      for (const text of [undefined, 1, new Uint8Array(3), 'half a pair \ud800']) {
        await expectRejects(() => models.put(KEY, text as string), 'INVALID_ARGUMENT', `put(${String(text)})`);
      }
      expectSame(await models.get(KEY), 'text', 'get');
    },
  },
  {
    name: 'puts at the same time leave one whole text of those put',
    async run({ models }) {
      const texts = Array.from({ length: 8 }, (_, index) => String(index).repeat(50_000));
      await Promise.all(texts.map((text) => models.put(KEY, text)));
      const text = await models.get(KEY);
      expectThat(text !== undefined && texts.includes(text), 'get: the text is none of those put');
      expectSame(await models.list(), [KEY], 'list');
    },
  },
  {
    name: 'models are there when the store is opened again',
    needs: 'persistent',
    async run({ models, reopen }) {
      for (const [index, text] of TEXTS.entries()) await models.put(`k${index}`, text);
      const again = await reopen();
      for (const [index, text] of TEXTS.entries()) expectSame(await again.get(`k${index}`), text, `get(k${index})`);
      expectSame((await again.list()).length, TEXTS.length, 'the number of models');
    },
  },
  {
    name: 'putMany puts all its entries, the last of a key standing; of nothing it changes nothing',
    needs: 'batches',
    async run({ models }) {
      const putMany = batchOf(models);
      await models.put('a', 'old');
      await putMany([]);
      expectSame(await models.list(), ['a'], 'list after putMany([])');
      await putMany([
        { key: 'a', text: 'first' },
        { key: 'b', text: 'b' },
        { key: 'a', text: 'second' },
      ]);
      expectSame(await models.get('a'), 'second', "get('a')");
      expectSame(await models.list(), ['a', 'b'], 'list');
    },
  },
  {
    name: 'putMany puts none of its entries if one is bad',
    needs: 'batches',
    async run({ models }) {
      const putMany = batchOf(models);
      await models.put('a', 'old');
      const entries = [
        { key: 'a', text: 'new' },
        { key: 'b', text: 'new' },
        { key: 'c', text: undefined as unknown as string },
      ];
      await expectRejects(() => putMany(entries), 'INVALID_ARGUMENT', 'putMany with a bad text');
      expectSame(await models.get('a'), 'old', "get('a')");
      expectSame(await models.list(), ['a'], 'list');
    },
  },
  {
    name: 'getMany returns the texts of the keys, in their order, absent ones undefined, a key twice twice',
    needs: 'reads',
    async run({ models }) {
      expectThat(models.getMany !== undefined, 'models.getMany is missing: say supports: { ... } why, or write it');
      for (const [index, text] of TEXTS.entries()) await models.put(`k${index}`, text);
      const found = await models.getMany(['k3', 'absent', 'k0', 'k3', 'constructor']);
      expectSame(found, [TEXTS[3], undefined, TEXTS[0], TEXTS[3], undefined], 'getMany');
      expectSame(await models.getMany([]), [], 'getMany of nothing');
      for (const key of BAD_KEYS) {
        await expectRejects(() => models.getMany!(['k0', key]), 'INVALID_KEY', `getMany(${JSON.stringify(key)})`);
      }
      const texts = await models.getMany(['k1']);
      texts[0] = 'changed';
      expectSame(await models.getMany(['k1']), [TEXTS[1]], 'getMany after what was read was changed');
    },
  },
  {
    name: 'getMany never returns half of a batch that putMany puts at the same time',
    needs: 'reads',
    async run({ models }) {
      if (models.putMany === undefined) return;
      const put = (generation: string) =>
        models.putMany!(['reg', 'cls', 'meta'].map((key) => ({ key, text: generation.repeat(2000) })));
      await put('0');
      const reads: Promise<(string | undefined)[]>[] = [];
      const puts: Promise<void>[] = [];
      for (let generation = 1; generation < 10; generation++) {
        puts.push(put(String(generation)));
        reads.push(models.getMany!(['reg', 'cls', 'meta']));
      }
      for (const texts of await Promise.all(reads)) {
        expectThat(texts[0] === texts[1] && texts[1] === texts[2], 'getMany: the texts are of different batches');
      }
      await Promise.all(puts);
    },
  },
  {
    name: 'meta comes back as it was last put with the text, a copy, undefined when there was none',
    needs: 'meta',
    async run({ models }) {
      expectThat(models.getMeta !== undefined, 'models.getMeta is missing: say supports: { ... } why, or write it');
      const meta = { trainedAt: '2024-03-08', rows: 400, nested: { 삼성: [0.1 + 0.2, null, true] } };
      await models.put(KEY, 'text', meta);
      meta.rows = 0;
      const read = await models.getMeta!(KEY);
      expectSame(read, { ...meta, rows: 400 }, 'getMeta');
      (read as { rows: number }).rows = 1;
      expectSame(await models.getMeta!(KEY), { ...meta, rows: 400 }, 'getMeta after what was read was changed');
      await models.putMany?.([{ key: 'b', text: 'b', meta: { by: 'putMany' } }]);
      if (models.putMany) expectSame(await models.getMeta!('b'), { by: 'putMany' }, 'getMeta after putMany');
      await models.put(KEY, 'text');
      expectSame(await models.getMeta!(KEY), undefined, 'getMeta after a put without meta');
      expectSame(await models.getMeta!('absent'), undefined, 'getMeta of an absent key');
    },
  },
  {
    name: 'a compact form comes back as it was put with the text, a copy, in the order of the keys',
    needs: 'compact',
    async run({ models }) {
      const getCompact = compactOf(models);
      const form = Uint8Array.from({ length: 20_000 }, (_, i) => (i * 7) % 256);
      const put = form.slice();
      await models.putMany!([
        { key: 'a', text: 'a', compact: put.subarray(1) },
        { key: 'b', text: 'b', compact: Uint8Array.of(0) },
        { key: 'c', text: 'c', meta: { v: 1 } },
      ]);
      put.fill(0);
      const found = await getCompact(['b', 'absent', 'a', 'c', 'a']);
      const expected = [[0], undefined, [...form.subarray(1)], undefined, [...form.subarray(1)]];
      expectSame(found.map(numbersOf), expected, 'getCompact');
      found[2]!.fill(0);
      expectSame((await getCompact(['a'])).map(numbersOf), [expected[2]], 'getCompact after what was read was changed');
      expectSame(await models.get('a'), 'a', "get('a')");
      expectSame(await getCompact([]), [], 'getCompact of nothing');
      for (const key of BAD_KEYS) {
        await expectRejects(() => getCompact(['a', key]), 'INVALID_KEY', `getCompact(${JSON.stringify(key)})`);
      }
    },
  },
  {
    name: 'a compact form is gone once the text was put anew without it, and replaced by the next',
    needs: 'compact',
    async run({ models }) {
      const getCompact = compactOf(models);
      const put = (text: string, ...bytes: number[]) =>
        models.putMany!([{ key: KEY, text, ...(bytes.length > 0 && { compact: Uint8Array.from(bytes) }) }]);
      const read = async () => numbersOf((await getCompact([KEY]))[0]);
      await put('first', 1, 2, 3);
      await put('second', 4, 5);
      expectSame(await read(), [4, 5], 'getCompact after a second putMany');
      await put('third');
      expectSame(await read(), undefined, 'getCompact after a putMany without one');
      await put('fourth', 6);
      await models.put(KEY, 'fifth');
      expectSame(await read(), undefined, 'getCompact after a put');
      await put('sixth', 7);
      expectSame(await read(), [7], 'getCompact');
    },
  },
  {
    name: 'a compact form that is no bytes is refused, and what was there stays',
    needs: 'compact',
    async run({ models }) {
      const getCompact = compactOf(models);
      await models.putMany!([{ key: KEY, text: 'text', compact: Uint8Array.of(1) }]);
      for (const compact of ['AQ==', [1], new ArrayBuffer(1), new Uint8Array(0)]) {
        const entry = { key: KEY, text: 'new', compact: compact as Uint8Array };
        await expectRejects(() => models.putMany!([entry]), 'INVALID_ARGUMENT', `putMany(${String(compact)})`);
      }
      expectSame(await models.get(KEY), 'text', 'get');
      expectSame((await getCompact([KEY])).map(numbersOf), [[1]], 'getCompact');
    },
  },
];

/**
 * Returns the cases that hold a ModelStore to every promise of the interface, each on a fresh one, and registers them
 * with `test` if it is given.
 */
export function modelStoreSuite(options: ModelStoreSuiteOptions): ConformanceCase[] {
  const supports = options.supports ?? {};
  const suite = cases.map(({ name, needs, run }) => ({
    name,
    skipped: needs && missing(needs, supports[needs]),
    async run() {
      const models = await options.open();
      try {
        await run({
          models,
          async reopen() {
            if (options.reopen === undefined) throw new Error('give `reopen`, or say supports: { persistent } why not');
            return options.reopen(models);
          },
        });
      } finally {
        await options.cleanUp?.(models);
      }
    },
  }));
  register(suite, options.test);
  return suite;
}
