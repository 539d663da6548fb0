// How often a forecast without skill is called better or worse: daily loss differences are independent noise, those of h days overlap.
// After `npm run build`: node bench/scoring/false-verdicts.mjs [simulations]
import { blockBootstrap, lossSkill, verdict } from 'chronolight/scoring';
import { createRandom } from './random.mjs';

const simulations = Number(process.argv[2] ?? 500);
const normal = createRandom(1);

console.log('dates  h  lossSkill  bootstrap in blocks of 20');
for (const dates of [40, 60, 120, 250]) {
  for (const horizon of [1, 3, 5]) {
    let [daily, blocks, judged] = [0, 0, 0];
    for (let run = 0; run < simulations; run++) {
      const noise = Array.from({ length: dates + horizon }, normal);
      const saved = Array.from({ length: dates }, (_, t) => {
        return noise.slice(t, t + horizon).reduce((sum, value) => sum + value, 0);
      });
      const rows = saved.map((value, t) => ({ date: String(t).padStart(4, '0'), loss: 100 - value, reference: 100 }));
      const skill = lossSkill(rows, horizon);
      if (skill) judged++;
      if (skill && skill.verdict !== 'not distinguishable') daily++;
      if (verdict(blockBootstrap(saved, undefined, { horizon, replicates: 400 })) !== 'not distinguishable') blocks++;
    }
    const share = (count, of) => (of === 0 ? 'too few' : `${((100 * count) / of).toFixed(1)} %`).padStart(9);
    console.log(`${String(dates).padStart(5)} ${horizon}  ${share(daily, judged)}  ${share(blocks, simulations)}`);
  }
}
