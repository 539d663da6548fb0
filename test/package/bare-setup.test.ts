import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A host of the built package that configures nothing but market, prices and store, on days up to yesterday. */
const HOST = (context: string) => `
import { createContext, loadChronos, predict, predictAndStore, referenceSetup, retrain } from 'chronolight';
import { everyDay } from 'chronolight/markets';
import { memoryPrices } from 'chronolight/prices/memory';
import { memoryStore } from 'chronolight/store/memory';

const DAY = 86_400_000;
const bars = (phase) => Array.from({ length: 330 }, (_, i) => {
  const close = 100 * Math.exp(0.1 * Math.sin(i / 9 + phase) + 0.01 * Math.sin(i * 7919 + phase));
  const date = new Date(Date.now() - (330 - i) * DAY).toISOString().slice(0, 10);
  return { date, open: close, high: close * 1.01, low: close * 0.99, close, volume: 1000 + (i % 7) };
});
const codes = ['one', 'other'];
const prices = memoryPrices({ one: bars(0), other: bars(2) });
const store = memoryStore();
const given = { market: everyDay, prices, store };
const context = ${context};
const before = await predict('one', context).then(({ sourcesUsed }) => sourcesUsed, ({ code }) => code);
const { items } = await retrain(context, { codes });
const { sourcesUsed, failures, steps } = await predictAndStore('one', context);
const due = await store.listPredictions({ state: 'due' });
const horizons = steps.map(({ horizon }) => horizon);
console.log(JSON.stringify({ before, states: [...new Set(items.map(({ status }) => status))], sourcesUsed, failures, horizons, due: due.length }));
process.exit(0);
`;

async function hostOf(context: string) {
  const args = ['--input-type=module', '--disable-warning=ExperimentalWarning', '--eval', HOST(context)];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, { cwd: root, timeout: 180_000 });
  return { ...JSON.parse(stdout), stderr };
}

/** Of what a host reads, the same of both set-ups. */
const WHOLE = { states: ['published'], failures: [], horizons: [1, 3, 5], due: 3, stderr: '' };
const LGBM = ['lgbm_h1', 'lgbm_h3', 'lgbm_h5'];

test('the default forecasts, retrains and forecasts with both members, given market, prices and store alone', {
  timeout: 180_000,
}, async () => {
  const told = await hostOf('createContext(given)');
  expect(told).toEqual({ ...WHOLE, before: ['chronos'], sourcesUsed: ['chronos', ...LGBM] });
});

test('the reference setup does so given the checkpoint', { timeout: 180_000 }, async () => {
  const told = await hostOf('referenceSetup({ ...given, chronos: await loadChronos() })');
  expect(told).toEqual({ ...WHOLE, before: ['chronos'], sourcesUsed: ['chronos', ...LGBM] });
});

test('the reference setup without a checkpoint is LightGBM alone, silent until it is trained', {
  timeout: 180_000,
}, async () => {
  expect(await hostOf('referenceSetup(given)')).toEqual({ ...WHOLE, before: 'NO_FORECAST', sourcesUsed: LGBM });
});
