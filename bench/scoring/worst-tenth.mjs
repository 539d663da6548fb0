// Whether the instruments that a backtest did worst with differ from the others by more than luck: each one's skill beside the random walk with its standard error, and what the
// worst tenth of as many instruments would have, were all alike. After `npm run build`, on what `examples/backtest/main.js` recorded:
//     node bench/scoring/worst-tenth.mjs OUT/records.jsonl FROM [--issue close|open]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { lossSkill, pinballLosses } from 'chronolight/scoring';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { issue: { type: 'string', default: 'close' } },
});
const [file, from] = positionals;
if (file === undefined || from === undefined)
  throw new Error('usage: worst-tenth RECORDS.jsonl FROM [--issue close|open]');

const LEVELS = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9];
const MIDDLE = 4;
const DRAWS = 4000;
const TRADING_DAYS = 252;

const byHorizon = new Map();
for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
  const { issue, code, baseDate, horizon, baseClose, actualClose, quantiles, members } = JSON.parse(line);
  if (issue !== values.issue || baseDate < from) continue;
  const lossOf = (prices) =>
    pinballLosses({
      actuals: [actualClose / baseClose - 1],
      levels: LEVELS,
      quantiles: prices.map((price) => price / baseClose - 1),
    })[0];
  const byCode = byHorizon.get(horizon) ?? new Map();
  byHorizon.set(horizon, byCode);
  const own = byCode.get(code) ?? { code, rows: [], rise: 0, lean: 0 };
  byCode.set(code, own);
  own.rows.push({ date: baseDate, loss: lossOf(quantiles), reference: lossOf(members.naive.quantiles) });
  own.rise += Math.log(actualClose / baseClose);
  own.lean += Math.log(members.naive.quantiles[MIDDLE] / baseClose);
}

const percent = (share) => (100 * share).toFixed(2);
for (const [horizon, byCode] of [...byHorizon].sort(([a], [b]) => a - b)) {
  const all = [...byCode.values()].flatMap(({ code, rows, rise, lean }) => {
    const skill = lossSkill(rows, horizon);
    const aYear = (sum) => (TRADING_DAYS * sum) / rows.length / horizon;
    if (skill === undefined) return [];
    return [{ code, skill, error: (skill.high - skill.low) / 4, rise: aYear(rise), lean: aYear(lean) }];
  });
  all.sort((a, b) => a.skill.estimate - b.skill.estimate);
  const mean = all.reduce((sum, { skill }) => sum + skill.estimate, 0) / all.length;
  const chiSquare = all.reduce((sum, { skill, error }) => sum + ((skill.estimate - mean) / error) ** 2, 0);
  const tenth = Math.max(1, Math.round(all.length / 10));
  const worst = (skills) => skills.slice(0, tenth).reduce((sum, one) => sum + one, 0) / tenth;
  const drawn = draws(all.map(({ error }) => error)).map((noise) => {
    return worst(noise.map((one) => mean + one).sort((a, b) => a - b));
  });
  drawn.sort((a, b) => a - b);
  console.log(
    `h=${horizon}: ${all.length} instruments, mean skill ${percent(mean)} %; worst tenth ${percent(worst(all.map(({ skill }) => skill.estimate)))} %, were all alike ${percent(drawn.reduce((sum, one) => sum + one, 0) / DRAWS)} % [${percent(drawn[0.025 * DRAWS])}, ${percent(drawn[0.975 * DRAWS])}]; chi-square ${chiSquare.toFixed(1)} of ${all.length - 1}`,
  );
  for (const { code, skill, error, rise, lean } of all)
    console.log(
      `  ${code} ${percent(skill.estimate)} % ± ${percent(error)}, ${skill.verdict}; log return a year ${rise.toFixed(2)}, the random walk's median ${lean.toFixed(2)}`,
    );
}

/** Returns draws of normal noise with these standard errors; the same each time. */
function draws(errors) {
  let state = 1;
  const uniform = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  return Array.from({ length: DRAWS }, () => errors.map((error) => error * normal()));
}
