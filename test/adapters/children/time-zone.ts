import { sqlPrices } from '../../../adapters/prices/sql.js';
import { storeSuite } from '../../../src/testing/index.js';
import { sampleBars, sampleOutcome, samplePrediction } from '../../../src/testing/samples.js';
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
// days on which clocks change in New York and Seoul, and one that Samoa left out
const days = ['1987-05-10', '2011-12-30', '2024-03-10', '2024-11-03'];
const prices = sqlPrices(store);
await prices.putBars(process.env['TZ']!, sampleBars(days));
const predictions = await store.listPredictions();
const bars = await Promise.all(predictions.map(({ code }) => prices.getBars(code, { from: days[0], to: days[3] })));
const seen = { predictions, outcomes: await store.listOutcomes(), bars };
await end();
const hour = new Date(0).getHours();
console.log(JSON.stringify({ hour, ran: cases.length, failed, seen }));
