/**
 * Scores ways to train LightGBM members on a folder of CODE.csv(.gz), each beside the random walk on the same rows.
 *
 *   node bench/lgbm-recipes/run.mjs FOLDER --from=2023-01-01 --to=2024-06-28 --horizons=1,3,5 --recipes=pooled,instrument
 *
 * --months between two trainings (3), --step and --offset to take every step-th instrument (1, 0), --stride to score every stride-th day (1).
 * A training knows the bars before its day only.
 */
import { loadSimdKernel } from 'chronolight/lgbm';
import { readPanel, scoredRows } from './panel.mjs';
import { RECIPES } from './recipes.mjs';
import { score } from './score.mjs';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('expected a folder of CODE.csv or CODE.csv.gz');
const flags = Object.fromEntries(rest.map((flag) => flag.replace(/^--/, '').split('=')));
const { from = '2022-01-01', to = '2022-12-31' } = flags;
const [step, offset, stride, months] = ['step', 'offset', 'stride', 'months'].map((name, i) =>
  Number(flags[name] ?? [1, 0, 1, 3][i]),
);
const horizons = (flags.horizons ?? '1,3,5').split(',').map(Number);
const names = flags.recipes?.split(',') ?? Object.keys(RECIPES);

const kernel = await loadSimdKernel();
const panel = await readPanel(folder, { step, offset });
const rows = scoredRows(panel, { from, to, horizons, stride });
console.log(`${panel.length} instruments, ${rows.length} rows, ${from} to ${to}, trained every ${months} months`);
const percent = (share) => (share === undefined ? '?' : `${(100 * share).toFixed(2)} %`);
for (const name of names) {
  for (const horizon of horizons) {
    const own = rows.filter((row) => row.horizon === horizon);
    const { forecasts, seconds, note } = forecastRows(RECIPES[name], own, horizon);
    const s = score(own, forecasts, horizon);
    console.log(
      `${name.padEnd(18)} h${horizon} pinball ${s.pinball.toFixed(2)} (${s.reference.toFixed(2)})`,
      `skill ${percent(s.skill.estimate)} [${percent(s.skill.low)}, ${percent(s.skill.high)}] ${s.skill.verdict ?? ''};`,
      `coverage ${s.coverage.toFixed(3)} (${s.referenceCoverage.toFixed(3)});`,
      `log loss ${s.logLoss.toFixed(4)} (${s.referenceLogLoss.toFixed(4)}, shares ${s.shareLogLoss.toFixed(4)});`,
      `worst tenth ${percent(s.worstDecile)}; ${seconds.toFixed(1)} s a training, ${note}`,
    );
  }
}

function forecastRows(recipe, own, horizon) {
  const forecasts = new Array(own.length);
  let ms = 0;
  let trainings = 0;
  let note = '';
  for (const { start, end } of periods(from, to)) {
    const part = own.flatMap((row, i) => (row.date >= start && row.date < end ? [i] : []));
    if (part.length === 0) continue;
    const before = performance.now();
    const model = recipe.fit(panel, { horizon, cutoff: start, kernel });
    ms += performance.now() - before;
    trainings++;
    note = model.note;
    const predicted = model.predict(part.map((i) => own[i]));
    part.forEach((i, k) => {
      forecasts[i] = predicted[k];
    });
  }
  return { forecasts, seconds: ms / 1000 / trainings, note };
}

function* periods(first, last) {
  let start = first;
  while (start <= last) {
    const [year, month] = start.split('-').map(Number);
    const end = new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
    yield { start, end };
    start = end;
  }
}
