import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { folderModels } from '../../../adapters/models/folder.js';
import type { ModelEntry } from '../../../src/store/model-store.js';
import { argument, openStore, type Place } from './any-store.js';

/*
 * Publishes one generation of models after the other, as they were published when they were trained, until it is told to stop. Says 'ready'
 * when it begins.
 */
const place = argument<Place | { folder: string }>(0);
const generations = deserialize(readFileSync(argument<string>(1))) as ModelEntry[][][];
const opened = 'folder' in place ? undefined : await openStore(place);
const models = opened?.store.models ?? folderModels((place as { folder: string }).folder);
let stopped = false;
process.once('SIGTERM', () => {
  stopped = true;
});
console.log('ready');
for (let n = 1; !stopped; n++) {
  for (const entries of generations[n % generations.length]) await models.putMany!(entries);
  await new Promise((resolve) => setTimeout(resolve, 2));
}
await opened?.end();
