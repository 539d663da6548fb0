import { samplePrediction } from '../../../src/testing/samples.js';
import { argument, openStore, type Place } from './any-store.js';

/** Upserts ever more predictions until it is refused, and prints with what and after how many calls. */
const { store } = await openStore(argument<Place>(0), { library: 'better-sqlite3' });
let calls = 0;
let refusal: unknown;
while (refusal === undefined && calls < 1000) {
  const rows = Array.from({ length: 300 }, (_, index) =>
    samplePrediction({ code: `call ${calls}`, horizon: index + 1 }),
  );
  await store.upsertPredictions(rows).then(
    () => {
      calls += 1;
    },
    (error) => {
      refusal = error;
    },
  );
}
const { code, cause } = refusal as { code: string; cause: { code: string } };
const readable = (await store.listPredictions({ code: 'call 0', limit: 9999 })).length;
console.log(JSON.stringify({ calls, code, cause: cause.code, readable }));
process.exit();
