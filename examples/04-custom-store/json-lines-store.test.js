// The proof: `node --test examples/04-custom-store/` holds the store to every promise of the interface.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { storeSuite } from 'chronolight/testing';
import { jsonLinesStore } from './json-lines-store.js';

const folders = new WeakMap();

async function open(folder) {
  const store = await jsonLinesStore(folder);
  folders.set(store, folder);
  return store;
}

storeSuite({
  test,
  open: async () => open(await mkdtemp(join(tmpdir(), 'json-lines-store-'))),
  reopen: (store) => open(folders.get(store)),
  cleanUp: (store) => rm(folders.get(store), { recursive: true }),
  supports: {
    shared: 'one process has the folder open at a time',
    corruptRows: 'a damaged line is found when the folder is opened',
  },
});
