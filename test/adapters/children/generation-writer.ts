import { readFileSync } from 'node:fs';
import { deserialize } from 'node:v8';
import { folderModels } from '../../../adapters/models/folder.js';
import type { ModelEntry } from '../../../src/store/model-store.js';
import { argument, openStore, type Place } from './any-store.js';

/*
 * Publishes one generation of models after the other, as they were published when they were trained, until it is told to stop, or whoever
 * started it is gone. Says 'ready' when it begins. Pauses for 2 ms between them, and up to the third argument more.
 */
const place = argument<Place | { folder: string }>(0);
const generations = deserialize(readFileSync(argument<string>(1))) as ModelEntry[][][];
const spread = process.argv[4] === undefined ? 0 : argument<number>(2);
const opened = 'folder' in place ? undefined : await openStore(place);
const models = opened?.store.models ?? folderModels((place as { folder: string }).folder);
let stopped = false;
process.once('SIGTERM', () => {
  stopped = true;
});
process.stdin.resume().once('end', () => process.exit());
console.log('ready');
for (let n = 1; !stopped; n++) {
  for (const entries of generations[n % generations.length]) await models.putMany!(entries);
  await new Promise((resolve) => setTimeout(resolve, 2 + spread * Math.random()));
}
await opened?.end();
process.exit();
