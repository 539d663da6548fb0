import { argument, openStore, type Place } from './any-store.js';

/** Opens the store at the given time, so that many processes migrate at once, and closes it. */
const at = argument<number>(1);
await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - Date.now())));
const { end } = await openStore(argument<Place>(0));
await end();
console.log('true');
