// Store a forecast, come back when its days have passed, and see what became of it.
import { createContext, krx, matchOutcomes, predictAndStore } from 'chronolight';
import { sqliteStore } from 'chronolight/store/sqlite';
import { simulatedPrices } from './simulated-market.js';

let now = new Date('2026-11-13T16:00:00+09:00');
const store = await sqliteStore(':memory:'); // or a file
const context = createContext({
  market: krx,
  prices: simulatedPrices(['005930'], { last: '2026-11-20' }), // the pipeline never reads beyond the clock's day
  store,
  clock: () => now,
});

await predictAndStore('005930', context, { userTriggered: true });

now = new Date('2026-11-20T16:30:00+09:00');
const { matched, pending } = await matchOutcomes('2026-11-20', context);
console.log(`${matched} forecasts met their close, ${pending.length} wait`);

for (const outcome of await store.listOutcomes({ code: '005930' })) {
  const { horizon, actualDate, actualReturn, actualDirection, directionHit, covered, members } = outcome;
  console.log(
    `${horizon} days: ${(100 * actualReturn).toFixed(2)} % on ${actualDate} (${actualDirection}),`,
    `direction ${directionHit ? 'right' : 'wrong'}, ${covered ? 'inside' : 'outside'} the interval;`,
    `pinball loss ${members.chronos.pinball.toFixed(5)}, random walk's ${members.naive.pinball.toFixed(5)}`,
  );
}
await store.close();
