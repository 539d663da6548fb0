/**
 * Walks what a newcomer types through past days: two codes, one retrain, forecasts every day after it; many such pairs, scored together.
 *
 *   node bench/lgbm-recipes/readme-path.mjs FOLDER --market=krx --from=2023-01-01 --to=2023-06-30 --pairs=6
 *
 * FOLDER holds CODE.csv or CODE.csv.gz. The members are the default ones and, with no weight, `instrumentLgbm()`; nothing is learned from outcomes.
 */
import { readdir } from 'node:fs/promises';
import { chronosMember, createContext, krx, pooledLgbm } from 'chronolight';
import { defineMarket, us } from 'chronolight/markets';
import { instrumentLgbm } from 'chronolight/members';
import { backtest, matchedForecasts, scoreForecasts } from 'chronolight/pipeline';
import { csvPrices } from 'chronolight/prices/csv';
import { calendarFromDates } from 'chronolight/series';
import { memoryStore } from 'chronolight/store/memory';

const [folder, ...rest] = process.argv.slice(2);
if (folder === undefined) throw new TypeError('expected a folder of CODE.csv or CODE.csv.gz');
const flags = Object.fromEntries(rest.map((flag) => flag.replace(/^--/, '').split('=')));
const { from, to, market = 'krx' } = flags;
const pairs = Number(flags.pairs ?? 6);
const prices = csvPrices(folder);
const known = (await readdir(folder)).flatMap((name) => /^(.*)\.csv(\.gz)?$/.exec(name)?.[1] ?? []).sort();
const stride = Math.floor(known.length / (2 * pairs));
const chosen = known.filter((_, i) => i % stride === 0).slice(0, 2 * pairs);

const matched = [];
for (let pair = 0; pair < pairs; pair++) {
  const codes = [chosen[pair], chosen[pair + pairs]];
  const days = new Set();
  for (const code of codes) for (const { date } of await prices.getBars(code, {})) days.add(date);
  const base = { krx, us }[market];
  const store = memoryStore();
  const context = createContext({
    market: defineMarket({ ...base, calendar: calendarFromDates(days, base.calendar) }),
    prices,
    store,
    members: [chronosMember(), pooledLgbm(), instrumentLgbm({ name: 'instrument', prior: 0 })],
  });
  const { failures, retrainFailures } = await backtest(context, {
    codes,
    from,
    to,
    horizons: [1, 3, 5],
    retrainEvery: 100_000,
    learnWeights: false,
  });
  for await (const page of matchedForecasts(store)) matched.push(...page);
  const poolOf = async (h) => (await store.models.getMeta(`_pooled_h${h}_scale`))?.chosen ?? 'silent';
  const said = await Promise.all(
    codes.flatMap((code) =>
      [1, 3, 5].map(async (h) => {
        const text = await store.models.get(`_instrument_${code}_h${h}_spr`);
        return text === undefined ? 'silent' : JSON.parse(text).pull;
      }),
    ),
  );
  console.log(
    `${codes.join(' ')}: ${failures.length} without forecast, ${retrainFailures.length} trainings not published;`,
    `pulls at h = 1, 3, 5: ${said.join(' ')}; pools: ${(await Promise.all([1, 3, 5].map(poolOf))).join(' ')}`,
  );
}
const percent = (share) => `${(100 * share).toFixed(2)} %`;
for (const { horizon, forecaster, count, pinballSkill, coverage } of scoreForecasts(matched)) {
  const { estimate, low, high, verdict } = pinballSkill;
  console.log(
    `h=${horizon} ${forecaster.padEnd(10)} n=${count} skill ${percent(estimate)} [${percent(low)}, ${percent(high)}] ${verdict};`,
    `80 % holds ${coverage.toFixed(3)}`,
  );
}
