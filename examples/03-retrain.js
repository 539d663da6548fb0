// Train the members that learn, with progress; an instrument that fails does not stop the rest.
import { createContext, krx, pooledLgbm, predict, retrain } from 'chronolight';
import { memoryStore } from 'chronolight/store/memory';
import { simulatedPrices } from './simulated-market.js';

const codes = ['005930', '000660'];
const horizons = [1, 3];
const context = createContext({
  market: krx,
  prices: simulatedPrices(codes, { last: '2026-11-20' }),
  store: memoryStore(),
  members: [pooledLgbm({ params: { num_iterations: 50 } })], // LightGBM's own parameters, by LightGBM's names
  clock: () => new Date('2026-11-22T02:00:00+09:00'),
});

const { items } = await retrain(context, {
  codes: [...codes, 'unknown'],
  horizons,
  onProgress: ({ done, total, item }) => console.log(`${done}/${total} ${item}`),
});
for (const { member, code, horizon, status, lossRatios, error } of items) {
  const ratios = Object.entries(lossRatios ?? {}).map(([part, ratio]) => `${part} ${ratio.toFixed(3)}`);
  const detail = error ? error.code : `validation loss / that of the forecast to beat: ${ratios.join(', ')}`;
  console.log(`${member} ${code} h${horizon}: ${status} (${detail})`);
}

const { steps, sourcesUsed } = await predict('005930', context, { horizons });
console.log(`${sourcesUsed.join(', ')}: ${steps.map(({ pointClose }) => pointClose.toFixed(0)).join(', ')}`);
