// Forecast one instrument 1, 3 and 5 trading days ahead. Nothing is stored and nothing was trained: Chronos stands alone.
import { createContext, krx, predict } from 'chronolight';
import { simulatedPrices } from './simulated-market.js';

const context = createContext({
  market: krx, // or us, everyDay (crypto), weekdays, or your own
  prices: simulatedPrices(['005930'], { last: '2026-11-20' }),
  clock: () => new Date('2026-11-20T18:00:00+09:00'), // leave it out for the real one
});

const { baseDate, baseClose, steps, sourcesUsed } = await predict('005930', context, { horizons: [1, 3, 5] });

console.log(`after the close of ${baseDate} at ${baseClose.toFixed(0)}, by ${sourcesUsed.join(', ')}:`);
for (const step of steps) {
  const { horizon, targetDate, pointClose, ciLow, ciHigh, direction, probUp, probFlat, probDown } = step;
  const interval = `${ciLow.toFixed(0)} to ${ciHigh.toFixed(0)}`;
  const shares = [probUp, probFlat, probDown].map((share) => `${Math.round(100 * share)} %`).join(' / ');
  console.log(
    `${horizon} days, ${targetDate}: ${pointClose.toFixed(0)} (80 %: ${interval}), ${direction} (up / flat / down ${shares}),`,
    `one close in twenty below ${step.quantile(0.05).toFixed(0)}`,
  );
}
