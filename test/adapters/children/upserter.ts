import { samplePrediction, sureOf } from '../../../src/testing/samples.js';
import { argument, openStore, type Place } from './any-store.js';

/** Upserts random parts of the same 1,000 keys, in random order, until the time is up; prints what it flagged and what failed. */
const { store, end } = await openStore(argument<Place>(0));
const seed = argument<number>(1);
const until = argument<number>(2);

let state = seed;
const random = () => {
  // mulberry32
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
};

const flagged = new Set<number>();
const errors: string[] = [];
let calls = 0;
let rows = 0;
// At least once, however late a busy machine starts this process.
do {
  const indexes = Array.from({ length: 1 + Math.floor(random() * 300) }, () => Math.floor(random() * 1000));
  const asked = indexes.map(() => random() < 0.002);
  const records = indexes.map((index, position) =>
    samplePrediction({ code: `K${index}`, ...sureOf(calls + 1), userTriggered: asked[position], members: {} }),
  );
  try {
    await store.upsertPredictions(records);
    calls += 1;
    rows += records.length;
    for (const [position, index] of indexes.entries()) if (asked[position]) flagged.add(index);
  } catch (error) {
    errors.push(String(error));
  }
} while (Date.now() < until);
await end();
console.log(JSON.stringify({ calls, rows, errors, flagged: [...flagged] }));
