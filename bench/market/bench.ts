/*
 * One dailyBatch of the whole Korean market beside the bare engines doing the same work, in one run, by turns.
 *
 *   npx esbuild bench/market/bench.ts --bundle --packages=external --platform=node --format=esm --outfile=node_modules/.cache/bench-market.mjs
 *   node --expose-gc node_modules/.cache/bench-market.mjs [--instruments 2700] [--trained 12] [--rounds 2] [--texts]
 *
 * From the root of the repository. Prices are simulated (seeded), 400 bars an instrument. The models of a few instruments are
 * trained as retrain trains them, and their texts and compact forms are stored under the keys of all: sizes are real, most are copies.
 * With --texts the models are stored without their compact forms. Chronos is the checkpoint in the package. The store is a SQLite file, with the models in it.
 */
import { createHash } from 'node:crypto';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sqlPrices } from '../../adapters/prices/sql.js';
import type { SqlStore } from '../../adapters/store/sql/sql-store.js';
import { sqliteStore } from '../../adapters/store/sqlite.js';
import { loadChronos } from '../../src/chronos/index.js';
import { dailyBatch } from '../../src/pipeline/index.js';
import type { PredictionRecord } from '../../src/store/records.js';
import { attribute } from './attribution.js';
import { type EngineRun, runEngines } from './engines.js';
import {
  barsOf,
  columnPrices,
  HORIZONS,
  keyOf,
  marketCodes,
  marketContext,
  putModels,
  simulateMarket,
  type TrainedTexts,
  trainSome,
} from './market.js';
import { least, type Time, timed } from './timing.js';
import { batchAlone, inOwnProcess } from './whole-process.js';

const { values } = parseArgs({
  options: {
    instruments: { type: 'string', default: '2700' },
    trained: { type: 'string', default: '12' },
    rounds: { type: 'string', default: '2' },
    batch: { type: 'string' },
    texts: { type: 'boolean', default: false },
  },
});
const instruments = Number(values.instruments);
if (values.batch === undefined) await compare(Number(values.trained), Number(values.rounds));
else await batchAlone(values.batch, instruments);

async function compare(trainedCount: number, rounds: number): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'chronolight-market-'));
  const file = join(folder, 'market.db');
  const codes = marketCodes(instruments);
  const market = simulateMarket(codes, 400);
  const trained = await trainSome(trainedCount);
  const filling = await sqliteStore(file, { durability: 'normal' });
  const modelBytes = await putModels(filling.models, codes, values.texts ? trained.map(textsOf) : trained);
  const table = sqlPrices(filling);
  for (const [index, code] of codes.entries()) await table.putBars(code, barsOf(market[index]));
  await filling.close();
  console.log(
    `${instruments} instruments × ${HORIZONS.length} horizons, ${trainedCount * HORIZONS.length} pairs of models trained;`,
    `${(modelBytes / codes.length / HORIZONS.length / 2000).toFixed(0)} kB a model, file of ${mib((await stat(file)).size)} MiB`,
  );

  const store = await sqliteStore(file);
  const bareStore = await sqliteStore(join(folder, 'bare.db'));
  const chronos = await loadChronos();
  const context = marketContext({ store, chronos, prices: columnPrices(codes, market) });
  const options = { codes, horizons: HORIZONS };
  const formOf = (key: string) => {
    const [code, horizon, kind] = key.split('_') as [string, string, 'reg' | 'cls'];
    return trained[codes.indexOf(code) % trained.length][HORIZONS.indexOf(Number(horizon.slice(1)))][kind].compact!;
  };
  const forms = new Map(
    codes
      .flatMap((code) => HORIZONS.flatMap((h) => (['reg', 'cls'] as const).map((kind) => keyOf(code, h, kind))))
      .map((key) => [key, formOf(key)]),
  );
  const emptied = (which: SqlStore) => which.driver.write((session) => session.run('DELETE FROM predictions'));

  await dailyBatch(context, { ...options, codes: codes.slice(0, 128) }); // warms up, and the engines with it
  await emptied(store);
  const batches: Time[] = [];
  const engines: EngineRun[] = [];
  let records: PredictionRecord[] = [];
  for (let round = 0; round < rounds; round++) {
    const { result, ...time } = await timed(() => dailyBatch(context, options));
    if (result.stored.length !== codes.length) throw new Error(`${result.failures.length} instruments failed`);
    batches.push(time);
    records = await storedPredictions(store);
    await emptied(store);
    engines.push(
      await runEngines({ series: market, codes, chronos, formOf: (key) => forms.get(key)!, store: bareStore, records }),
    );
    await emptied(bareStore);
  }
  expectSame(records, engines[engines.length - 1], codes);
  console.log(`predictions' sha256 ${createHash('sha256').update(JSON.stringify(records)).digest('hex').slice(0, 16)}`);

  const parts = Object.keys(engines[0].times) as (keyof EngineRun['times'])[];
  const sum = engines.map(({ times }) => total(parts.map((part) => times[part])));
  const batch = least(batches);
  show('dailyBatch', batch);
  for (const part of parts) show(`  bare ${part}`, least(engines.map(({ times }) => times[part])));
  show('  bare engines together', least(sum));
  const ratios = batches.map(({ wall }, round) => wall / sum[round].wall);
  const cpuRatios = batches.map(({ cpu }, round) => cpu / sum[round].cpu);
  console.log(
    `ratio of wall time ${(batch.wall / least(sum).wall).toFixed(2)} (rounds ${spread(ratios)}),`,
    `of processor time ${(batch.cpu / least(sum).cpu).toFixed(2)} (rounds ${spread(cpuRatios)})`,
  );

  const spent = await attribute(() => dailyBatch(context, options));
  console.log('JavaScript thread, sampled in one more batch:');
  for (const [part, seconds] of spent) console.log(`  ${part.padEnd(40)}${seconds.toFixed(2)} s`);
  await emptied(store);
  await chronos.dispose();
  await store.close();
  await bareStore.close();

  const alone = await inOwnProcess(file, instruments);
  console.log(
    `a process of its own, prices from the table: ${alone.batchWall.toFixed(1)} s of dailyBatch, ${alone.wall.toFixed(1)} s in all,`,
    `${alone.cpu.toFixed(1)} s of processor, at most ${alone.peakMiB} MiB resident`,
  );
  await rm(folder, { recursive: true, force: true });
}

/** As a store keeps them that was filled before there were compact forms. */
function textsOf(pairs: TrainedTexts): TrainedTexts {
  return pairs.map(({ reg, cls }) => ({ reg: { text: reg.text }, cls: { text: cls.text } }));
}

async function storedPredictions(store: SqlStore): Promise<PredictionRecord[]> {
  const rows: PredictionRecord[] = [];
  for (;;) {
    const page = await store.listPredictions({ limit: 1000, ...(rows.length > 0 && { after: rows[rows.length - 1] }) });
    rows.push(...page);
    if (page.length < 1000) return rows;
  }
}

/** Refuses figures of engines that did not do the batch's work: every member's point, to the last bit. */
function expectSame(records: readonly PredictionRecord[], engines: EngineRun, codes: readonly string[]): void {
  if (records.length !== codes.length * HORIZONS.length) throw new Error(`${records.length} rows were stored`);
  const indexOf = new Map(codes.map((code, index) => [code, index]));
  for (const { code, horizon, baseClose, members } of records) {
    const lgbm = baseClose * (1 + engines.returns.get(keyOf(code, horizon, 'reg'))!);
    const chronos = engines.forecasts[indexOf.get(code)!].median[horizon - 1];
    if (members.lgbm?.pointClose !== lgbm || members.chronos?.pointClose !== chronos)
      throw new Error(`${code} h${horizon}: the batch and the engines disagree`);
  }
}

function total(times: readonly Time[]): Time {
  return {
    wall: times.reduce((sum, { wall }) => sum + wall, 0),
    cpu: times.reduce((sum, { cpu }) => sum + cpu, 0),
  };
}

function show(what: string, { wall, cpu }: Time): void {
  console.log(`${what.padEnd(26)} ${wall.toFixed(2).padStart(7)} s, processor ${cpu.toFixed(2).padStart(7)} s`);
}

function mib(bytes: number): string {
  return (bytes / 2 ** 20).toFixed(0);
}

function spread(ratios: readonly number[]): string {
  return `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
}
