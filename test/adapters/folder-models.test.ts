import { once } from 'node:events';
import fs, { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { fileNameOf, keyOfFileName } from '../../adapters/models/file-names.js';
import { folderModels } from '../../adapters/models/folder.js';
import type { ModelStore } from '../../src/store/model-store.js';
import { modelStoreSuite } from '../../src/testing/index.js';
import { bundleChild, removeBundles, startChild } from './child-process.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'chronolight-models-'));
});
afterAll(async () => {
  await removeBundles();
  await rm(root, { recursive: true });
});

const realRename = fs.rename;
/** Has the step done before each rename of whoever imports the module from now on; a mock of the module would be looked up anew at each import, and two at once can find two. */
function beforeEachRename(step: () => Promise<unknown>): void {
  fs.rename = async (from, to) => {
    await step();
    return realRename(from, to);
  };
  syncBuiltinESMExports();
}
afterEach(() => {
  fs.rename = realRename;
  syncBuiltinESMExports();
});

const folders = new WeakMap<ModelStore, string>();
async function openFolder(): Promise<ModelStore> {
  const folder = await mkdtemp(join(root, 'models-'));
  const models = folderModels(join(folder, 'made', 'on', 'demand'));
  folders.set(models, join(folder, 'made', 'on', 'demand'));
  return models;
}

describe('the suite on a folder', () => {
  modelStoreSuite({ test, open: openFolder, reopen: (models) => folderModels(folders.get(models)!) });
});

describe('folderModels', () => {
  test('keeps a model as a text file under its key, and other files of the folder are no models', async () => {
    const models = await openFolder();
    const folder = folders.get(models)!;
    await models.put('005930_h1_reg', 'tree\n', { rows: 1 });
    expect(await readFile(join(folder, '005930_h1_reg.txt'), 'utf8')).toBe('tree\n');
    await writeFile(join(folder, 'NOTES.txt'), 'mine');
    await writeFile(join(folder, 'x~zz.txt'), 'mine');
    expect(await models.list()).toEqual(['005930_h1_reg']);
  });

  test.each([
    ['0', 'before the commit: the old models stay', 'old'],
    ['1', 'after the commit: the new models are there', 'new'],
  ])('a batch that died %s renames %s', async (stage, _, expected) => {
    const models = await openFolder();
    const folder = folders.get(models)!;
    const keys = ['a', 'b', 'c'];
    for (const key of keys) await models.put(key, 'old');
    const staging = join(folder, '.staging');
    const renames = keys.map((key) => ({ from: `${key}.tmp`, to: `${key}.txt` }));
    await mkdir(join(staging, 'x'));
    for (const { from } of renames) await writeFile(join(staging, 'x', from), 'new');
    await writeFile(join(staging, 'x', 'x.json'), JSON.stringify(renames));
    if (stage === '1') {
      await rename(join(staging, 'x'), join(staging, 'commit'));
      await rename(join(staging, 'commit', 'a.tmp'), join(folder, 'a.txt')); // died midway
    }
    for (const reader of [models, folderModels(folder)]) {
      expect(await Promise.all(keys.map((key) => reader.get(key)))).toEqual(keys.map(() => expected));
    }
    if (stage === '1') expect(await readdir(join(staging, 'commit'))).toEqual([]);
    await models.put('d', 'put after that');
    expect(await folderModels(folder).list()).toEqual([...keys, 'd']);
  });

  test('a newer put is not undone by an older batch that is carried out later', async () => {
    const models = await openFolder();
    const folder = folders.get(models)!;
    await models.put('a', 'old');
    const commit = join(folder, '.staging', 'commit');
    await mkdir(commit, { recursive: true });
    await writeFile(join(commit, 'a.tmp'), 'committed');
    await writeFile(join(commit, 'x.json'), JSON.stringify([{ from: 'a.tmp', to: 'a.txt' }]));
    await models.put('a', 'newest');
    expect(await folderModels(folder).get('a')).toBe('newest');
  });

  test.each(['.', 'a.', '-.', '._', '.a', '-', '_'])(
    'the key %s is kept like any other, and the folder stays sound',
    async (key) => {
      const models = await openFolder();
      await models.put('good', 'text', { v: 1 });
      await models.put(key, 'odd', { v: 2 });
      const reopened = folderModels(folders.get(models)!);
      expect(await reopened.get('good')).toBe('text');
      expect(await reopened.get(key)).toBe('odd');
      expect(await reopened.getMeta(key)).toEqual({ v: 2 });
      expect((await reopened.list()).sort()).toEqual(['good', key].sort());
    },
  );

  // Another process puts a newer pair with meta at each moment at which a put without meta may be stopped.
  test.each([1, 2, 3, 4, 5, 6, 7])(
    'a put without meta that is stopped before its rename %i leaves newer meta alone',
    async (stop) => {
      const models = await openFolder();
      const folder = folders.get(models)!;
      const other = folderModels(folder);
      const pair = (text: string, meta?: object) => ['a', 'b'].map((key) => ({ key, text, meta }));
      await models.putMany!(pair('FIRST', { v: 0 }));
      await other.list();
      let renames = 0;
      beforeEachRename(async () => {
        if (++renames === stop) await other.putMany!(pair('NEW', { v: 2 }));
      });
      await models.putMany!(pair('OLD'));
      expect(renames).toBeGreaterThanOrEqual(stop);
      for (const { key } of pair('')) {
        const text = await models.get(key);
        const meta = await models.getMeta!(key);
        // Stopped before its commit it comes last, whole; stopped later it came first, whole.
        expect([text, meta]).toEqual(stop === 1 ? ['OLD', undefined] : ['NEW', { v: 2 }]);
      }
    },
  );

  // Two processes put the same keys at once: both are ready to commit before either has, and take turns from there on, in every order.
  test.each([1, 2, 3, 4, 5, 6])(
    'two puts that meet leave one of them whole, after %i renames of the first',
    async (turns) => {
      const models = await openFolder();
      const folder = folders.get(models)!;
      const pair = (text: string) => ['a', 'b'].map((key) => ({ key, text, meta: { text } }));
      await models.putMany!(pair('FIRST'));
      const other = folderModels(folder);
      await other.list();
      let arrived = 0;
      let meet = () => {};
      const met = new Promise<void>((resolve) => {
        meet = resolve;
      });
      let renames = 0;
      beforeEachRename(async () => {
        if (arrived < 2) {
          if (++arrived === 2) meet();
          await met;
        } else if (++renames === turns) await new Promise((resolve) => setTimeout(resolve, 100));
      });
      await Promise.all([models.putMany!(pair('A')), other.putMany!(pair('B'))]);
      expect(arrived).toBe(2);
      const reader = folderModels(folder);
      const texts = await reader.getMany!(['a', 'b']);
      expect(texts[0]).toMatch(/^[AB]$/);
      expect(texts).toEqual([texts[0], texts[0]]);
      for (const key of ['a', 'b']) expect(await reader.getMeta!(key)).toEqual({ text: texts[0] });
      expect(await readdir(join(folder, '.staging', 'commit'))).toEqual([]);
    },
  );

  test('three processes that put generations leave and show whole ones', async () => {
    const models = await openFolder();
    const folder = folders.get(models)!;
    const keys = ['a', 'b', 'c', 'd'];
    const generations = ['one', 'two', 'three'].map((text) => [keys.map((key) => ({ key, text, meta: { text } }))]);
    await models.putMany!(generations[0][0]);
    const file = join(root, 'generations.bin');
    await writeFile(file, serialize(generations));
    const path = await bundleChild('generation-writer');
    const children = Array.from({ length: 3 }, () => startChild(path, [{ folder }, file, 20]));
    try {
      await Promise.all(children.map(({ process: child }) => once(child.stdout!, 'data')));
      const seen = new Set<string>();
      const wanted = generations.map(([[{ text }]]) => keys.map(() => text));
      for (let n = 0; n < 40 || seen.size < 3; n++) {
        const texts = await models.getMany!(keys);
        expect(wanted).toContainEqual(texts);
        seen.add(texts[0]!);
      }
      for (const { process: child } of children) child.kill('SIGTERM');
      for (const { ended } of children) expect(await ended).toMatchObject({ code: 0, errors: '' });
      const left = await folderModels(folder).getMany!(keys);
      expect(wanted).toContainEqual(left);
      for (const key of keys) expect(await models.getMeta!(key)).toEqual({ text: left[0] });
    } finally {
      for (const { process: child } of children) child.kill('SIGKILL');
    }
  }, 60_000);

  test('a compact form is none of a text that was replaced by other means, and comes back with its own text', async () => {
    const models = await openFolder();
    const path = join(folders.get(models)!, '005930_h1_reg.txt');
    const form = Uint8Array.of(1, 2, 3);
    await models.putMany!([{ key: '005930_h1_reg', text: 'tree\n', compact: form }]);
    const read = async () => {
      const [bytes] = await models.getCompact!(['005930_h1_reg']);
      return bytes && Array.from(bytes);
    };
    expect(await read()).toEqual([1, 2, 3]);
    await writeFile(path, 'TREE\n');
    expect(await read()).toBeUndefined();
    expect(await models.get('005930_h1_reg')).toBe('TREE\n');
    await writeFile(path, 'tree\n');
    expect(await read()).toEqual([1, 2, 3]);
    await rm(path);
    expect(await read()).toBeUndefined();
  });

  test('a place that cannot be a folder is STORE_FAILED with its cause', async () => {
    await writeFile(join(root, 'file'), '');
    const models = folderModels(join(root, 'file'));
    const failed = {
      code: 'STORE_FAILED',
      cause: expect.objectContaining({ code: expect.stringMatching(/ENOTDIR|EEXIST/) }),
    };
    await expect(models.put('a', 'text')).rejects.toMatchObject(failed);
    await expect(models.list()).rejects.toMatchObject(failed);
  });

  test.skipIf(process.getuid?.() === 0)('a read-only folder is STORE_FAILED, and its models can be read', async () => {
    const models = await openFolder();
    const folder = folders.get(models)!;
    await models.put('a', 'old');
    await chmod(join(folder, '.staging'), 0o500);
    await expect(models.put('a', 'new')).rejects.toMatchObject({ code: 'STORE_FAILED' });
    expect(await models.get('a')).toBe('old');
    await chmod(join(folder, '.staging'), 0o700);
  });
});

test('file names tell keys apart without their case, lead back to them, and fit into 255 bytes', () => {
  const keys = [
    '005930_h1_reg',
    'A',
    'a',
    'BRK.B_h1',
    'brk.b_h1',
    'con',
    'CON',
    '.',
    'a.',
    'A.',
    'X'.repeat(200),
    `${'x'.repeat(199)}X`,
  ];
  const names = keys.map(fileNameOf);
  expect(names[0]).toBe('005930_h1_reg');
  expect(new Set(names.map((name) => name.toLowerCase())).size).toBe(keys.length);
  expect(names.map(keyOfFileName)).toEqual(keys);
  expect(Math.max(...names.map((name) => name.length + '.txt'.length))).toBeLessThanOrEqual(255);
});
