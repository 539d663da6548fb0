import { sampleOutcome, samplePrediction, storeSuite } from '../../../src/testing/index.js';
import { argument, openStore, type Place } from './any-store.js';

/** Runs those cases of the suite that dates go through, and prints the zone that this process is in and what failed. */
const place = argument<Place>(0);
let count = 0;
const failed: string[] = [];
const cases = storeSuite({
  rows: 1001,
  supports: { persistent: false, shared: false, corruptRows: false },
  async open() {
    count += 1;
    const fresh = 'sqlite' in place ? { sqlite: ':memory:' } : { ...place, schema: `${process.env['TZ']} ${count}` };
    const { store, end } = await openStore(fresh);
    return { ...store, close: end };
  },
}).filter(({ name, skipped }) => skipped === undefined && /date|exactly|filter|newest|claim|replace/i.test(name));
for (const { name, run } of cases) {
  await run().catch((error: Error) => failed.push(`${name}: ${error.message}`));
}

/** What another process, in another zone, has left in the same place. */
const { store, end } = await openStore(place);
await store.upsertPredictions([samplePrediction({ code: process.env['TZ'] })]);
await store.recordOutcomes([sampleOutcome({ code: process.env['TZ'] })]);
const seen = { predictions: await store.listPredictions(), outcomes: await store.listOutcomes() };
await end();
const hour = new Date(0).getHours();
console.log(JSON.stringify({ hour, ran: cases.length, failed, seen }));
