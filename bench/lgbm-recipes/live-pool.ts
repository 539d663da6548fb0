/**
 * Scores the pool as the library trains it (`trainPooled`), trained anew every few months, beside the random walk and beside the recipe of run.mjs:
 *
 *   npx esbuild bench/lgbm-recipes/live-pool.ts --bundle --platform=node --format=esm --packages=external --outfile=dist/bench/live-pool.mjs
 *   node dist/bench/live-pool.mjs FOLDER --from=2023-01-01 --to=2024-06-28 --horizons=1,3,5
 *
 * The other flags are those of run.mjs. Each horizon is scored with the pool's view on which way (`learnLean`), and without it; the last line has what it saves.
 */
import { decileLoss } from '../../src/members/lgbm/decile-loss.js';
import { trainerOf } from '../../src/members/lgbm/trainer.js';
import { lgbmSettings } from '../../src/members/lgbm/training-options.js';
import { besideMarket } from '../../src/members/pooled/lean.js';
import { predictLinear } from '../../src/members/pooled/linear-scale.js';
import { type MarketStates, marketStates } from '../../src/members/pooled/market-state.js';
import {
  inputsOf,
  instrumentHistory,
  type PooledInstrument,
  pooledInstrument,
} from '../../src/members/pooled/pooled-rows.js';
import { MODELS_AT_ONCE, type PooledModel, trainPooled } from '../../src/members/pooled/train-pooled.js';
import { lossSkill } from '../../src/scoring/index.js';
import type { PriceSeries } from '../../src/series/index.js';
import { DECILES, type PanelRow, readPanel, scoredRows } from './panel.mjs';
import { score } from './score.mjs';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('expected a folder of CODE.csv or CODE.csv.gz');
const flags = Object.fromEntries(rest.map((flag) => flag.replace(/^--/, '').split('=')));
const { from = '2022-01-01', to = '2022-12-31' } = flags;
const [step, offset, stride, months] = ['step', 'offset', 'stride', 'months'].map((name, i) =>
  Number(flags[name] ?? [1, 0, 1, 3][i]),
);
const horizons: number[] = (flags.horizons ?? '1,3,5').split(',').map(Number);
const settings = lgbmSettings('live-pool', {});
const trainer = await trainerOf(settings, MODELS_AT_ONCE);
const signal = new AbortController().signal;
const panel = await readPanel(folder, { step, offset });
const rows = scoredRows(panel, { from, to, horizons, stride });
console.log(`${panel.length} instruments, ${rows.length} rows, ${from} to ${to}, trained every ${months} months`);
const instruments = new Map(panel.map(({ code, series }) => [code, pooledInstrument(series, {})]));

const percent = (share?: number) => (share === undefined ? '?' : `${(100 * share).toFixed(2)} %`);
for (const horizon of horizons) {
  const own = rows.filter((row) => row.horizon === horizon);
  const forecasts = new Array(own.length);
  const unmoved = new Array(own.length);
  const chosen: string[] = [];
  let ms = 0;
  for (const { start, end } of periods(from, to)) {
    const part = own.flatMap((row, i) => (row.date >= start && row.date < end ? [i] : []));
    if (part.length === 0) continue;
    const before = performance.now();
    const pool = new Map(
      panel.flatMap(({ code, series }): [string, PooledInstrument][] => {
        const known = newestBars(series, start);
        return known === undefined ? [] : [[code, pooledInstrument(known, {})]];
      }),
    );
    const model = await trainPooled(pool, horizon, { settings, trainer, signal });
    ms += performance.now() - before;
    chosen.push(model.lean ? `${model.chosen} ${model.lean.weight.toFixed(3)}` : model.chosen);
    const todays = part.map((i) => own[i]);
    const said = quantilesOf(model, todays);
    const still = quantilesOf({ ...model, quantiles: { ...model.quantiles, lean: 0 } }, todays);
    part.forEach((i, k) => {
      forecasts[i] = said[k];
      unmoved[i] = still[k];
    });
  }
  for (const [name, stated] of Object.entries({ 'live pool': forecasts, 'without a view': unmoved })) {
    const s = score(own, stated, horizon);
    console.log(
      `${name} h${horizon} pinball ${s.pinball.toFixed(2)} (${s.reference.toFixed(2)})`,
      `skill ${percent(s.skill.estimate)} [${percent(s.skill.low)}, ${percent(s.skill.high)}] ${s.skill.verdict ?? ''};`,
      `coverage ${s.coverage.toFixed(3)} (${s.referenceCoverage.toFixed(3)});`,
      `log loss ${s.logLoss.toFixed(4)} (${s.referenceLogLoss.toFixed(4)}, shares ${s.shareLogLoss.toFixed(4)});`,
      `worst tenth ${percent(s.worstDecile)}; ${(ms / 1000 / chosen.length).toFixed(1)} s a training, chosen: ${chosen.join(', ')}`,
    );
  }
  const losses = (stated: typeof forecasts) => own.map(({ actual }, i) => decileLoss(actual, stated[i].quantiles));
  const [moved, still] = [losses(forecasts), losses(unmoved)];
  const saved = lossSkill(
    own.map(({ date }, i) => ({ date, loss: moved[i], reference: still[i] })),
    horizon,
  );
  console.log(
    `h${horizon} what the view saves: ${percent(saved?.estimate)} [${percent(saved?.low)}, ${percent(saved?.high)}] ${saved?.verdict ?? ''}`,
  );
}
trainer.close();

/** The newest bars of a series before a day, as a training fetches them; undefined for none. */
function newestBars(series: PriceSeries, before: string): PriceSeries | undefined {
  const to = series.dates.findIndex((date) => date >= before);
  const end = to < 0 ? series.length : to;
  if (end === 0) return undefined;
  const start = Math.max(0, end - settings.trainingBars);
  const { days, open, high, low, close, volume } = series;
  const [d, o, h, l, c, v] = [days, open, high, low, close, volume].map((column) => column.subarray(start, end));
  return {
    ...series,
    length: end - start,
    dates: series.dates.slice(start, end),
    days: d as Int32Array,
    open: o as Float64Array,
    high: h as Float64Array,
    low: l as Float64Array,
    close: c as Float64Array,
    volume: v as Float64Array,
  };
}

function quantilesOf({ scale, quantiles }: PooledModel, part: readonly PanelRow[]) {
  if (quantiles.randomWalk) return part.map(({ reference }) => reference);
  const pooled = part.map(({ instrument, t }) => ({ instrument: instruments.get(panel[instrument].code)!, bar: t }));
  const states = marketOf(quantiles.references);
  const started = quantiles.linear
    ? predictLinear(quantiles.linear, inputsOf(pooled, quantiles.linear.names, states))
    : new Float64Array(part.length);
  const width = pooled[0].instrument.featureNames.length;
  const values = new Float64Array(part.length * width);
  pooled.forEach(({ instrument, bar }, i) => {
    values.set(instrument.features.subarray(bar * width, (bar + 1) * width), i * width);
  });
  const grown = quantiles.withoutTrees ? undefined : scale.predict(values, { rows: part.length });
  const places = DECILES.map((level: number) => quantiles.levels.indexOf(level));
  return pooled.map(({ instrument, bar }, i) => {
    const unit = instrument.sigma[bar] * Math.exp((started[i] + (grown?.[i] ?? 0)) / 2) * Math.sqrt(part[i].horizon);
    const shift = (quantiles.lean ?? 0) * besideMarket(instrument.location[bar], states?.get(instrument.dates[bar]));
    return { levels: DECILES, quantiles: places.map((place: number) => (quantiles.values[place] + shift) * unit) };
  });
}

function marketOf(codes: readonly string[] | undefined): MarketStates | undefined {
  if (codes === undefined) return undefined;
  const series = codes.map((code) => panel.find((one) => one.code === code)!.series);
  return marketStates(series.map((one) => ({ dates: one.dates, ...instrumentHistory(one) })));
}

function* periods(first: string, last: string) {
  let start = first;
  while (start <= last) {
    const [year, month] = start.split('-').map(Number);
    const end = new Date(Date.UTC(year, month - 1 + months, 1)).toISOString().slice(0, 10);
    yield { start, end };
    start = end;
  }
}
