// Forecast one instrument 1, 3 and 5 trading days ahead. Nothing is stored; Chronos stands alone.
import { loadChronos, predict } from 'chronolight';
import { simulatedPrices } from './simulated-market.js';

const prices = simulatedPrices(['005930'], { last: '2026-11-20' });
const chronos = await loadChronos(); // the checkpoint that ships with the package; or a folder, or 'amazon/chronos-bolt-small'

const { baseDate, baseClose, steps, sourcesUsed } = await predict('005930', {
  prices,
  chronos,
  clock: () => new Date('2026-11-20T18:00:00+09:00'), // leave it out for the real one
});

console.log(`after the close of ${baseDate} at ${baseClose.toFixed(0)}, by ${sourcesUsed.join(', ')}:`);
for (const { horizon, targetDate, pointClose, ciLow, ciHigh, direction, probUp, probFlat, probDown } of steps) {
  const interval = `${ciLow.toFixed(0)} to ${ciHigh.toFixed(0)}`;
  const shares = [probUp, probFlat, probDown].map((share) => `${Math.round(100 * share)} %`).join(' / ');
  console.log(
    `${horizon} days, ${targetDate}: ${pointClose.toFixed(0)} (80 %: ${interval}), ${direction} (up / flat / down ${shares})`,
  );
}
await chronos.dispose();
