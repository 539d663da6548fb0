import { argument, openStore, type Place } from './any-store.js';
import { iterate } from './iteration.js';

/** Writes iteration after iteration, until it is killed. */
const first = argument<number>(1);
console.log('opening');
const { store } = await openStore(argument<Place>(0));
console.log('ready');
for (let n = first; ; n++) await iterate(store, n);
