// Train LightGBM models for some instruments, with progress; a failing one does not stop the rest.
import { predict, retrainWeekly } from 'chronolight';
import { memoryStore } from 'chronolight/store/memory';
import { simulatedPrices } from './simulated-market.js';

const codes = ['005930', '000660'];
const horizons = [1, 3];
const prices = simulatedPrices(codes, { last: '2026-11-20' });
const store = memoryStore();
const context = { prices, store, models: store.models, clock: () => new Date('2026-11-22T02:00:00+09:00') };

const { items } = await retrainWeekly({
  ...context,
  codes: [...codes, 'unknown'],
  horizons,
  params: { num_iterations: 50 },
  onProgress: ({ done, total, item }) => console.log(`${done}/${total} ${item}`),
});
for (const { code, horizon, status, lossRatios, error } of items) {
  const detail = error ? error.code : `validation loss / constant forecast's: ${lossRatios.reg.toFixed(3)}`;
  console.log(`${code} h${horizon}: ${status} (${detail})`);
}

const { steps, sourcesUsed } = await predict('005930', { ...context, horizons });
console.log(`${sourcesUsed.join(', ')}: ${steps.map(({ pointClose }) => pointClose.toFixed(0)).join(', ')}`);
